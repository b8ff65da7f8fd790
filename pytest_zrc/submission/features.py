"""Feature files: 2D arrays in ``.npy`` or text form. They are data: nothing in them is ever unpickled."""

from __future__ import annotations

import io
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.errors import ZrcError
from pytest_zrc.regular import require_regular

Array: TypeAlias = npt.NDArray[Any]

SUFFIXES = (".npy", ".txt")
_LONGEST_HEADER = 1 << 16


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
class Header:
    """What is known of an array before its values are read."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran_order: bool = False

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


def read_header(path: Path) -> Header:
    """Read what an array file says of itself; the size of the file must agree with it.

    Raises:
        FeatureFileError: not an array, cut off, or one of Python objects.
    """
    if path.suffix == ".txt":
        values = _read_text(path)
        return Header(values.shape, values.dtype)
    with _opened(path) as stream:
        return _npy_header(stream)


def read_array(path: Path) -> tuple[Header, Array]:
    """Read an array of any shape and type.

    Raises:
        FeatureFileError: not an array, cut off, or one of Python objects.
    """
    with open_features(path) as file:
        return file.header, file.array()


@contextmanager
def open_features(path: Path) -> Iterator[FeatureFile]:
    """Open an array file, to read it as a whole or in parts.

    Raises:
        FeatureFileError: not an array, cut off, or one of Python objects; also where that turns out as it is read.
    """
    if path.suffix == ".txt":
        values = _read_text(path)
        yield FeatureFile(Header(values.shape, values.dtype), values)
        return
    with _opened(path) as stream:
        yield FeatureFile(_npy_header(stream), stream)


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
    """

    def __init__(self, header: Header, values: io.BufferedReader | Array) -> None:
        """Take values that are read already, or a stream that stands where they begin."""
        self.header = header
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


def _read_text(path: Path) -> npt.NDArray[np.float64]:
    try:
        require_regular(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy warns of an empty file; the number of frames says it better
            return np.loadtxt(path, dtype=np.float64, ndmin=2, encoding="utf-8")
    except OSError as error:
        raise FeatureFileError(error.strerror or str(error)) from None
    except (ValueError, UnicodeDecodeError) as error:
        raise FeatureFileError(f"not a table of numbers ({' '.join(str(error).split())[:100]})") from None
