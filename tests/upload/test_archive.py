"""The zip: the same bytes each time, readable by everybody, whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.archive import write_archive
from pytest_zrc.upload.contents import Member
from tests.builders import unreadable

SMALL = (Member("dev-clean/é.npy", b"\x93NUMPY" * 9), Member("empty", b""), Member("meta.yaml", b"username: doe\n"))

folders = st.lists(st.from_regex(r"[a-zé0-9_-]{1,8}", fullmatch=True), min_size=1, max_size=3)
files = st.dictionaries(folders.map(lambda parts: "/".join(parts) + ".x"), st.binary(max_size=99), max_size=8)


class Usage(NamedTuple):
    """Of a disk, as the standard library tells it."""

    total: int
    used: int
    free: int


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of more than one chunk."""
    path = tmp_path / "large.npy"
    path.write_bytes(os.urandom(3 << 20))
    return path


@given(files)
def test_python_unpacks_what_went_in(content: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "s.zip"
        write_archive(target, [Member(name, content[name]) for name in sorted(content)])
        with ZipFile(target) as archive:
            assert archive.testzip() is None
            assert {name: archive.read(name) for name in archive.namelist()} == content


@pytest.mark.skipif(not shutil.which("unzip"), reason="no unzip is installed")
def test_unzip_unpacks_what_went_in(tmp_path: Path, large: Path) -> None:
    write_archive(tmp_path / "s.zip", [*SMALL, Member("z/large.npy", large)])
    subprocess.run(
        ["unzip", "-q", "s.zip", "-d", "out"], cwd=tmp_path, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    assert (tmp_path / "out/z/large.npy").read_bytes() == large.read_bytes()
    for member in SMALL:
        assert (tmp_path / "out" / member.name).read_bytes() == member.content


def test_the_same_content_gives_the_same_bytes_everywhere(tmp_path: Path) -> None:
    write_archive(tmp_path / "s.zip", SMALL)
    digest = hashlib.sha256((tmp_path / "s.zip").read_bytes()).hexdigest()
    assert digest == "ca5e9a25896e55c9248c52ab429d25d6ad403fdccd8fff35169979f98fe79bd4"


def test_when_and_with_which_rights_a_file_was_written_is_not_in_the_archive(tmp_path: Path, large: Path) -> None:
    members = [Member("large.npy", large)]
    write_archive(tmp_path / "first.zip", members)
    os.utime(large, (1, 1))
    large.chmod(0o600)
    write_archive(tmp_path / "second.zip", members)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_more_files_than_a_plain_zip_can_hold(tmp_path: Path) -> None:
    write_archive(tmp_path / "s.zip", [Member(f"wolof/1s/{number:05}.npy", b"") for number in range(65_537)])
    with ZipFile(tmp_path / "s.zip") as archive:
        assert len(archive.namelist()) == 65_537


def test_progress_ends_with_all_content(tmp_path: Path, large: Path) -> None:
    told: list[int] = []
    write_archive(tmp_path / "s.zip", [*SMALL, Member("z", large)], told.append)
    assert told == sorted(told)
    assert told[-1] == large.stat().st_size + sum(len(one.content) for one in SMALL if isinstance(one.content, bytes))
    assert len(told) > 4


@pytest.mark.parametrize("change", ["grows", "shrinks", "is written again"])
def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path, large: Path, change: str) -> None:
    size = large.stat().st_size

    def interfere(done: int) -> None:
        if done == 1 << 20:
            match change:
                case "grows":
                    with large.open("ab") as file:
                        file.write(b"more")
                case "shrinks":
                    os.truncate(large, size // 2)
                case _:
                    os.utime(large, (1, 1))

    with pytest.raises(ZrcError, match=r"dev/large.npy changed while it was read: wait until nothing writes to it"):
        write_archive(tmp_path / "s.zip", [Member("dev/large.npy", large)], interfere)
    assert os.listdir(tmp_path) == ["large.npy"]


def test_an_interrupt_leaves_nothing_and_an_older_archive_as_it_was(tmp_path: Path, large: Path) -> None:
    target = tmp_path / "s.zip"
    write_archive(target, SMALL)
    before = target.read_bytes()

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt):
        write_archive(target, [Member("large.npy", large)], interrupt)
    assert target.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["large.npy", "s.zip"]


def test_what_a_killed_process_left_is_replaced(tmp_path: Path, large: Path) -> None:
    killed = (
        "import os, sys; from pathlib import Path\n"
        "from pytest_zrc.upload.archive import write_archive; from pytest_zrc.upload.contents import Member\n"
        "write_archive(Path('s.zip'), [Member('large.npy', Path('large.npy'))], lambda done: os._exit(9))"
    )
    assert subprocess.run([sys.executable, "-c", killed], cwd=tmp_path, check=False).returncode == 9
    assert len(os.listdir(tmp_path)) == 2
    write_archive(tmp_path / "s.zip", [Member("large.npy", large)])
    assert sorted(os.listdir(tmp_path)) == ["large.npy", "s.zip"]


def test_a_full_disk_is_told_before_anything_is_written(
    tmp_path: Path, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 30, 1 << 30, 2 << 20))
    with pytest.raises(ZrcError, match=r"the archive takes 3\.1 MB and .* has 2\.1 MB free: free space there"):
        write_archive(tmp_path / "s.zip", [Member("large.npy", large)])
    assert os.listdir(tmp_path) == ["large.npy"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_disk_that_is_full_after_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = partial(Path("/dev/full").open, "w+b")
    monkeypatch.setattr("pytest_zrc.upload.archive.new_file", lambda _: full())
    with pytest.raises(ZrcError, match=r"s\.zip cannot be written \(No space left on device\): free space there"):
        write_archive(tmp_path / "s.zip", SMALL)
    assert os.listdir(tmp_path) == []


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ZrcError, match=r"file/s\.zip cannot be written"):
        write_archive(tmp_path / "file" / "s.zip", SMALL)


def test_a_missing_file_a_pipe_and_a_locked_file_are_told(tmp_path: Path, large: Path) -> None:
    target = tmp_path / "s.zip"
    with pytest.raises(ZrcError, match=r"dev/gone\.npy cannot be read \(No such file or directory\)"):
        write_archive(target, [Member("dev/gone.npy", tmp_path / "gone.npy")])
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ZrcError, match=r"dev/pipe cannot be read \(not a regular file\)"):
            write_archive(target, [Member("dev/pipe", tmp_path / "pipe")])
    with unreadable(large), pytest.raises(ZrcError, match=r"large cannot be read \(Permission denied\)"):
        write_archive(target, [Member("large", large)])
