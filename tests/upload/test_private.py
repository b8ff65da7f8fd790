"""The file of tokens: nobody else reads it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.address import OFFICIAL
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.credentials import credentials_file, find_token, forget_token, keep_token

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes say nothing elsewhere")

ADA = Token(OFFICIAL, "ada", "to.ke.n")


@pytest.fixture
def kept() -> Path:
    keep_token(ADA)
    return credentials_file()


@pytest.fixture
def notes() -> list[str]:
    return []


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o077])
def test_the_file_is_made_for_its_owner_alone(umask: int) -> None:
    before = os.umask(umask)
    try:
        keep_token(ADA)
    finally:
        os.umask(before)
    folder = credentials_file().parent
    assert _mode(folder) == 0o700
    assert _mode(credentials_file()) == 0o600
    assert {path.name for path in folder.iterdir()} <= {"credentials.json", "credentials.lock"}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_closed_with_a_note(kept: Path, notes: list[str], mode: int) -> None:
    kept.chmod(mode)
    assert find_token(OFFICIAL, notes.append) == ADA
    assert _mode(kept) == 0o600
    assert notes == [f"{kept} could be read by other users; now it cannot: if one may have done so, log in again"]


def test_so_is_the_folder(kept: Path, notes: list[str]) -> None:
    kept.parent.chmod(0o755)
    assert find_token(OFFICIAL, notes.append) == ADA
    assert _mode(kept.parent) == 0o700
    assert len(notes) == 1


def test_nothing_is_written_into_an_open_folder(notes: list[str]) -> None:
    credentials_file().parent.mkdir(parents=True, mode=0o777)
    credentials_file().parent.chmod(0o777)
    keep_token(ADA, notes.append)
    assert _mode(credentials_file().parent) == 0o700


def test_a_link_is_refused_and_what_it_leads_to_is_left_alone(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    kept.rename(target)
    target.chmod(0o644)
    kept.symlink_to(target)
    for use in (lambda: find_token(OFFICIAL), lambda: keep_token(ADA), lambda: forget_token(OFFICIAL)):
        with pytest.raises(ZrcError, match=r"credentials\.json is not used for tokens \(it is a link\): remove it"):
            use()
    assert _mode(target) == 0o644


def test_a_folder_that_is_a_link_is_refused(kept: Path, tmp_path: Path) -> None:
    kept.parent.rename(tmp_path / "elsewhere")
    kept.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ZrcError, match="it is a link"):
        find_token(OFFICIAL)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_belongs_to_another_user_is_refused(kept: Path, which: str) -> None:
    os.chown(kept if which == "file" else kept.parent, 12345, 12345)
    with pytest.raises(ZrcError, match="it belongs to another user"):
        find_token(OFFICIAL)


def test_a_pipe_is_refused_at_once(kept: Path) -> None:
    kept.unlink()
    os.mkfifo(kept, 0o600)
    with pytest.raises(ZrcError, match="it is not a regular file"):
        find_token(OFFICIAL)


def test_a_file_in_place_of_the_folder_is_a_sentence(kept: Path) -> None:
    for path in kept.parent.iterdir():
        path.unlink()
    kept.parent.rmdir()
    kept.parent.touch(0o600)
    for use in (lambda: find_token(OFFICIAL), lambda: keep_token(ADA)):
        with pytest.raises(ZrcError, match=r"is not used for tokens|cannot be written"):
            use()


def test_a_login_that_cannot_be_written_leaves_the_one_before(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ZrcError, match="No space left on device"):
        keep_token(Token(OFFICIAL, "ada", "ne.we.r"))
    assert find_token(OFFICIAL) == ADA
    assert not list(kept.parent.glob(".credentials*"))
