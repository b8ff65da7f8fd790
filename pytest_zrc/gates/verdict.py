"""What a gate says of a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["max", "baseline"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says of a score.

    Attributes:
        gate: ``max`` for an absolute limit, ``baseline`` for a comparison with an earlier score.
        subset, condition: the name of the score.
        passed: whether it may stay.
        text: what was measured and what is allowed, in sentences; of a failure all that there is to say.
        measured: the score, a fraction; ``None`` where it is missing.
        limit: what it must not exceed, a fraction; ``None`` where nothing could be compared.
        before: the score of the baseline, a fraction; ``None`` where there is none.
    """

    gate: Kind
    subset: str
    condition: str
    passed: bool
    text: str
    measured: float | None = None
    limit: float | None = None
    before: float | None = None


def how_many_passed(verdicts: Sequence[Verdict]) -> str:
    """Return how many gates passed: ``5 of 6 passed``."""
    return f"{sum(verdict.passed for verdict in verdicts)} of {len(verdicts)} passed"
