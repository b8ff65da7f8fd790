"""A YAML file is changed wholly or not at all, and stays the file that it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.edit import set_fields


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "meta.yaml"
    path.write_bytes(b"# who\r\nmodel_info:\r\n  model_id: ''  # later\r\n")
    return path


def refusal(path: Path, **values: str) -> str:
    with pytest.raises(ZrcError) as error:
        set_fields(path, values)
    return str(error.value)


def test_the_bytes_around_it_stay(file: Path) -> None:
    set_fields(file, {"model_info.model_id": "Mar26a", "username": "zoë"})
    assert file.read_bytes() == (
        b"# who\r\nmodel_info:\r\n  model_id: 'Mar26a'  # later\r\n" + "username: zoë\r\n".encode()
    )
    assert [path.name for path in file.parent.iterdir()] == ["meta.yaml"]


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_it_keeps_its_mode(file: Path, mode: int) -> None:
    file.chmod(mode)
    set_fields(file, {"username": "ada"})
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_link_stays_a_link(file: Path) -> None:
    link = file.with_name("link.yaml")
    link.symlink_to(file)
    set_fields(link, {"username": "ada"})
    assert link.is_symlink()
    assert file.read_bytes().endswith(b"username: ada\r\n")


def test_nothing_is_written_where_nothing_changes(file: Path) -> None:
    before = file.stat()
    set_fields(file, {"model_info.model_id": ""})
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_is_made_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    assert "no such file" in refusal(path, cuda="x")
    set_fields(path, {"cuda": False}, make=True)
    assert path.read_bytes() == b"cuda: false\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"- a\n", "a list, not `field: value` lines"),
        (b"caf\xe9: 1\n", "byte 3 is not UTF-8 text"),
        (b"id: 1\nid: 2\n", "id is there twice, again on line 2"),
        (b"id: [1]\n", "id is a list"),
    ],
)
def test_other_files_are_left_alone(file: Path, content: bytes, reason: str) -> None:
    file.write_bytes(content)
    assert refusal(file, id="a: b") == f"{file} cannot be changed ({reason}): edit it by hand: set id to 'a: b'"
    assert file.read_bytes() == content


def test_a_file_that_is_read_only_is_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()
    file.chmod(0o444)
    if os.access(file, os.W_OK):  # as root
        monkeypatch.setattr(os, "access", lambda path, mode: False)  # noqa: ARG005
    message = f"{file} cannot be written (read-only): make it writable, or edit it by hand: set id to x"
    assert refusal(file, id="x") == message
    assert file.read_bytes() == before


def test_a_write_that_fails_leaves_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    before = file.read_bytes()
    monkeypatch.setattr(Path, "replace", fail)
    assert "(No space left on device)" in refusal(file, id="x")
    assert [(path.name, path.read_bytes()) for path in file.parent.iterdir()] == [("meta.yaml", before)]
