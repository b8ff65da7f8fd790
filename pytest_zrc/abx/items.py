"""Item files: which stretch of which file is a token of which phone, in which context, by whom."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.errors import ZrcError, shown

COLUMNS = ("#file", "onset", "offset", "#phone", "prev-phone", "next-phone", "speaker")
SHORT_COLUMNS = ("#file", "onset", "offset", "#phone", "context", "talker")

_BY_WIDTH = {len(columns): columns for columns in (COLUMNS, SHORT_COLUMNS)}

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]
_Row: TypeAlias = tuple[str, float, float, str, str, str]  # file, onset, offset, phone, context, speaker


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
    return _collect(_rows_of(lines))


def items_from_rows(rows: Iterable[Sequence[object]]) -> Items:
    """Make items of rows with the columns of an item file: seven, ``COLUMNS``, or six, ``SHORT_COLUMNS``.

    Args:
        rows: onset and offset are numbers, in seconds; the others names, which may be whole numbers, too.

    Raises:
        ZrcError: a row of another width, a time that is no number, an empty token, a name that is none, no items.
    """
    return _collect(_checked(rows))


def _collect(rows: Iterable[_Row]) -> Items:
    """Number the names of rows, and put the columns together."""
    files, phones, contexts, speakers = _Numbers(), _Numbers(), _Numbers(), _Numbers()
    file, phone, context, speaker = array("q"), array("q"), array("q"), array("q")
    onsets, offsets = array("d"), array("d")
    for its_file, onset, offset, its_phone, its_context, its_speaker in rows:
        onsets.append(onset)
        offsets.append(offset)
        file.append(files[its_file])
        phone.append(phones[its_phone])
        context.append(contexts[its_context])
        speaker.append(speakers[its_speaker])
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


def _rows_of(lines: Iterable[str]) -> Iterator[_Row]:
    number, expected, found = 0, None, False
    for number, line in enumerate(lines, start=1):
        columns = line.split()
        if number == 1:
            _check_header(columns)
            expected = _BY_WIDTH.get(len(columns))
        elif columns:
            expected = expected or _BY_WIDTH.get(len(columns), COLUMNS)
            onset, offset = _times(number, columns, expected)
            yield columns[0], onset, offset, columns[3], "+".join(columns[4:-1]), columns[-1]
            found = True
    if not found:
        raise ItemFileError(max(number, 1), "no items", "a header line and at least one item")


def _check_header(columns: Sequence[str]) -> None:
    if not columns or not columns[0].startswith("#"):
        found = shown(" ".join(columns[:3]), 60)
        raise ItemFileError(1, f"no header, but {found!r}" if found else "no header", f"`{' '.join(COLUMNS)}`")


def _times(number: int, columns: Sequence[str], expected: Sequence[str]) -> tuple[float, float]:
    if len(columns) != len(expected):
        raise ItemFileError(number, f"{len(columns)} columns", f"{len(expected)}: `{' '.join(expected)}`")
    try:
        onset, offset = float(columns[1]), float(columns[2])
    except ValueError:
        raise ItemFileError(
            number, f"times {shown(columns[1], 60)!r} and {shown(columns[2], 60)!r}", "numbers, in seconds"
        ) from None
    if not _are_times(onset, offset):
        raise ItemFileError(number, *_problem_of_times(onset, offset))
    return onset, offset


def _are_times(onset: float, offset: float) -> bool:
    return -math.inf < onset <= offset < math.inf


def _problem_of_times(onset: float, offset: float) -> tuple[str, str]:
    """Return what is wrong with times that are none of a token, and what is expected instead."""
    if not (math.isfinite(onset) and math.isfinite(offset)):
        return f"times {onset} and {offset}", "finite numbers, in seconds"
    return f"onset {onset} and offset {offset}", "an onset that is not after its offset"


def _checked(rows: Iterable[Sequence[object]]) -> Iterator[_Row]:
    width = 0
    for number, row in enumerate(rows):
        try:
            columns = _columns(row, width)
            yield _checked_row(columns)
        except _RowError as error:
            raise ZrcError(f"items[{number}] has {error.measured}; expected {error.expected}") from None
        width = len(columns)
    if not width:
        raise ZrcError(f"items has no row; expected one for each token: {_titles(COLUMNS)}")


def _checked_row(columns: Sequence[object]) -> _Row:
    onset, offset = _number(columns[1]), _number(columns[2])
    if not _are_times(onset, offset):
        raise _RowError(*_problem_of_times(onset, offset))
    file, phone, *context, speaker = (_name(column) for column in (columns[0], *columns[3:]))
    return file, onset, offset, phone, "+".join(context), speaker


class _RowError(Exception):
    """A row that cannot be used."""

    def __init__(self, measured: str, expected: str) -> None:
        super().__init__(measured)
        self.measured, self.expected = measured, expected


def _columns(row: Sequence[object], width: int) -> Sequence[object]:
    """Return a row as a sequence, of the width of those before it, if there were some."""
    columns = [row] if isinstance(row, str) or not isinstance(row, Iterable) else list(row)
    expected = _BY_WIDTH.get(width, COLUMNS)
    if len(columns) != width if width else len(columns) not in _BY_WIDTH:
        count = "1 value" if len(columns) == 1 else f"{len(columns)} values"
        raise _RowError(count, f"{len(expected)}: {_titles(expected)}")
    return columns


def _number(value: object) -> float:
    if isinstance(value, Real) and not isinstance(value, bool):
        return float(value)
    raise _RowError(f"the time {value!r:.60}", "a number, in seconds")


def _name(value: object) -> str:
    """Return a name; speakers and files are whole numbers in many corpora."""
    if isinstance(value, str | Integral) and not isinstance(value, bool) and value != "":
        return str(value)
    raise _RowError(f"the name {value!r:.60}", "text or a whole number")


def _titles(columns: Sequence[str]) -> str:
    return ", ".join(columns).replace("#", "")
