"""``pytest-zrc verify`` and ``pytest-zrc run``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import pytest_zrc
from pytest_zrc.cli import main

DEMO = Path(pytest_zrc.__file__).parent / "demo" / "submission"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "my sub"))


def test_a_valid_submission_is_said_to_be(demo: Path) -> None:
    result = CliRunner().invoke(main, ["verify", str(demo)])
    assert result.exit_code == 0
    assert "warning: ZRC-M08 meta.yaml" in result.output
    assert result.output.endswith(f"{demo} is valid: 8 checks, 0 errors, 3 warnings\n")


def test_every_error_is_a_line(demo: Path) -> None:
    next(demo.rglob("*.npy")).unlink()
    (demo / "params.yaml").write_text("seeds: 3\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["verify", str(demo)])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["error:", "ZRC-P02"], ["error:", "ZRC-S02"]]
    assert lines[-1].endswith("is not valid: 8 checks, 2 errors, 3 warnings")


def test_scripts_read_findings_as_json(demo: Path) -> None:
    next(demo.rglob("*.npy")).write_bytes(b"")
    result = CliRunner().invoke(main, ["verify", str(demo), "--json"])
    content = json.loads(result.output)
    assert result.exit_code == 1
    assert not content["valid"]
    assert [one["code"] for one in content["findings"] if one["severity"] == "error"] == ["ZRC-A01"]


def test_what_cannot_be_verified_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["verify", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert result.output.startswith("Error: no submission at ")
    assert result.output.count("\n") == 1


def _run(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest_zrc.cli", "run", *arguments, "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=100)


def test_run_scores_a_submission_and_runs_no_other_tests(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("def test_mine(): assert False\n", encoding="utf-8")
    (tmp_path / "demo").mkdir()  # not to be taken for the place of tests
    ran = _run(tmp_path, "Demo", "my sub", "-q", "-k", "triphone")
    assert "2 passed, 12 deselected" in ran.stdout
    assert ran.returncode == 0
    assert (demo / "scores" / "scores.json").exists()


def test_run_takes_test_ids_and_ends_as_pytest_does(demo: Path, tmp_path: Path) -> None:
    next(demo.rglob("*.npy")).unlink()
    ran = _run(tmp_path, "demo", "my sub", "demo::meta", "demo::demo::files")
    assert "1 failed, 1 passed" in ran.stdout
    assert ran.returncode == 1
