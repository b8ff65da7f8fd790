"""Files: those of others read with care, and our own written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, AnyStr

from pytest_zrc.errors import ZrcError

if sys.platform != "win32":
    import fcntl

# Bytes of a JSON file. What json makes of one takes up to 35 times as many, of brackets without end.
LARGEST_RECORD = 4 << 20  # of a state, or a note: they have thousands
LARGEST_INDEX = 32 << 20  # of a dataset: 50 for each file, and 100,000 files would be many
LARGEST_RESULTS = 64 << 20  # of a run: the details of 30 scores, of 60 phones and 1000 samples each, have 5 MB


def require_regular(path: Path, largest: int | None = None) -> None:
    """Raise OSError, with a reason to show, where a path is no regular file, or has more bytes than it may.

    Reading a pipe would never end, and what is large enough would fill the memory.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise OSError(0, "a link to nothing" if os.path.islink(path) else "no such file") from None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "a folder, not a file" if stat.S_ISDIR(status.st_mode) else "not a regular file")
    if largest is not None and status.st_size > largest:
        raise OSError(0, f"it has {status.st_size:,} bytes, more than the {largest:,} that it may have")


def is_file(path: Path) -> bool:
    """Tell whether a path is a file; one of a name that no file can have, like one that is too long, is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def lines_of(text: IO[AnyStr], longest: int) -> Iterator[AnyStr]:
    """Yield the lines of a text; raises ValueError at one of more characters, before it fills the memory."""
    while line := text.readline(longest + 1):
        if len(line) > longest:
            raise ValueError(f"a line of more than {longest:,} characters")
        yield line


def read_json(path: Path, advice: str, largest: int) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a JSON file of so many bytes at most holds; raises ZrcError, with the advice, where it cannot be."""
    try:
        return _json_of(path, largest)
    except OSError as error:
        raise ZrcError(f"{path} cannot be read ({error.strerror or error}): {advice}") from None
    except (ValueError, RecursionError):
        raise ZrcError(f"{path} is not JSON: {advice}") from None


def kept_json(path: Path, largest: int) -> Any:  # noqa: ANN401
    """Return what a JSON file of our own holds; None where there is none, or it is damaged, or far too large."""
    try:
        return _json_of(path, largest)
    except (OSError, ValueError, RecursionError):
        return None


def _json_of(path: Path, largest: int) -> Any:  # noqa: ANN401
    require_regular(path, largest)
    return json.loads(path.read_text(encoding="utf-8"))


def write_atomically(path: Path, content: str | bytes, *, mode: int | None = None, durable: bool = False) -> None:
    """Write a file so that nobody ever sees half of it: to a temporary file, then by renaming.

    Args:
        path: of the file.
        content: of the file; text is written as UTF-8.
        mode: who may read and write it; by default whoever may do so with a new file.
        durable: whether it is on the disk when this returns, so that it outlives a loss of power, too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_for(path)
    try:
        with new_file(temporary, 0o666 if mode is None else 0o600) as file:
            _fill(file, content, durable=durable)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(path)
    finally:
        _remove(temporary)


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write several files, each whole; where one of them cannot be written, all stay as they were."""
    temporaries = {path: temporary_for(path) for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with new_file(temporaries[path]) as file:
                _fill(file, content)
        for path, temporary in temporaries.items():
            temporary.replace(path)
    finally:
        for temporary in temporaries.values():
            _remove(temporary)


def _fill(file: IO[bytes], content: str | bytes, *, durable: bool = False) -> None:
    file.write(content.encode() if isinstance(content, str) else content)
    if durable:
        file.flush()
        os.fsync(file.fileno())


def _remove(temporary: Path) -> None:
    """Remove a temporary file, if it is there: where that fails, so did what came before, which says more."""
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


def temporary_for(path: Path) -> Path:
    """Return the name under which a file is written until it is whole: in the same folder, and no other process's."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


def remove_leftovers(folder: Path, *, older_than: float) -> None:
    """Remove the temporary files in a folder that processes left there when they were killed, of an age in seconds."""
    latest = time.time() - older_than
    for path in folder.glob(".*.tmp"):
        with suppress(OSError):
            if path.stat().st_mtime < latest:
                path.unlink()


def new_file(path: Path, mode: int = 0o666) -> IO[bytes]:
    """Open a file that nothing is in yet; what has its name is removed: of a killed process, or a link of an attacker.

    Args:
        path: of the file.
        mode: who may read and write it, but for what the user's umask forbids.
    """
    path.unlink(missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return open(os.open(path, flags, mode), "w+b")


def require_locks(folder: Path) -> None:
    """Raise OSError where no files can be made, or locked: filelock may use locks there that outlive who is killed."""
    with tempfile.TemporaryFile(dir=folder) as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def require_own_folder(folder: Path, advice: str) -> None:
    """Raise ZrcError, with the advice, where a folder is a link: it leads wherever its author wants us to write."""
    if folder.is_symlink():
        raise ZrcError(f"{folder} is a link, and nothing is written through it: {advice}")


@contextmanager
def new_folder(target: Path, problem: str) -> Iterator[Path]:
    """Give a folder to be filled, which is at its place when that is over: wholly, or not at all.

    Args:
        target: the place, where nothing is yet, or an empty folder, which stays the same one: a shell may be in it.
        problem: what to say where nothing can be written there.

    Raises:
        ZrcError: there is something already, or nothing can be written there.
    """
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            kind = "is not empty" if target.is_dir() else "is a file"
            raise ZrcError(f"{target} {kind}: name a folder that is not there yet")
        place = target.resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as work:
            folder = Path(work, "new")
            folder.mkdir()
            yield folder
            if not place.exists():
                folder.rename(place)
                return
            for path in folder.iterdir():
                path.rename(place / path.name)
    except OSError as error:
        raise ZrcError(f"{problem} ({error.strerror or error}): name another folder") from None
