"""Feature files: arrays in ``.npy`` or text form. They are data: nothing in them is ever unpickled."""

from __future__ import annotations

import io
import math
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import lines_of, require_regular

Array: TypeAlias = npt.NDArray[Any]
Table: TypeAlias = npt.NDArray[np.float64]

SUFFIXES = (".npy", ".txt")
_LONGEST_HEADER = 1 << 16
_LONGEST_LINE = 1 << 24  # characters: a frame of half a million numbers


class FeatureFileError(ZrcError):
    """A file that holds no array.

    Attributes:
        reason: ``unreadable``, or ``pickled`` where it holds Python objects.
    """

    def __init__(self, message: str, reason: Literal["unreadable", "pickled"] = "unreadable") -> None:
        """Say what the file is instead."""
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FeatureFormat:
    """What feature files do not say of themselves.

    Attributes:
        times: the lines of text files begin with the time of their frame, in seconds.
        units: integers are discrete units, and an array of one dimension holds one unit a frame.
    """

    times: bool = False
    units: bool = False

    def accepts(self, dtype: np.dtype[np.generic]) -> bool:
        """Tell whether features can be of this type."""
        return dtype.kind in ("fiu" if self.units else "f")

    def interpret(self, header: Header) -> Header:
        """Return the header of an ``.npy`` file, a list of units as an array of one column."""
        is_list = self.units and len(header.shape) == 1 and header.dtype.kind in "iu"
        return replace(header, shape=(*header.shape, 1)) if is_list else header


PLAIN = FeatureFormat()


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of an array before its values are read.

    Attributes:
        shape: without the column of times, where the file has one.
        dtype: of the values.
        fortran_order: whether they are stored column by column.
        last_time: of the last frame, in seconds; NaN where the times are not finite or do not increase, None where the
            file has none.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran_order: bool = False
    last_time: float | None = None

    @property
    def frames(self) -> int:
        """Return the length of the first axis."""
        return self.shape[0] if self.shape else 0

    @property
    def dimension(self) -> int:
        """Return the length of the second axis of a 2D array."""
        return self.shape[1]

    @property
    def is_matrix(self) -> bool:
        """Tell whether this is a 2D array with at least one column."""
        return len(self.shape) == 2 and self.shape[1] > 0


def read_header(path: Path, form: FeatureFormat = PLAIN) -> Header:
    """Read what an array file says of itself; the size of an ``.npy`` file must agree with it.

    Of a text file the lines are counted, and the first and the last are parsed: what is wrong with those between them
    turns out when it is read.

    Raises:
        FeatureFileError: not an array, cut off, or one of Python objects.
    """
    if path.suffix == ".txt":
        return _text_header(path, form)
    with _opened(path) as stream:
        return form.interpret(_npy_header(stream))


def read_times(path: Path) -> Table:
    """Read the times of a text file that has them, in seconds, shape (frames,); its values are not parsed.

    Raises:
        FeatureFileError: not a table of numbers, as far as that was looked at.
    """
    try:
        return _outline(path, times=True).times
    except ValueError:
        return _read_table(path)[:, 0]


def read_array(path: Path, form: FeatureFormat = PLAIN) -> tuple[Header, Array]:
    """Read an array of any shape and type.

    Raises:
        FeatureFileError: not an array, cut off, or one of Python objects.
    """
    with open_features(path, form) as file:
        return file.header, file.array()


@contextmanager
def open_features(path: Path, form: FeatureFormat = PLAIN) -> Iterator[FeatureFile]:
    """Open an array file, to read it as a whole or in parts.

    Raises:
        FeatureFileError: not an array, cut off, or one of Python objects; also where that turns out as it is read.
    """
    if path.suffix == ".txt":
        yield _text_file(_read_table(path), form)
        return
    with _opened(path) as stream:
        yield FeatureFile(form.interpret(_npy_header(stream)), stream)


def first_unsound_time(times: Table) -> int | None:
    """Return the first frame whose time is not finite, or not later than that of the frame before."""
    with np.errstate(invalid="ignore"):
        sound = np.isfinite(times) & (np.diff(times, prepend=-np.inf) > 0)
    return None if sound.all() else int(np.argmin(sound))


class Buffer:
    """Memory that takes one part of a file after the other: such a part stays in the processor's cache."""

    def __init__(self, size: int = 1 << 19) -> None:
        """Take so many bytes, or a frame if that is larger."""
        self._bytes = np.empty(size, dtype=np.uint8)

    def frames(self, header: Header) -> Array:
        """Return an array like that of a file, of as many frames as there is room for; its values mean nothing."""
        size = header.dimension * header.dtype.itemsize
        count = max(1, len(self._bytes) // size)
        if count * size > len(self._bytes):
            self._bytes = np.empty(count * size, dtype=np.uint8)
        return self._bytes[: count * size].view(header.dtype).reshape(count, header.dimension)


class FeatureFile:
    """An open feature file.

    Attributes:
        header: what it says of itself.
        times: of its frames, in seconds, shape (frames,); None where it has none.
    """

    def __init__(self, header: Header, values: io.BufferedReader | Array, times: Table | None = None) -> None:
        """Take values that are read already, or a stream that stands where they begin."""
        self.header, self.times = header, times
        self._values = values
        self._first = 0 if isinstance(values, np.ndarray) else values.tell()

    def array(self) -> Array:
        """Return all values, whatever the shape."""
        if isinstance(self._values, np.ndarray):
            return self._values
        header = self.header
        self._values.seek(self._first)
        flat = np.fromfile(self._values, dtype=header.dtype, count=math.prod(header.shape))
        if len(flat) < math.prod(header.shape):
            raise _cut_off()
        return flat.reshape(header.shape[::-1]).T if header.fortran_order else flat.reshape(header.shape)

    def read(self, first: int, out: Array) -> None:
        """Read frames of a 2D array into another one.

        Args:
            first: the frame to begin at.
            out: of the same type and dimension, C-contiguous; filled as a whole.
        """
        if self.header.fortran_order:
            self._values = self.array()
        if isinstance(self._values, np.ndarray):
            out[:] = self._values[first : first + len(out)]
            return
        self._values.seek(self._first + first * self.header.dimension * self.header.dtype.itemsize)
        if self._values.readinto(out.view(np.uint8).data) < out.nbytes:
            raise _cut_off()

    def parts(self, buffer: Buffer) -> Iterator[tuple[int, Array]]:
        """Yield the frames of a 2D array, part by part: where each begins, and its values until the next is read."""
        room = buffer.frames(self.header)
        for first in range(0, self.header.frames, len(room)):
            values = room[: self.header.frames - first]
            self.read(first, values)
            yield first, values


def _cut_off() -> FeatureFileError:
    return FeatureFileError("it was cut off while it was read")


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file; what is none, like a pipe, would never end."""
    try:
        require_regular(path)
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise FeatureFileError(error.strerror or str(error)) from None


@contextmanager
def _opened_text(path: Path) -> Iterator[Iterator[str]]:
    with _opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8") as text:
        yield lines_of(text, _LONGEST_LINE)


def _npy_header(stream: io.BufferedReader) -> Header:
    """Read the header, and leave the stream where the values begin."""
    size = os.fstat(stream.fileno()).st_size
    if size == 0:
        raise FeatureFileError("an empty file (0 bytes)")
    prefix = stream.read(len(np.lib.format.MAGIC_PREFIX) + 2)
    if not prefix.startswith(np.lib.format.MAGIC_PREFIX):
        raise FeatureFileError("not a .npy file, by its first bytes")
    length = stream.read(2 if prefix[-2:-1] == b"\x01" else 4)
    header = _parse_header(prefix + length + stream.read(min(int.from_bytes(length, "little"), _LONGEST_HEADER)))
    expected, found = math.prod(header.shape) * header.dtype.itemsize, size - stream.tell()
    if found < expected:
        raise FeatureFileError(
            f"cut off: {found} bytes of values, where shape {header.shape} of {header.dtype} takes {expected}"
        )
    return header


@lru_cache(maxsize=4096)  # thousands of files have a few hundred different headers
def _parse_header(text: bytes) -> Header:
    """Parse a header with NumPy's own reader."""
    stream = io.BytesIO(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # headers written by Python 2 are fine
            version = np.lib.format.read_magic(stream)
            read = np.lib.format.read_array_header_1_0 if version[0] == 1 else np.lib.format.read_array_header_2_0
            shape, fortran_order, dtype = read(stream)
    except Exception as error:  # noqa: BLE001 - the header is a foreign text, and NumPy's reader raises many kinds
        raise FeatureFileError(f"a damaged .npy header ({type(error).__name__})") from None
    if dtype.hasobject:
        raise FeatureFileError("an array of Python objects", "pickled")
    if not _is_possible(shape) or dtype.subdtype is not None or dtype.itemsize == 0:
        raise FeatureFileError("a damaged .npy header (an impossible shape)")
    return Header(shape, dtype, fortran_order)


def _is_possible(shape: tuple[int, ...]) -> bool:
    """Tell whether NumPy could hold such an array at all."""
    if len(shape) > 32 or any(type(length) is not int or length < 0 for length in shape):
        return False
    return math.prod(max(1, length) for length in shape) < 1 << 48


@dataclass(frozen=True, slots=True)
class _Outline:
    """What a look over the lines of a text file tells.

    Attributes:
        frames: how many lines hold values.
        ends: the first and the last of them, parsed; shape (2, columns), or (0, 1) where there is none.
        times: the first value of each, if that was asked for; shape (frames,).
    """

    frames: int
    ends: Table
    times: Table


def _text_header(path: Path, form: FeatureFormat) -> Header:
    try:
        outline = _outline(path, times=form.times)
    except ValueError:  # the parser of the whole table knows what is wrong, and in which line
        with open_features(path, form) as file:
            return file.header
    return _table_header(outline.frames, outline.ends, outline.times if form.times else None)


def _text_file(table: Table, form: FeatureFormat) -> FeatureFile:
    """Take a table apart into times and values; one without frames has no columns to tell apart."""
    if not form.times:
        return FeatureFile(_table_header(len(table), table, None), table)
    times = table[:, 0]
    return FeatureFile(_table_header(len(table), table, times), table[:, 1:] if len(table) else table, times)


def _table_header(frames: int, rows: Table, times: Table | None) -> Header:
    """Return the header of a table of which some rows are known, and all times."""
    if not frames:
        return Header((0, 1), rows.dtype)
    if times is None:
        return Header((frames, rows.shape[1]), rows.dtype)
    last = float(times[-1]) if first_unsound_time(times) is None else math.nan
    return Header((frames, rows.shape[1] - 1), rows.dtype, last_time=last)


def _outline(path: Path, *, times: bool) -> _Outline:
    """Look over the lines of a text file.

    Raises:
        FeatureFileError: it cannot be read.
        ValueError: it is no table of numbers, as far as can be seen.
    """
    first, last, frames = "", "", 0
    starts: list[float] = []
    with _opened_text(path) as lines:
        for last in _rows(lines):
            first = first or last
            frames += 1
            if times:
                starts.append(float(last.split(None, 1)[0]))
    return _Outline(frames, _parse([first, last]), np.array(starts))


def _rows(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that hold values, by the rules of NumPy's parser: neither blank ones nor comments."""
    for line in lines:
        text = line.lstrip()
        if text and text[0] != "#":
            yield text


def _read_table(path: Path) -> Table:
    """Parse a text file as a whole, shape (frames, columns)."""
    with _opened_text(path) as lines:
        try:
            return _parse(lines)
        except ValueError as error:  # bytes that are no UTF-8 are one, too
            raise FeatureFileError(f"not a table of numbers ({' '.join(str(error).split())[:100]})") from None


def _parse(lines: Iterable[str]) -> Table:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy warns of an empty file; the number of frames says it better
        return np.loadtxt(lines, dtype=np.float64, ndmin=2)
