"""What is allowed: limits for scores by their names, and by how much a score may grow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from pytest_zrc.errors import ZrcError, shown

_SEPARATOR = "::"


@dataclass(frozen=True, slots=True)
class Limit:
    """An error rate that scores must not exceed.

    Attributes:
        subset, condition: patterns with ``*``, ``?`` and ``[...]`` for the names of the scores.
        rate: a fraction.
        text: as it was given.
    """

    subset: str
    condition: str
    rate: float
    text: str

    def holds_for(self, subset: str, condition: str) -> bool:
        """Tell whether a score must not exceed it."""
        return fnmatchcase(subset, self.subset) and fnmatchcase(condition, self.condition)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """By how much a score may exceed that of the baseline.

    Attributes:
        kind: ``absolute`` for percentage points, ``relative`` to the score of the baseline, ``ci`` for as much as the
            interval of the score itself leaves open, ``paired`` for as much as that of the paired difference does.
        amount: a fraction, of the first two kinds.
        text: as it was given.
    """

    kind: Literal["absolute", "relative", "ci", "paired"]
    amount: float = 0.0
    text: str = ""


CI = Tolerance("ci", text="ci")


def parse_limit(text: str) -> Limit:
    """Read a limit, as ``triphone-*=6.5`` or ``dev-*::triphone-within-across=6.5``, in percent.

    Raises:
        ZrcError: it is none.
    """
    pattern, separator, percent = text.rpartition("=")
    pattern = pattern.strip()
    rate = _percent(percent)
    if not separator or not pattern or rate is None:
        raise ZrcError(
            f"--zrc-max={shown(text)}: give a limit as PATTERN=PERCENT, from 0 to 100, as in "
            "--zrc-max='triphone-*-across=6.5'"
        )
    subset, separator, condition = pattern.rpartition(_SEPARATOR)
    return Limit(subset if separator else "*", condition, rate, text.strip())


def parse_tolerance(text: str) -> Tolerance:
    """Read a tolerance: ``0.3`` (percentage points), ``5%`` (of the baseline's score), ``ci`` or ``paired``.

    Raises:
        ZrcError: it is none.
    """
    text = text.strip()
    if text in ("ci", "paired"):
        return Tolerance(text, text=text)  # type: ignore[arg-type]
    relative = text.endswith("%")
    amount = _percent(text.removesuffix("%"))
    if amount is None:
        raise ZrcError(
            f"--zrc-tolerance={shown(text)}: give percentage points (0.3), a share of the baseline's score (5%), "
            "ci or paired"
        )
    return Tolerance("relative" if relative else "absolute", amount, text)


def _percent(text: str) -> float | None:
    """Return a number of percent as a fraction; ``None`` where it is none from 0 to 100."""
    if not re.fullmatch(r"\d+(\.\d*)?|\.\d+", text.strip()):
        return None
    value = float(text.strip()) / 100
    return value if value <= 1 else None
