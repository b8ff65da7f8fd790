"""The command pytest-zrc report."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main
from pytest_zrc.reports.files import report_files
from tests.scored import scored


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results; not to be changed."""
    folder = tmp_path_factory.mktemp("results")
    for name, content in report_files(scored(folder / "work", "-any-")).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def _report(*args: object) -> Result:
    return CliRunner().invoke(main, ["report", *map(str, args)])


def test_all_reports_are_made_again_byte_for_byte(results: Path) -> None:
    summary = (results / "summary.md").read_bytes()
    (results / "summary.md").unlink()
    result = _report(results)
    assert result.exit_code == 0
    assert result.output == f"{results / 'report.html'}\n{results / 'summary.md'}\n"
    assert (results / "summary.md").read_bytes() == summary
    page = (results / "report.html").read_bytes()
    assert page.startswith(b"<!DOCTYPE html>")
    assert _report(results, "--format=html").output == f"{results / 'report.html'}\n"
    assert (results / "report.html").read_bytes() == page


def test_it_can_be_printed_or_put_elsewhere(results: Path, tmp_path: Path) -> None:
    text = (results / "summary.md").read_text(encoding="utf-8")
    assert _report(results, "--format=markdown", "--output=-").output == text
    place = tmp_path / "new" / "job.md"
    assert _report(results, "--format=markdown", f"--output={place}").output == f"{place}\n"
    assert place.read_text(encoding="utf-8") == text


def test_what_cannot_be_done_is_one_sentence(results: Path, tmp_path: Path) -> None:
    for args, error in (
        ((tmp_path,), f"Error: no results in {tmp_path}: give the folder of a submission that was scored"),
        ((results, "--format=markdown", "--output=/dev/null/x"), "Error: /dev/null/x cannot be written ("),
        ((results, "--output=one.md"), "Error: --output is for one report: choose it with --format"),
        ((results, "--format=pdf"), "Error: Invalid value for '--format': 'pdf' is not"),
    ):
        result = _report(*args)
        assert result.exit_code == 2
        assert result.output.splitlines()[-1].startswith(error)
