"""The parts of an archive: together the whole, and no two alike."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.archive import PART_SIZE, measure


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@given(st.binary(max_size=400) | st.integers(0, 400).map(bytes), st.integers(28, 500))
def test_parts_make_up_the_whole_and_all_differ(content: bytes, part_size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sub.zip"
        path.write_bytes(content)
        archive = measure(path, part_size)
    pieces = [content[part.offset : part.offset + part.size] for part in archive.parts]
    assert b"".join(pieces) == content
    assert [part.md5 for part in archive.parts] == [md5(piece) for piece in pieces]
    assert (archive.filename, archive.size, archive.md5) == ("sub.zip", len(content), md5(content))
    assert len({part.md5 for part in archive.parts}) == len(pieces) == len({part.name for part in archive.parts})
    assert max(part.size for part in archive.parts) <= part_size
    assert sum(part.size for part in archive.parts) == len(content)


def test_an_archive_that_fits_is_sent_at_once_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "sub.zip"
    path.write_bytes(b"zip")
    (part,) = measure(path).parts
    assert (part.name, part.offset, part.size) == ("sub.zip", 0, 3)
    (exact,) = measure(path, 3).parts
    assert exact == part


def test_parts_are_called_as_the_official_client_calls_them(tmp_path: Path) -> None:
    path = tmp_path / "my.sub.zip"
    path.write_bytes(b"zip" * 10)
    assert [part.name for part in measure(path, 12).parts] == ["my.sub_0001.zip", "my.sub_0002.zip", "my.sub_0003.zip"]


def test_equal_bytes_all_over_make_different_parts_of_about_one_size(tmp_path: Path) -> None:
    path = tmp_path / "zeros.zip"
    path.touch()
    with path.open("r+b") as file:
        file.truncate(20 << 20)
    parts = measure(path, 4 << 20).parts
    assert len({part.md5 for part in parts}) == len(parts) == 6
    assert [(4 << 20) - part.size for part in parts[:5]] == [0, 1, 2, 3, 4]


def test_parts_are_as_large_as_those_of_the_official_client() -> None:
    assert PART_SIZE == 500_000_000


def test_progress_ends_with_the_size(tmp_path: Path) -> None:
    path = tmp_path / "sub.zip"
    path.write_bytes(bytes(3 << 20))
    told: list[int] = []
    measure(path, 2 << 20, told.append)
    assert told == sorted(told)
    assert told[-1] == 3 << 20


def test_parts_that_are_too_small_to_differ_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sub.zip"
    path.write_bytes(bytes(100))
    with pytest.raises(ZrcError, match="cannot make up 100: make them larger"):
        measure(path, 13)
    assert measure(path, 14).parts


def test_an_archive_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ZrcError, match=r"gone\.zip cannot be read \(No such file or directory\): submit again"):
        measure(tmp_path / "gone.zip")
