"""There is no room left for results: a sentence says so, and what was there before is there still."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def _reports(results: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in results.iterdir() if path.is_file()}
