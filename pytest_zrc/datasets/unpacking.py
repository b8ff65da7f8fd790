"""Zips of other people, unpacked without harm."""

from __future__ import annotations

import bisect
import io
import lzma
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path, PurePosixPath

from pytest_zrc.errors import ZrcError, shown

MOST_MEMBERS = 1_000_000  # ten times the files of abx17
MOST_RATIO = 100  # audio shrinks to a half at best, item files to a tenth

_SMALL = 16 << 20  # bytes: no harm is done with so few, whatever they were packed to
_OVERHEAD = 4096  # bytes that a file system may need for a file more than are in it
_CHUNK = 1 << 20  # bytes
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DRIVE = re.compile("[A-Za-z]:")
_BEGINNING = (b"PK\x03\x04", b"PK\x05\x06")  # of a zip, of an empty one
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,
    IndexError,
    MemoryError,  # LZMA sets aside what a file says, up to 4 GiB
)
_MAC = "__MACOSX"  # what archives of a Mac have beside the files


class NoRoomError(ZrcError):
    """There is too little room on the disk: there may be more another time."""


def unpack(
    paths: Sequence[Path], folder: Path, what: str, progress: Callable[[int, int | None], None] | None = None
) -> None:
    """Unpack a zip, which may come in parts, to a folder; in constant memory, and with no copy of it.

    The parts are pieces of one zip, or each of them is one; their contents say which.

    Args:
        paths: the file, or its parts in order.
        folder: where to; it is made.
        what: it is, for sentences.
        progress: is told how many bytes are unpacked, and of how many.

    Raises:
        NoRoomError: there is no room for what is in it.
        ZrcError: they are no zips, damaged, or hold what could do harm; nothing may be made of the folder then.
        OSError: it cannot be read or written.
    """
    with _sentence(what), _opened(paths) as archives:
        members = [member for archive in archives for member in _members(archive)]
        _require_harmless(members, sum(path.stat().st_size for path in paths))
        total = sum(member.info.file_size for member in members)
        require_room(folder.parent, total + _OVERHEAD * len(members), f"unpacking {what}")
        folder.mkdir()
        for place in {one.place if one.info.is_dir() else one.place.parent for one in members}:
            (folder / place).mkdir(parents=True, exist_ok=True)
        done = 0
        for member in members:
            for count in _extract(member, folder / member.place):
                done += count
                if progress:
                    progress(done, total)


def require_room(folder: Path, needed: int, what: str) -> None:
    """Refuse to begin what would not fit on the disk of a folder.

    Raises:
        NoRoomError: it would not.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise NoRoomError(
            f"{what} needs {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free at {folder}: make room, or set "
            "APP_DIR to a folder on another disk"
        )


@dataclass(frozen=True, slots=True)
class _Member:
    """A file or a folder in a zip, and where it goes."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    place: PurePosixPath


@contextmanager
def _opened(paths: Sequence[Path]) -> Iterator[list[zipfile.ZipFile]]:
    """Open the zips that files are, or that they make together."""
    whole = len(paths) == 1 or not all(_is_zip(path) for path in paths)
    groups = [list(paths)] if whole else [[path] for path in paths]
    with ExitStack() as stack:
        archives = []
        for group in groups:
            file = stack.enter_context(io.BufferedReader(_Joined(group), _CHUNK))
            archives.append(stack.enter_context(zipfile.ZipFile(file)))
        yield archives


def _is_zip(path: Path) -> bool:
    """Tell whether a file is a zip from its first byte to its last, not a piece of one."""
    with path.open("rb") as stream:
        return stream.read(4) in _BEGINNING and zipfile.is_zipfile(stream)


@contextmanager
def _sentence(what: str) -> Iterator[None]:
    try:
        yield
    except (*_DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # of the disk; bz2 has others
        reason = "it asks for more memory than there is" if isinstance(error, MemoryError) else shown(error)
        raise ZrcError(f"{what} is no zip that can be read ({reason or type(error).__name__}): get it again") from None


def _members(archive: zipfile.ZipFile) -> Iterator[_Member]:
    for info in archive.infolist():
        place = _place(info)
        if place.parts and place.parts[0] != _MAC:
            yield _Member(archive, info, place)


def _place(info: zipfile.ZipInfo) -> PurePosixPath:
    """Return where a member goes, below the folder to which all go."""
    name = info.orig_filename
    place = PurePosixPath(name)
    harms = {
        "an absolute path": place.is_absolute(),
        "a path that leaves the folder": ".." in place.parts,
        "a path with a drive": _DRIVE.match(name) is not None,
        "a path with a backslash": "\\" in name,
        "a name that cannot be shown": not name.isprintable(),
    }
    for harm, there in harms.items():
        if there:
            raise _refusal(name, harm)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if stat.S_ISLNK(kind):
        raise _refusal(name, "a link")
    if kind not in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG):
        raise _refusal(name, "neither a file nor a folder")
    if info.flag_bits & _ENCRYPTED:
        raise _refusal(name, "encrypted")
    return place


def _require_harmless(members: Sequence[_Member], size: int) -> None:
    """Refuse what one member does not show: names that meet, and sizes that are made up.

    Args:
        members: of all zips.
        size: of the zips, in bytes.
    """
    if len(members) > MOST_MEMBERS:
        raise ZrcError(f"the zip holds {len(members):,} files, and no dataset more than {MOST_MEMBERS:,}: {_SUSPECT}")
    _require_apart(members)
    packed = sum(member.info.compress_size for member in members)
    total = sum(member.info.file_size for member in members)
    if packed > size:
        raise ZrcError(f"the files in the zip overlap: {_SUSPECT}")
    if total > max(_SMALL, MOST_RATIO * size):
        raise ZrcError(f"the zip of {size:,} bytes claims to hold {total:,}, more than {MOST_RATIO}-fold: {_SUSPECT}")


_SUSPECT = "nothing was unpacked; ask where it is from"


def _refusal(name: str, what: str) -> ZrcError:
    return ZrcError(f"the zip holds {name[:120]!r}, {what}: {_SUSPECT}")


def _require_apart(members: Sequence[_Member]) -> None:
    """Refuse names that are one on some system: equal ones, and those that differ in case or in how accents are put."""
    found: dict[str, tuple[PurePosixPath, bool]] = {}
    for member in members:
        for place in (member.place, *member.place.parents[:-1]):
            is_file = place == member.place and not member.info.is_dir()
            key = unicodedata.normalize("NFC", str(place)).casefold()
            other, other_is_file = found.setdefault(key, (place, is_file))
            first = other is place
            if other != place:
                raise _refusal(str(place), f"which other systems cannot tell from {str(other)[:120]!r}")
            if not first and (is_file or other_is_file):
                raise _refusal(str(place), "twice")


def _extract(member: _Member, target: Path) -> Iterator[int]:
    """Write a member, and yield how many bytes were written; with usual rights, and never more than it says."""
    if member.info.is_dir():
        return
    count = 0
    with member.archive.open(member.info) as source, target.open("xb") as stream:
        while chunk := source.read(_CHUNK):  # whose end compares the CRC
            count += len(chunk)
            if count > member.info.file_size:
                break
            stream.write(chunk)
            yield len(chunk)
    if count != member.info.file_size:
        raise _refusal(str(member.place), f"which is not of {member.info.file_size:,} bytes, as it says")


class _Joined(io.RawIOBase):
    """Several files, read as one."""

    def __init__(self, paths: Sequence[Path]) -> None:
        with ExitStack() as stack:
            self._files = [stack.enter_context(path.open("rb", buffering=0)) for path in paths]
            self._stack = stack.pop_all()
        self._ends = list(accumulate(path.stat().st_size for path in paths))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        if start + offset < 0:
            raise OSError("it says that its contents are before its beginning")  # as files do; zipfile relies on it
        self._at = start + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number = bisect.bisect_right(self._ends, self._at)
        if number == len(self._files):
            return 0
        begin = self._ends[number - 1] if number else 0
        file = self._files[number]
        file.seek(self._at - begin)
        count = file.readinto(buffer)
        self._at += count
        return count

    def close(self) -> None:
        self._stack.close()
        super().close()
