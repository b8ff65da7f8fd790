"""A part of a file, read while it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pytest_zrc.errors import ZrcError


class Slice:
    """A file as a body of a request takes it: ``read`` and ``len``, the number of bytes that are left.

    Args:
        file: at the first byte.
        size: in bytes.
        progress: told how many bytes were read until now.
    """

    def __init__(self, file: BinaryIO, size: int, progress: Callable[[int], None] | None = None) -> None:
        """Read some bytes of a file."""
        self._file = file
        self._size = size
        self._progress = progress
        self.len = size

    @classmethod
    @contextmanager
    def open(cls, path: Path, offset: int, size: int, progress: Callable[[int], None] | None = None) -> Iterator[Slice]:
        """Open a part of a file; raises ZrcError where it cannot be read."""
        try:
            file = path.open("rb")
        except OSError as error:
            raise _unreadable(path, error.strerror or str(error)) from None
        with file:
            file.seek(offset)
            yield cls(file, size, progress)

    def read(self, size: int = -1) -> bytes:
        """Read the next bytes; raises ZrcError where the file ends too early."""
        wanted = self.len if size < 0 else min(size, self.len)
        try:
            data = self._file.read(wanted)
        except OSError as error:
            raise _unreadable(Path(self._file.name), error.strerror or str(error)) from None
        if len(data) < wanted:  # the body would never end
            raise _unreadable(Path(self._file.name), "it is shorter than it was")
        self.len -= wanted
        if self._progress and wanted:
            self._progress(self._size - self.len)
        return data


def _unreadable(path: Path, reason: str) -> ZrcError:
    return ZrcError(f"{path} cannot be read ({reason}): make the archive again")
