"""A file that only its owner can read, in a folder that only its owner can enter."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import require_locks

Note = Callable[[str], None]
"""Told what the user should know, in a sentence."""

_POSIX = os.name == "posix"  # elsewhere the folders of users are private, and modes say nothing
_MOST_BYTES = 2**20


def read_private(path: Path, note: Note) -> str | None:
    """Return the text of a file, or None where there is none.

    Args:
        path: of the file; other users' rights to it, and to its folder, are taken away.
        note: told when that was needed.

    Raises:
        ZrcError: it is a link, or somebody else's, or cannot be read.
    """
    try:
        _close_to_others(path.parent, stat.S_ISDIR, note)
        _close_to_others(path, stat.S_ISREG, note)
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from None
    with open(file, "rb") as opened:
        _require_own(path, os.fstat(file), stat.S_ISREG)  # what was opened, whatever was there before
        try:
            return opened.read(_MOST_BYTES).decode()
        except (OSError, UnicodeDecodeError):
            raise _unusable(path, "it is no text") from None


def private_folder(folder: Path, note: Note) -> None:
    """Make a folder, or take it away from others; raises ZrcError as ``read_private`` does."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close_to_others(folder, stat.S_ISDIR, note)
    except OSError as error:
        raise _unwritable(folder, error) from None


@contextmanager
def locked(path: Path, note: Note) -> Iterator[None]:
    """Keep other processes from changing a file meanwhile; its private folder is made where there is none."""
    private_folder(path.parent, note)
    lock = FileLock(path.with_suffix(".lock"))
    try:
        require_locks(path.parent)
        lock.acquire()
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield
    finally:
        lock.release()


def write_private(path: Path, text: str, note: Note) -> None:
    """Write a file as a whole, in its private folder; raises ZrcError as ``read_private`` does."""
    private_folder(path.parent, note)
    try:
        file, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # opened with 0600, and as a new file
        try:
            with open(file, "wb") as opened:
                opened.write(text.encode())
                opened.flush()
                os.fsync(file)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise _unwritable(path, error) from None


def _close_to_others(path: Path, is_kind: Callable[[int], bool], note: Note) -> None:
    found = os.lstat(path)
    _require_own(path, found, is_kind)
    if _POSIX and found.st_mode & 0o077:
        os.chmod(path, found.st_mode & 0o700)
        note(f"{path} could be read by other users; now it cannot: if one may have done so, log in again")


def _require_own(path: Path, found: os.stat_result, is_kind: Callable[[int], bool]) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise _unusable(path, "it is a link")
    if not is_kind(found.st_mode):
        raise _unusable(path, "it is not a folder" if is_kind is stat.S_ISDIR else "it is not a regular file")
    if _POSIX and found.st_uid != os.geteuid():
        raise _unusable(path, "it belongs to another user")


def _unusable(path: Path, reason: str) -> ZrcError:
    return ZrcError(f"{path} is not used for tokens ({reason}): remove it, and log in again")


def _unwritable(path: Path, error: OSError) -> ZrcError:
    return ZrcError(f"{path} cannot be written ({error.strerror or error}): see to that, and log in again")
