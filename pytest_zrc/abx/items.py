"""Item files: which stretch of which file is a token of which phone, in which context, by whom."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.errors import ZrcError

COLUMNS = ("#file", "onset", "offset", "#phone", "prev-phone", "next-phone", "speaker")
SHORT_COLUMNS = ("#file", "onset", "offset", "#phone", "context", "talker")

_BY_WIDTH = {len(columns): columns for columns in (COLUMNS, SHORT_COLUMNS)}

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


class _Numbers(dict[str, int]):
    """Gives numbers to names in the order in which they are first asked for."""

    def __missing__(self, name: str) -> int:
        number = self[name] = len(self)
        return number


def parse_items(lines: Iterable[str]) -> Items:
    """Read the lines of an item file: a header, then columns separated by blanks; times in seconds.

    There are seven columns, ``COLUMNS``, or six, ``SHORT_COLUMNS``: as many as the header has, or else the first item.

    Raises:
        ItemFileError: a missing header, a line of another width, a time that is no number, an empty token, no items.
    """
    files, phones, contexts, speakers = _Numbers(), _Numbers(), _Numbers(), _Numbers()
    file, phone, context, speaker = array("q"), array("q"), array("q"), array("q")
    onsets, offsets = array("d"), array("d")
    number, expected = 0, None
    for number, line in enumerate(lines, start=1):
        columns = line.split()
        if number == 1:
            _check_header(columns)
            expected = _BY_WIDTH.get(len(columns))
            continue
        if not columns:
            continue
        expected = expected or _BY_WIDTH.get(len(columns), COLUMNS)
        onset, offset = _times(number, columns, expected)
        onsets.append(onset)
        offsets.append(offset)
        file.append(files[columns[0]])
        phone.append(phones[columns[3]])
        context.append(contexts["+".join(columns[4:-1])])
        speaker.append(speakers[columns[-1]])
    if not onsets:
        raise ItemFileError(max(number, 1), "no items", "a header line and at least one item")
    return Items(
        files=tuple(files),
        phones=tuple(phones),
        contexts=tuple(contexts),
        speakers=tuple(speakers),
        file=np.array(file),
        onset=np.array(onsets),
        offset=np.array(offsets),
        phone=np.array(phone),
        context=np.array(context),
        speaker=np.array(speaker),
    )


def _check_header(columns: Sequence[str]) -> None:
    if not columns or not columns[0].startswith("#"):
        found = " ".join(columns[:3])
        raise ItemFileError(1, f"no header, but {found!r}" if found else "no header", f"`{' '.join(COLUMNS)}`")


def _times(number: int, columns: Sequence[str], expected: Sequence[str]) -> tuple[float, float]:
    if len(columns) != len(expected):
        raise ItemFileError(number, f"{len(columns)} columns", f"{len(expected)}: `{' '.join(expected)}`")
    try:
        onset, offset = float(columns[1]), float(columns[2])
    except ValueError:
        raise ItemFileError(number, f"times {columns[1]!r} and {columns[2]!r}", "numbers, in seconds") from None
    if not (math.isfinite(onset) and math.isfinite(offset)):
        raise ItemFileError(number, f"times {onset} and {offset}", "finite numbers, in seconds")
    if onset > offset:
        raise ItemFileError(number, f"onset {onset} and offset {offset}", "an onset that is not after its offset")
    return onset, offset
