"""Files: those of others read with care, and our own written whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from pytest_zrc.errors import ZrcError


def require_regular(path: Path) -> None:
    """Raise OSError, with a reason to show, where a path is no regular file: reading a pipe would never end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise OSError(0, "a link to nothing" if os.path.islink(path) else "no such file") from None
    if not stat.S_ISREG(mode):
        raise OSError(0, "a folder, not a file" if stat.S_ISDIR(mode) else "not a regular file")


def lines_of(text: TextIO, longest: int) -> Iterator[str]:
    """Yield the lines of a text; raises ValueError at one of more characters, before it fills the memory."""
    while line := text.readline(longest + 1):
        if len(line) > longest:
            raise ValueError(f"a line of more than {longest:,} characters")
        yield line


def read_json(path: Path, advice: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a JSON file holds; raises ZrcError, with the advice, where it cannot be read."""
    try:
        require_regular(path)
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ZrcError(f"{path} cannot be read ({error.strerror or error}): {advice}") from None
    except (ValueError, RecursionError):
        raise ZrcError(f"{path} is not JSON: {advice}") from None


def write_atomically(path: Path, content: str | bytes, *, mode: int | None = None, durable: bool = False) -> None:
    """Write a file so that nobody ever sees half of it: to a temporary file, then by renaming.

    Args:
        path: of the file.
        content: of the file; text is written as UTF-8.
        mode: who may read and write it; by default whoever may do so with a new file.
        durable: whether it is on the disk when this returns, so that it outlives a loss of power, too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if mode is not None:
            temporary.touch(mode=0o600)
        with temporary.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
