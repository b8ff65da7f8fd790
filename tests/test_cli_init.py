"""pytest-zrc init, and the way from there to a submission whose files are in order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main


def init(*args: object) -> Result:
    return CliRunner().invoke(main, ["init", *map(str, args)])


def test_what_was_made_and_the_way_on_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = init("ABXls", "my sub")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "An empty submission to abxLS, in my sub:"
    assert [line.strip() for line in lines[1:7]] == [
        "meta.yaml",
        "params.yaml",
        *("dev-clean/", "dev-other/", "test-clean/", "test-other/"),
    ]
    assert Path("my sub", "test-other").is_dir()
    assert lines[-2:] == ["    pytest-zrc verify 'my sub'", "    pytest-zrc run abxLS 'my sub'"]


def test_the_facts_of_another_submission_are_taken_over(tmp_path: Path) -> None:
    init("abxLS", tmp_path / "a")
    meta = tmp_path / "a" / "meta.yaml"
    meta.write_text(meta.read_text(encoding="utf-8").replace('model_id: ""', "model_id: Mar26a"), encoding="utf-8")
    assert init("abx17", tmp_path / "b", "--like", tmp_path / "a").exit_code == 0
    text = (tmp_path / "b" / "meta.yaml").read_text(encoding="utf-8")
    assert 'benchmark_name: "abx17"' in text
    assert 'model_id: "Mar26a"' in text


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("abx99", "new"), "no benchmark is called 'abx99': choose one of abxLS, abx17, abx15, demo"),
        (("abxLS", "."), ". is not empty: name a folder that is not there yet"),
        (("abxLS", "new", "--like", "gone"), "gone/meta.yaml cannot be read (no such file): name the folder of a sub"),
        (("abxLS",), "Missing argument 'DIR'."),
    ],
)
def test_wrong_use_is_one_sentence(
    args: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine").touch()
    result = init(*args)
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith(f"Error: {message}")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_from_init_to_params_in_a_shell(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("pytest-zrc"))

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *args], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    assert run("init", "demo", "é sub").returncode == 0
    shown = run("params", "é sub", "feature_size=0.02")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "feature_size     0.02" in shown.stdout
    wrong = run("params", "é sub", "feature_size=20")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Traceback" not in wrong.stderr
    assert len(wrong.stderr.splitlines()) == 1
