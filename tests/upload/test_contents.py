"""What of a submission is uploaded, and what is not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.layout import Submission
from pytest_zrc.upload.contents import Contents, contents

FOLDERS = ("dev-clean", "english/1s")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A submission whose files hold their names."""
    root = tmp_path / "submission"
    for name in (
        "meta.yaml",
        "params.yaml",
        "dev-clean/b.npy",
        "dev-clean/a.npy",
        "dev-clean/speaker/c.npy",
        "english/1s/d.npy",
        "scores/scores.json",
        "scores/details/phones.csv",
    ):
        write(root / name, name)
    return root


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def names(found: Contents) -> list[str]:
    return [member.name for member in found.members]


def test_everything_that_was_checked_and_scored_goes_in_sorted_with_its_sub_folders(root: Path) -> None:
    found = contents(Submission(root), FOLDERS)
    assert names(found) == [
        "dev-clean/a.npy",
        "dev-clean/b.npy",
        "dev-clean/speaker/c.npy",
        "english/1s/d.npy",
        "meta.yaml",
        "params.yaml",
        "scores/details/phones.csv",
        "scores/scores.json",
    ]
    assert all(isinstance(one.content, Path) and one.content.read_text() == one.name for one in found.members)
    assert not found.left_out


def test_what_is_no_part_of_the_submission_stays_at_home(root: Path) -> None:
    before = contents(Submission(root), FOLDERS)
    for name in (".git/config", "notes.txt", "dev-other/x.npy", "scores/.zrc/a.json", "dev-clean/.cache/x.npy"):
        write(root / name)
    assert contents(Submission(root), FOLDERS) == before


def test_what_is_left_out_of_the_folders_is_told_with_the_reason(root: Path) -> None:
    write(root / "dev-clean" / "README.md")
    write(root / "scores" / "scores.json.lock")
    found = contents(Submission(root), FOLDERS)
    assert found.left_out == {
        "dev-clean/README.md": "not a .npy file",
        "scores/scores.json.lock": "a temporary file",
    }
    assert not found.left_out.keys() & set(names(found))


def test_features_may_be_text_files(root: Path) -> None:
    write(root / "dev-clean" / "t.txt")
    found = contents(Submission(root), ["dev-clean"], suffix=".txt")
    assert "dev-clean/t.txt" in names(found)
    assert "dev-clean/a.npy" in found.left_out


def test_features_may_lie_elsewhere_behind_links_but_nothing_among_the_results(root: Path, tmp_path: Path) -> None:
    key = write(tmp_path / "ssh" / "id_rsa", "secret")
    (root / "dev-clean" / "linked.npy").symlink_to(write(tmp_path / "large.npy"))
    (root / "scores" / "key.txt").symlink_to(key)
    (root / "scores" / "folder").symlink_to(tmp_path / "ssh")
    found = contents(Submission(root), FOLDERS)
    assert "dev-clean/linked.npy" in names(found)
    assert found.left_out["scores/key.txt"] == found.left_out["scores/folder/id_rsa"]
    assert not any("id_rsa" in name or "key" in name for name in names(found))


def test_contents_can_be_given_in_the_place_of_files_and_beside_them(root: Path) -> None:
    given = {"meta.yaml": b"model_id: Doe26a\n", "scores/leaderboard.json": b"{}"}
    found = {one.name: one.content for one in contents(Submission(root), FOLDERS, instead=given).members}
    assert given.items() <= found.items()
    assert found["params.yaml"] == root / "params.yaml"


def test_what_is_given_is_not_said_to_be_left_out(root: Path, tmp_path: Path) -> None:
    (root / "scores" / "leaderboard.json").symlink_to(write(tmp_path / "elsewhere.json"))
    assert contents(Submission(root), FOLDERS).left_out
    assert not contents(Submission(root), FOLDERS, instead={"scores/leaderboard.json": b"{}"}).left_out


def test_results_may_be_in_a_folder_of_another_place_and_name(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "results" / "sub" / "scores.json")
    found = contents(Submission(root), FOLDERS, scores=tmp_path / "results")
    assert [name for name in names(found) if name.startswith("scores/")] == ["scores/sub/scores.json"]


def test_results_may_be_in_the_current_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "scores")
    assert "scores/scores.json" in names(contents(Submission(root), FOLDERS, scores=Path()))


def test_a_submission_without_parameters_and_results_is_packed_as_it_is(root: Path, tmp_path: Path) -> None:
    (root / "params.yaml").unlink()
    found = contents(Submission(root), ["dev-clean"], scores=tmp_path / "none")
    assert "params.yaml" not in names(found)
    assert len(found.members) == 4


def test_a_folder_that_goes_round_in_circles_is_refused(root: Path) -> None:
    (root / "dev-clean" / "again").symlink_to(root / "dev-clean")
    with pytest.raises(ZrcError, match=r"dev-clean/again cannot be uploaded \(a link to a folder that it is in\)"):
        contents(Submission(root), FOLDERS)


@pytest.mark.parametrize("name", ["back\\slash.npy", "new\nline.npy", "bell\x07.npy"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_that_would_be_unpacked_as_another_one_is_refused(root: Path, name: str) -> None:
    write(root / "dev-clean" / name)
    with pytest.raises(ZrcError, match="not safe in a zip: rename the file") as caught:
        contents(Submission(root), FOLDERS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["../meta.yaml", "/etc/passwd", "scores/../../x", "scores//x", "./x", ""])
def test_a_given_name_cannot_lead_out_of_the_archive(root: Path, name: str) -> None:
    with pytest.raises(ZrcError, match="not safe in a zip"):
        contents(Submission(root), FOLDERS, instead={name: b""})


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_a_name_that_is_no_text_is_refused(root: Path) -> None:
    path = os.fsencode(root / "dev-clean") + b"/caf\xe9.npy"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    with pytest.raises(ZrcError, match=r"'dev-clean/caf\\udce9.npy' is no UTF-8 text") as caught:
        contents(Submission(root), FOLDERS)
    str(caught.value).encode()
