"""The zip that is uploaded, and its parts.

Members are stored, not compressed: what features lose by it is little next to the time it takes (``docs/uploaded.md``
has the figures), and what deflate makes of the same bytes depends on the version of its library. So the same content
gives the same zip on every machine.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import TypeAlias
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import new_file, require_regular
from pytest_zrc.upload.contents import Member
from pytest_zrc.upload.contract import Archive, Part

PART_SIZE = 500_000_000  # bytes; that of the official client
Progress: TypeAlias = Callable[[int], None]

_CHUNK = 1 << 20
_HEADERS = 256  # bytes that a member takes at most besides its content and twice its name


def write_archive(target: Path, members: Sequence[Member], progress: Progress | None = None) -> None:
    """Write a zip, whole or not at all, in constant memory; the same members give the same bytes.

    Args:
        target: the file, which is replaced; only one process at a time may write it.
        members: in this order, with different names.
        progress: told again and again how many bytes of content were written until now.

    Raises:
        ZrcError: a file cannot be read or changes meanwhile, or there is no room for the archive.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _require_room(target.parent, members)
        # Always the same name: what a killed process left is replaced.
        with _moved_into_place(target.with_name(f".{target.name}.part"), target) as temporary:
            _write(temporary, members, progress or _ignore)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ZrcError(f"{target} cannot be written ({reason}): free space there, or name another place") from None


def measure(path: Path, part_size: int = PART_SIZE, progress: Progress | None = None) -> Archive:
    """Return the digests of an archive and of the parts that it is uploaded in, read once.

    The server knows a part by its digest and counts what it got, so that two parts with equal bytes would be a mess.
    Each part is therefore a byte shorter than the one before, and no two are equal, whatever is in them.

    Args:
        path: the archive.
        part_size: of the first part, in bytes.
        progress: told again and again how many bytes were read until now.

    Raises:
        ZrcError: it cannot be read, or so small parts cannot make it up.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _measured(path.name, file, list(_lengths(size, part_size)), progress or _ignore)
    except OSError as error:
        raise ZrcError(f"{path} cannot be read ({error.strerror or error}): submit again to make it anew") from None


def content_size(members: Iterable[Member]) -> int:
    """Return how many bytes of content there are; the headers of the zip are not counted.

    Raises:
        ZrcError: there is no such file.
    """
    return sum(_size(member) for member in members)


def _require_room(folder: Path, members: Sequence[Member]) -> None:
    needed = content_size(members) + sum(_HEADERS + 2 * len(member.name.encode()) for member in members)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ZrcError(
            f"the archive takes {_megabytes(needed)} and {folder} has {_megabytes(free)} free: "
            "free space there, or name another place"
        )


@contextmanager
def _moved_into_place(temporary: Path, target: Path) -> Iterator[Path]:
    """Rename a file when it is complete; remove it if that does not come about."""
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _write(path: Path, members: Iterable[Member], progress: Progress) -> None:
    done = 0
    with new_file(path) as file, ZipFile(file, "w", ZIP_STORED) as archive:
        for member in members:
            done = _add(archive, member, done, progress)


def _add(archive: ZipFile, member: Member, done: int, progress: Progress) -> int:
    """Write one member; return how many bytes of content were written with it."""
    info = ZipInfo(member.name)  # the date is 1980-01-01
    info.create_system = 3  # Unix, on every system
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    with _opened(member) as (source, size):
        info.file_size = size
        with archive.open(info, "w") as into:
            for chunk in _chunks(source, size, member.name):
                into.write(chunk)
                done += len(chunk)
                progress(done)
    return done


@contextmanager
def _opened(member: Member) -> Iterator[tuple[BufferedIOBase, int]]:
    """Open the content of a member, and tell its size; raise ZrcError where it changes while it is open."""
    if isinstance(member.content, bytes):
        yield BytesIO(member.content), len(member.content)
        return
    try:
        require_regular(member.content)
        file = member.content.open("rb")
    except OSError as error:
        raise _unreadable(member.name, error) from None
    with file:
        before = os.fstat(file.fileno())
        yield file, before.st_size
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise _changed(member.name)


def _chunks(source: BufferedIOBase, size: int, name: str) -> Iterator[memoryview]:
    """Yield as many bytes as the file is to have, in a buffer that is used again; raise ZrcError where it has fewer."""
    buffer = memoryview(bytearray(min(size, _CHUNK)))
    while size:
        try:
            count = source.readinto(buffer[:size])
        except OSError as error:
            raise _unreadable(name, error) from None
        if not count:
            raise _changed(name)
        size -= count
        yield buffer[:count]


def _size(member: Member) -> int:
    if isinstance(member.content, bytes):
        return len(member.content)
    try:
        return member.content.stat().st_size
    except OSError as error:
        raise _unreadable(member.name, error) from None


def _unreadable(name: str, error: OSError) -> ZrcError:
    return ZrcError(f"{name} cannot be read ({error.strerror or error}): make it readable, then submit again")


def _changed(name: str) -> ZrcError:
    return ZrcError(f"{name} changed while it was read: wait until nothing writes to it, then submit again")


def _lengths(size: int, first: int) -> Iterator[int]:
    """Yield the lengths of the parts, in bytes: each one less than the one before, the last one what is left."""
    if size > first * (first + 1) // 2:
        raise ZrcError(
            f"parts of at most {first} bytes, each smaller than the one before, cannot make up {size}: make them larger"
        )
    while size > first:
        yield first
        size -= first
        first -= 1
    yield size


def _measured(name: str, file: BufferedIOBase, lengths: Sequence[int], progress: Progress) -> Archive:
    whole = hashlib.md5(usedforsecurity=False)
    parts: list[Part] = []
    offset = 0
    for part_name, length in zip(_part_names(name, len(lengths)), lengths, strict=True):
        digest = hashlib.md5(usedforsecurity=False)
        done = offset
        for chunk in _chunks(file, length, name):
            whole.update(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(done)
        parts.append(Part(part_name, offset, length, digest.hexdigest()))
        offset += length
    return Archive(name, offset, whole.hexdigest(), tuple(parts))


def _part_names(name: str, count: int) -> list[str]:
    """Return names as the official client makes them."""
    stem, suffix = os.path.splitext(name)
    return [name] if count == 1 else [f"{stem}_{number:04}{suffix}" for number in range(1, count + 1)]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _ignore(done: int) -> None:
    """Report no progress."""
