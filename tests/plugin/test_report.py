"""``--zrc-report``: the page among the results, and ``pytest-zrc report``, which makes it again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main
from pytest_zrc.reports.files import report_files
from tests.plugin.conftest import Zrc
from tests.reports.page_results import gated, make_results

CLEAN = ("--zrc-sets=dev", "--zrc-tasks=clean")


def _page(zrc: Zrc) -> Path:
    return zrc.submission / "scores" / "report.html"


def _report(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, args)])


def test_it_is_written_where_it_is_asked_for(zrc: Zrc) -> None:
    zrc.run(*CLEAN, "--zrc-validate-only")
    assert not _page(zrc).exists()
    assert zrc.run(*CLEAN, "--zrc-report").ret == 0
    page = _page(zrc).read_text(encoding="utf-8")
    (value,) = (one["score"] for one in zrc.scores()["scores"] if one["condition"] == "triphone-within-across")
    assert f"<b>{100 * value:.2f}</b>" in page
    assert page.endswith("</html>\n")


def test_the_ini_file_can_ask_for_it(zrc: Zrc) -> None:
    zrc.pytester.makeini("[pytest]\nzrc_report = true")
    zrc.run(*CLEAN, "--zrc-validate-only")
    assert "Valid" in _page(zrc).read_text(encoding="utf-8")


def test_serial_and_parallel_runs_make_the_same_page(zrc: Zrc) -> None:
    zrc.run("--zrc-report", "--zrc-fresh")
    serial = _page(zrc).read_bytes()
    _page(zrc).unlink()
    zrc.run("--zrc-report", "--zrc-fresh", "-n", "2")
    assert _page(zrc).read_bytes() == serial


def test_it_is_made_again_from_what_is_stored(zrc: Zrc) -> None:
    zrc.run(*CLEAN, "--zrc-report")
    made = _page(zrc).read_bytes()
    _page(zrc).unlink()
    # In a process of its own: pytester forgets modules that a test has loaded, which Matplotlib does not survive.
    command = "from pytest_zrc.cli import main; main()"
    result = zrc.pytester.run(sys.executable, "-c", command, "report", zrc.submission, "--format=html")
    assert result.ret == 0
    assert result.outlines == [str(_page(zrc))]
    assert _page(zrc).read_bytes() == made


def test_an_invalid_submission_has_a_page(zrc: Zrc) -> None:
    next((zrc.submission / "dev-clean").glob("*.npy")).unlink()
    assert zrc.run(*CLEAN, "--zrc-report").ret == 1
    page = _page(zrc).read_text(encoding="utf-8")
    assert "Not valid: 1 error" in page
    assert "dev-clean is not valid: ZRC-S02" in page


@pytest.mark.parametrize("name", ["jinja2", "matplotlib"])
def test_what_is_missing_is_told_before_anything_is_scored(zrc: Zrc, name: str) -> None:
    zrc.pytester.makepyfile(without=f"import sys\nsys.modules[{name!r}] = None")
    result = zrc.run("-p", "without", "--zrc-report")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    message = f"ERROR: report.html cannot be made without {name}: pip install 'pytest-zrc[[]report]'"
    result.stderr.fnmatch_lines([message])
    assert not list(zrc.submission.rglob("score-*.json"))


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder of results, with gates."""
    for name, content in report_files(gated(make_results())).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_the_page_goes_where_it_is_told(stored: Path, tmp_path: Path) -> None:
    target = tmp_path / "site" / "index.html"
    assert _report(stored / "scores.json", "--format", "html", "--output", target).output.strip() == str(target)
    assert "1 of 2 gates failed" in target.read_text(encoding="utf-8")
    assert not (stored / "report.html").exists()


def test_no_results_no_page(tmp_path: Path) -> None:
    result = _report(tmp_path)
    assert result.exit_code == 2
    assert f"no results in {tmp_path}: give the folder of a submission that was scored" in result.output


def test_a_place_that_cannot_be_written_to_is_told(stored: Path) -> None:
    result = _report(stored, "--format", "html", "--output", stored / "scores.json" / "page.html")
    assert result.exit_code == 2
    assert "cannot be written" in result.output
    assert "Traceback" not in result.output
