"""Zips are unpacked as they were packed, whole or in parts; what could do harm is refused, by name."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.datasets import unpacking
from pytest_zrc.datasets.unpacking import unpack
from pytest_zrc.errors import ZrcError

FILES = {"index.json": b"{}", "dev-clean/a.wav": bytes(range(256)) * 100, "dev-clean/empty": b""}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def written(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / f"{number}.zip" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip(tmp_path: Path, method: int) -> None:
    told: list[tuple[int, int | None]] = []
    unpack(written(tmp_path, zipped(FILES, method)), tmp_path / "out", "it", lambda *done: told.append(done))
    assert tree(tmp_path / "out") == FILES
    assert told[-1] == (25_602, 25_602)


def test_several_zips(tmp_path: Path) -> None:
    halves = [zipped({name: FILES[name]}) for name in FILES]
    unpack(written(tmp_path, *halves), tmp_path / "out", "it")
    assert tree(tmp_path / "out") == FILES


def test_a_file_that_is_in_two_zips(tmp_path: Path) -> None:
    with pytest.raises(ZrcError, match=r"holds 'index\.json', twice"):
        unpack(written(tmp_path, zipped(FILES), zipped({"index.json": b""})), tmp_path / "out", "it")


@settings(deadline=None, max_examples=30)
@given(cuts=st.lists(st.integers(0, 1000), max_size=5))
def test_pieces_of_one_zip(cuts: list[int]) -> None:
    """Wherever it is cut, into empty pieces too."""
    content = zipped(FILES)
    places = [0, *sorted(cut * len(content) // 1000 for cut in cuts), len(content)]
    with tempfile.TemporaryDirectory() as folder:
        pieces = [content[start:end] for start, end in pairwise(places)]
        unpack(written(Path(folder), *pieces), Path(folder) / "out", "it")
        assert tree(Path(folder) / "out") == FILES


def test_pieces_in_the_wrong_order(tmp_path: Path) -> None:
    content = zipped(FILES)
    with pytest.raises(ZrcError, match="is no zip that can be read"):
        unpack(written(tmp_path, content[500:], content[:500]), tmp_path / "out", "it")


def test_rights_are_the_usual_ones(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("tool")
        info.external_attr = (stat.S_IFREG | stat.S_ISUID | 0o777) << 16
        archive.writestr(info, b"")
    unpack(written(tmp_path, stream.getvalue()), tmp_path / "out", "it")
    (tmp_path / "plain").touch()
    assert (tmp_path / "out" / "tool").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_a_mac_adds_is_left_out(tmp_path: Path) -> None:
    unpack(written(tmp_path, zipped({**FILES, "__MACOSX/._index.json": b"x"})), tmp_path / "out", "it")
    assert tree(tmp_path / "out") == FILES


class Evil(NamedTuple):
    name: str
    kind: int = 0
    flags: int = 0


def link(name: str) -> Evil:
    return Evil(name, stat.S_IFLNK | 0o777)


ACCENT = "caf\N{LATIN SMALL LETTER E WITH ACUTE}"


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([Evil("/etc/passwd")], "'/etc/passwd', an absolute path"),
        ([Evil("../evil")], r"'\.\./evil', a path that leaves the folder"),
        ([Evil("a/../../evil")], "a path that leaves the folder"),
        ([Evil("a/..")], "a path that leaves the folder"),
        ([Evil("..")], "a path that leaves the folder"),
        ([Evil("C:evil")], "a path with a drive"),
        ([Evil("C:/evil")], "a path with a drive"),
        ([Evil("..\\evil")], "a path with a backslash"),
        ([Evil("\\\\host\\evil")], "a path with a backslash"),
        ([Evil("a\x1b[2J")], "a name that cannot be shown"),
        ([Evil("a.txt\0.exe")], "a name that cannot be shown"),
        ([link("a")], "'a', a link"),
        ([link("out/"), Evil("out/evil")], "'out/', a link"),
        ([Evil("pipe", stat.S_IFIFO)], "'pipe', neither a file nor a folder"),
        ([Evil("device", stat.S_IFCHR)], "neither a file nor a folder"),
        ([Evil("folder", stat.S_IFDIR)], "neither a file nor a folder"),
        ([Evil("a", flags=1)], "'a', encrypted"),
        ([Evil("a"), Evil("a")], "'a', twice"),
        ([Evil("a"), Evil("./a")], "'a', twice"),
        ([Evil("a"), Evil("a/b")], "'a', twice"),
        ([Evil("a/b"), Evil("a")], "'a', twice"),
        ([Evil("a/b"), Evil("A/c")], "'A', which other systems cannot tell from 'a'"),
        ([Evil("readme"), Evil("README")], "'README', which other systems cannot tell from 'readme'"),
        ([Evil(ACCENT), Evil(unicodedata.normalize("NFD", ACCENT))], "which other systems cannot tell from"),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_could_do_harm(tmp_path: Path, members: list[Evil], sentence: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("fine", b"fine")
        for member in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename = member.name
            info.external_attr = member.kind << 16
            archive.writestr(info, b"evil")
            info.flag_bits |= member.flags
    with pytest.raises(ZrcError, match=f"^the zip holds .*{sentence}.*: nothing was unpacked"):
        unpack(written(tmp_path, stream.getvalue()), tmp_path / "out", "it")
    assert sorted(os.listdir(tmp_path)) == ["0.zip"]


def test_a_bomb(tmp_path: Path) -> None:
    with pytest.raises(ZrcError, match=r"claims to hold 50,000,000, more than 100-fold: nothing was unpacked"):
        unpack(written(tmp_path, zipped({"zeros": bytes(50_000_000)})), tmp_path / "out", "it")
    assert not (tmp_path / "out").exists()


def test_a_bomb_of_files_that_overlap(tmp_path: Path) -> None:
    """Each entry of the directory at the end names the same data."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", os.urandom(10_000))
        [info] = archive.infolist()
        for number in range(50):
            twin = zipfile.ZipInfo(f"b{number}")
            for field in ("compress_size", "file_size", "CRC", "header_offset", "compress_type"):
                setattr(twin, field, getattr(info, field))
            archive.filelist.append(twin)
    with pytest.raises(ZrcError, match="overlap: nothing was unpacked"):
        unpack(written(tmp_path, stream.getvalue()), tmp_path / "out", "it")


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_MEMBERS", 2)
    with pytest.raises(ZrcError, match="holds 3 files, and no dataset more than 2"):
        unpack(written(tmp_path, zipped(FILES)), tmp_path / "out", "it")


def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=30_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ZrcError, match=r"unpacking it needs 0\.0 GB, and 0\.0 GB are free at .*: make room"):
        unpack(written(tmp_path, zipped(FILES)), tmp_path / "out", "it")
    assert not (tmp_path / "out").exists()


def flipped(content: bytes) -> bytes:
    """Change a byte of what is packed first."""
    place = content.index(b"index.json") + len("index.json")
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def shorter(content: bytes) -> bytes:
    """Claim in the directory at the end that the first file is smaller than it is."""
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"index.json")) + 24
    return content[:place] + (1).to_bytes(4, "little") + content[place + 4 :]


def longer(content: bytes) -> bytes:
    """Claim that it is larger."""
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"index.json")) + 24
    return content[:place] + (1000).to_bytes(4, "little") + content[place + 4 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"<html>" + bytes(100),
        lambda content: content[: len(content) // 2],
        lambda content: content[:-30],
        flipped,
        shorter,
        longer,
    ],
    ids=["empty", "page", "half", "no end", "flipped", "shorter", "longer"],
)
def test_damage(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ZrcError, match=r"no zip that can be read|is not of 1,000 bytes, as it says"):
        unpack(written(tmp_path, damage(zipped(FILES, zipfile.ZIP_STORED))), tmp_path / "out", "it")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_of_what_is_packed(tmp_path: Path, method: int) -> None:
    content = bytearray(zipped({"a": os.urandom(1000)}, method))
    content[500:600] = bytes(100)
    with pytest.raises(ZrcError, match=r"^it is no zip that can be read \(.+\): get it again"):
        unpack(written(tmp_path, bytes(content)), tmp_path / "out", "it")


@settings(deadline=None, max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_one_wrong_byte_is_a_sentence_or_harms_no_content(place: float, mask: int) -> None:
    content = bytearray(zipped(FILES))
    content[int(place * len(content))] ^= mask
    with tempfile.TemporaryDirectory() as folder:
        try:
            unpack(written(Path(folder), bytes(content)), Path(folder) / "out", "it")
            assert set(tree(Path(folder) / "out").values()) <= set(FILES.values())
        except ZrcError as error:
            assert "\n" not in str(error)  # noqa: PT017 - it need not be raised
        assert set(os.listdir(folder)) <= {"0.zip", "out"}
