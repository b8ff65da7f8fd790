"""Nothing can be written to the submission: results go elsewhere."""

from __future__ import annotations

import pytest

from tests.faults.mounts import run_read_only
from tests.plugin.conftest import Zrc


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_read_only_submission_is_told_before_anything_is_done(zrc: Zrc, workers: str) -> None:
    result = run_read_only(zrc, zrc.submission, "-n", workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = f"results cannot be written to {zrc.submission / 'scores'} (Read-only file system)"
    result.stderr.fnmatch_lines([f"ERROR: {told}: name another folder with --zrc-scores=DIR"])
    assert "Traceback" not in result.stderr.str()


def test_it_is_scored_with_results_elsewhere(zrc: Zrc) -> None:
    result = run_read_only(zrc, zrc.submission, "--zrc-scores=out", "--zrc-sets=dev", "--zrc-tasks=clean")
    result.assert_outcomes(passed=14)
    assert len(zrc.scores("out")["scores"]) == 6
    assert not (zrc.submission / "scores").exists()
