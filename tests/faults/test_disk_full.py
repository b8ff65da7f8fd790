"""There is no room left for results: a sentence says so, and what was there before is there still."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc.plugin.progress import ProgressFile
from tests.faults.mounts import run_on_small_disk
from tests.plugin.conftest import Zrc

DEV_CLEAN = ("--zrc-sets=dev", "--zrc-tasks=clean")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_score_that_cannot_be_stored_is_told(zrc: Zrc, workers: str) -> None:
    results = zrc.submission / "scores"
    results.mkdir()
    result = run_on_small_disk(zrc, results, 64, *DEV_CLEAN, "-n", workers)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    full = f"{results} (No space left on device)"
    result.stdout.fnmatch_lines(
        [
            f"there is no room left for results in {full}: make some, and run again (the error rate is * %)",
            f"ERROR: the results could not be written to {full}: *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*OSError*")
    assert not list(results.rglob("*.tmp"))


def test_reports_stay_as_they_were_all_of_them(zrc: Zrc) -> None:
    results = zrc.submission / "scores"
    zrc.run(*DEV_CLEAN)
    before = _reports(results)
    with (zrc.submission / "params.yaml").open("a", encoding="utf-8") as params:
        params.write("seed: 1\n")
    result = run_on_small_disk(zrc, results, 20, *DEV_CLEAN, "--zrc-validate-only")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert _reports(results) == before


def test_with_room_the_next_run_goes_on(zrc: Zrc) -> None:
    results = zrc.submission / "scores"
    results.mkdir()
    run_on_small_disk(zrc, results, 120, *DEV_CLEAN)
    stored = {path.name: path.stat().st_mtime_ns for path in (results / ".zrc").glob("score-*.json")}
    assert 0 < len(stored) < 6
    assert zrc.run(*DEV_CLEAN).ret == 0
    assert stored.items() <= {path.name: path.stat().st_mtime_ns for path in (results / ".zrc").iterdir()}.items()


def test_what_is_computed_does_not_fail_for_its_progress(tmp_path: Path) -> None:
    (tmp_path / "store").touch()  # so that nothing can be written below
    report = ProgressFile(tmp_path / "store", "run").of("dev-clean::triphone-within-across")
    for share in (0.5, 1):
        report(share)


@pytest.mark.parametrize("report", ["elsewhere/mine.xml", "elsewhere/new/mine.xml"])
def test_a_junit_report_elsewhere_is_whole_or_not_there(zrc: Zrc, report: str) -> None:
    elsewhere = zrc.pytester.mkdir("elsewhere")
    (elsewhere / "full").write_bytes(bytes(5000))
    result = run_on_small_disk(zrc, elsewhere, 0, "--zrc-validate-only", *DEV_CLEAN, f"--junitxml={report}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"ERROR: {zrc.pytester.path / report} could not be written: No space left on device"])
    assert not [path for path in elsewhere.rglob("*.xml*") if path.is_file()]
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def _reports(results: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in results.iterdir() if path.is_file()}
