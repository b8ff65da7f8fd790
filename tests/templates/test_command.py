"""The command ``pytest-zrc template``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main
from pytest_zrc.templates import TEMPLATES


def _template(*args: object) -> Result:
    return CliRunner().invoke(main, ["template", *map(str, args)])


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_templates_are_listed_with_a_line_each() -> None:
    lines = _template().output.splitlines()
    folders = sorted(path.name for path in TEMPLATES["model_repo"].folder.parent.iterdir() if path.is_dir())
    assert sorted(line.split()[0] for line in lines) == folders == sorted(TEMPLATES)
    assert all(len(line.split()) > 5 for line in lines)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_copy_has_every_file_and_the_way_on_is_said(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "my repo"
    result = _template(name, folder)
    copied = _files(folder)
    assert result.exit_code == 0
    assert copied == {file.as_posix(): (TEMPLATES[name].folder / file).read_bytes() for file in TEMPLATES[name].files()}
    assert "README.md" in copied
    assert result.output.splitlines()[0] == f"{name}: {len(copied)} files in {folder}. Go on with"
    assert [line.strip() for line in result.output.splitlines()[1:]] == [f"cd '{folder}'", *TEMPLATES[name].commands]


def test_an_empty_folder_stays_the_same_folder(tmp_path: Path) -> None:
    before = os.stat(tmp_path).st_ino
    assert _template("submission_repo", tmp_path).exit_code == 0
    assert os.stat(tmp_path).st_ino == before
    assert (tmp_path / ".github" / "workflows" / "scores.yml").is_file()


def test_what_a_run_leaves_in_a_template_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(shutil.copytree(TEMPLATES["model_repo"].folder.parent, tmp_path / "conftest_templates"))
    monkeypatch.setattr("pytest_zrc.templates._PACKAGE", tmp_path)
    names = set(TEMPLATES["model_repo"].files())
    for name in ("submission/scores/scores.json", "encoder/__pycache__/model.pyc", "submission/demo/a.npy"):
        path = source / "model_repo" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert set(TEMPLATES["model_repo"].files()) == names


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("model",), "no template is called 'model': choose one of model_repo, submission_repo, plain_features"),
        (("model", "new"), "no template is called 'model': choose one of "),
        (("model_repo",), "give the folder, too: pytest-zrc template model_repo DIR"),
        (("model_repo", "full"), "full is not empty: name a folder that is not there yet"),
        (("model_repo", "full/mine.txt"), "full/mine.txt is a file: name a folder that is not there yet"),
        (
            ("model_repo", "full/mine.txt/new"),
            "model_repo could not be copied to full/mine.txt/new (",
        ),
    ],
)
def test_wrong_use_is_one_sentence(
    args: tuple[str, ...], error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    result = _template(*args)
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith(f"Error: {error}")
    assert _files(tmp_path) == {"full/mine.txt": b""}


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Path, target: Path) -> None:
        if source.name == "pyproject.toml":
            raise OSError(28, "No space left on device")
        target.touch()

    monkeypatch.setattr(shutil, "copyfile", fail)
    result = _template("submission_repo", tmp_path / "new")
    assert result.output.endswith("(No space left on device): name another folder\n")
    assert list(tmp_path.iterdir()) == []
