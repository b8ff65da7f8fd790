"""Under GitHub Actions: annotations at the end of the output, and the summary of the job."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.plugin.conftest import Zrc


@pytest.fixture
def step_summary(zrc: Zrc, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file for the summary; the run is one of GitHub Actions in the folder of the submission."""
    path = zrc.pytester.path / "step.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(zrc.pytester.path))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def _break(zrc: Zrc) -> None:
    """Remove all files of a subset, and a recommended field."""
    for path in (zrc.submission / "dev-clean").iterdir():
        path.unlink()
    meta = zrc.submission / "meta.yaml"
    meta.write_text(re.sub("code_url: .*", 'code_url: ""', meta.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_alike_failures_are_annotated_once_at_their_file(zrc: Zrc, step_summary: Path, workers: str) -> None:
    _break(zrc)
    result = zrc.run("-n", workers, "--zrc-sets=dev")
    annotations = [line for line in result.outlines if line.startswith("::")]
    assert annotations == result.outlines[-2:], "they come last"
    error, warning = annotations
    assert error.startswith("::error file=sub/dev-clean/dc0-0.npy,title=ZRC-S02 Missing feature file::ZRC-S02 dev-cl")
    assert error.endswith("%0A... and 3 more like this")
    assert re.match(r"::warning file=sub/meta.yaml,line=\d+,title=ZRC-M08 Recommended field::ZRC-M08 ", warning)
    assert step_summary.read_text(encoding="utf-8").startswith("\n## ❌ abxLS: not valid (4 errors)")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_summary_is_written_once_below_that_of_others(zrc: Zrc, step_summary: Path, workers: str) -> None:
    step_summary.write_text("# Another step", encoding="utf-8")
    zrc.run("-n", workers, "--zrc-sets=dev")
    ours = (zrc.submission / "scores" / "summary.md").read_text(encoding="utf-8")
    assert step_summary.read_text(encoding="utf-8") == f"# Another step\n{ours}"
    assert ours.count("## ✅ abxLS: valid") == 1
    zrc.run("-n", workers, "--zrc-sets=dev")
    assert step_summary.read_text(encoding="utf-8") == f"# Another step\n{ours}\n{ours}"


def test_failed_gates_are_annotated_where_they_are_set(zrc: Zrc, step_summary: Path) -> None:
    some = ("--zrc-baseline=base.json", "--zrc-sets=dev", "--zrc-tasks=clean")
    zrc.run_here(*some, "--zrc-update-baseline")
    baseline = zrc.read("base.json", ".")
    baseline["scores"][0]["score"] = 0.0001
    (zrc.pytester.path / "base.json").write_text(json.dumps(baseline), encoding="utf-8")
    settings = '[tool.pytest.ini_options]\nzrc_max = ["*-within-across=0.01"]\n'
    (zrc.pytester.path / "pyproject.toml").write_text(settings, encoding="utf-8")
    lines = [line for line in zrc.run(*some, "--zrc-tolerance=0", "-n", "2").outlines if line.startswith("::")]
    assert [line.partition("::dev-clean ")[0] for line in lines] == [
        "::error file=base.json,title=Gate baseline failed%3A dev-clean triphone-within-within",
        "::error file=pyproject.toml,line=2,title=Gate max failed%3A dev-clean triphone-within-across",
    ]
    summary = step_summary.read_text(encoding="utf-8")
    assert "### Failed gates\n\n- **baseline**: dev-clean triphone-within-within: " in summary


def test_a_summary_that_cannot_be_written_fails_nothing(zrc: Zrc, step_summary: Path) -> None:
    step_summary.mkdir()
    result = zrc.run_here("--zrc-validate-only")
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"the summary of the job could not be written to {step_summary}: Is a directory"])


def test_with_little_output_each_still_begins_a_line(zrc: Zrc, step_summary: Path) -> None:
    _break(zrc)
    result = zrc.run_here("-qq", "--no-summary", "--zrc-validate-only")
    assert sum(line.startswith(("::error ", "::warning ")) for line in result.outlines) == 2
    assert step_summary.exists()


def test_output_of_other_tests_is_left_alone(zrc: Zrc, step_summary: Path) -> None:
    zrc.pytester.makepyfile(
        """
        def test_mine():
            print("::notice::mine")
            assert False
        """
    )
    result = zrc.run_here("--zrc-validate-only")
    assert [line for line in result.outlines if line.startswith("::")] == ["::notice::mine"]
    assert step_summary.exists()


@pytest.mark.parametrize("name", ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"])
def test_each_goes_without_the_other(zrc: Zrc, step_summary: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    _break(zrc)
    monkeypatch.delenv(name)
    result = zrc.run_here("--zrc-validate-only")
    annotated = any(line.startswith("::error ") for line in result.outlines)
    assert (annotated, step_summary.exists()) == (name != "GITHUB_ACTIONS", name != "GITHUB_STEP_SUMMARY")


def test_elsewhere_nothing_is_annotated(zrc: Zrc) -> None:
    _break(zrc)
    assert not [line for line in zrc.run_here("--zrc-validate-only").outlines if line.startswith("::")]
    assert (zrc.submission / "scores" / "summary.md").exists()
