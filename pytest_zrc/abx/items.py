"""Item files: which stretch of which file is a token of which phone, in which context, by whom."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.errors import ZrcError

COLUMNS = ("#file", "onset", "offset", "#phone", "prev-phone", "next-phone", "speaker")

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]


class ItemFileError(ZrcError):
    """A line of an item file that cannot be used.

    Attributes:
        line: its number, from 1.
        measured: what stands there.
        expected: what should.
    """

    def __init__(self, line: int, measured: str, expected: str) -> None:
        """Describe what is wrong."""
        super().__init__(f"line {line}: {measured}; expected {expected}")
        self.line, self.measured, self.expected = line, measured, expected


@dataclass(frozen=True, slots=True)
class Items:
    """The lines of an item file, column by column.

    Phones, contexts and speakers are numbered in the order in which they first appear, over all lines: the sampling
    of the scoring profiles depends on these numbers.

    Attributes:
        files: the distinct file ids, in order of appearance.
        file: index into ``files``, one a line.
        onset, offset: seconds.
        phone, context, speaker: indices into ``phones``, ``contexts`` and ``speakers``.
    """

    files: tuple[str, ...]
    phones: tuple[str, ...]
    contexts: tuple[str, ...]
    speakers: tuple[str, ...]
    file: IntArray
    onset: FloatArray
    offset: FloatArray
    phone: IntArray
    context: IntArray
    speaker: IntArray

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.file)

    def last_offsets(self) -> dict[str, float]:
        """Return the last offset of each file, in seconds."""
        last = np.zeros(len(self.files))
        np.maximum.at(last, self.file, self.offset)
        return dict(zip(self.files, last.tolist(), strict=True))


@dataclass(slots=True)
class _Numbering:
    """Gives numbers to names in the order in which they first appear."""

    numbers: dict[str, int] = field(default_factory=dict)
    column: list[int] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.column.append(self.numbers.setdefault(name, len(self.numbers)))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.numbers)

    @property
    def array(self) -> IntArray:
        return np.array(self.column, dtype=np.int64)


def parse_items(lines: Iterable[str]) -> Items:
    """Read the lines of an item file: a header, then seven columns separated by blanks; times in seconds.

    Raises:
        ItemFileError: a missing header, a line of another width, a time that is no number, an empty token, no items.
    """
    file, phone, context, speaker = _Numbering(), _Numbering(), _Numbering(), _Numbering()
    onsets: list[float] = []
    offsets: list[float] = []
    number = 0
    for number, line in enumerate(lines, start=1):
        columns = line.split()
        if number == 1:
            _check_header(columns)
            continue
        if not columns:
            continue
        onset, offset = _times(number, columns)
        file.add(columns[0])
        onsets.append(onset)
        offsets.append(offset)
        phone.add(columns[3])
        context.add(f"{columns[4]}+{columns[5]}")
        speaker.add(columns[6])
    if not onsets:
        raise ItemFileError(max(number, 1), "no items", "a header line and at least one item")
    return Items(
        files=file.names,
        phones=phone.names,
        contexts=context.names,
        speakers=speaker.names,
        file=file.array,
        onset=np.array(onsets),
        offset=np.array(offsets),
        phone=phone.array,
        context=context.array,
        speaker=speaker.array,
    )


def _check_header(columns: Sequence[str]) -> None:
    if not columns or not columns[0].startswith("#"):
        found = " ".join(columns[:3])
        raise ItemFileError(1, f"no header, but {found!r}" if found else "no header", f"`{' '.join(COLUMNS)}`")


def _times(number: int, columns: Sequence[str]) -> tuple[float, float]:
    if len(columns) != len(COLUMNS):
        raise ItemFileError(number, f"{len(columns)} columns", f"{len(COLUMNS)}: `{' '.join(COLUMNS)}`")
    try:
        onset, offset = float(columns[1]), float(columns[2])
    except ValueError:
        raise ItemFileError(number, f"times {columns[1]!r} and {columns[2]!r}", "numbers, in seconds") from None
    if not (math.isfinite(onset) and math.isfinite(offset)):
        raise ItemFileError(number, f"times {onset} and {offset}", "finite numbers, in seconds")
    if onset > offset:
        raise ItemFileError(number, f"onset {onset} and offset {offset}", "an onset that is not after its offset")
    return onset, offset
