"""A subset that is not valid is not scored; the others are."""

from __future__ import annotations

import numpy as np
import pytest

from tests.plugin.conftest import Zrc


@pytest.mark.parametrize("workers", ["0", "2"])
def test_scores_of_an_invalid_subset_are_skipped(zrc: Zrc, workers: str) -> None:
    np.save(zrc.submission / "dev-clean" / "dc0-0.npy", np.zeros((400, 8), dtype=np.float32))
    result = zrc.run("-rs", "-n", workers)
    assert result.ret == 1
    result.assert_outcomes(passed=37, failed=1, skipped=6)
    reason = "dev-clean is not valid: ZRC-A08 dev-clean/dc0-0.npy: all 400 frames are zero"
    result.stdout.fnmatch_lines(
        [f"no score for dev-clean * and 5 more: {reason}", f"SKIPPED [[]6[]] abxLS:0: {reason}"]
    )
    scores = zrc.scores()
    assert {score["subset"] for score in scores["scores"]} == {"dev-other", "test-clean", "test-other"}
    assert [one["reason"] for one in scores["missing"]] == [reason] * 6


def test_wrong_parameters_skip_all_scores(zrc: Zrc) -> None:
    with (zrc.submission / "params.yaml").open("a", encoding="utf-8") as params:
        params.write("max_group: 3\n")
    result = zrc.run_here()
    result.assert_outcomes(passed=19, failed=1, skipped=24)
    result.stdout.fnmatch_lines(["ZRC-P02 params.yaml:3 max_group: no such parameter (value 3)*"])


def test_wrong_metadata_does_not_keep_scores_back(zrc: Zrc) -> None:
    (zrc.submission / "meta.yaml").write_text("benchmark_name: abxLS", encoding="utf-8")
    zrc.run_here("-W", "ignore").assert_outcomes(passed=43, failed=1)


def test_skip_validation_scores_what_is_there(zrc: Zrc) -> None:
    np.save(zrc.submission / "dev-clean" / "dc0-0.npy", np.zeros((400, 8), dtype=np.float32))
    (zrc.submission / "dev-clean" / "dc1-0.npy").unlink()
    result = zrc.run_here("--zrc-skip-validation")
    result.assert_outcomes(passed=24)
    assert not (zrc.submission / "scores" / "validation.json").exists()


def test_skip_validation_fails_in_one_sentence_where_nothing_can_be_read(zrc: Zrc) -> None:
    (zrc.submission / "dev-clean" / "dc1-0.npy").write_bytes(b"")
    result = zrc.run_here("--zrc-skip-validation", "--zrc-sets=dev", "--zrc-tasks=clean")
    result.assert_outcomes(failed=6)
    result.stdout.fnmatch_lines(["*dc1-0.npy: an empty file (0 bytes); write the file again"])
    assert "Traceback" not in result.stdout.str()


def test_conditions_without_a_cell_have_no_score_and_say_so_once(zrc: Zrc) -> None:
    for path in (zrc.submission / "dev-clean").glob("*.npy"):
        np.save(path, np.load(path)[:3])  # no token has a frame left
    for _ in range(2):  # that there is none is not a score that was there already
        result = zrc.run_here("--zrc-skip-validation", "--zrc-sets=dev", "--zrc-tasks=clean")
        result.assert_outcomes(failed=6)
        reason = "dev-clean has nothing to compare here: its items make no cell with an A, a B and an X"
        result.stdout.fnmatch_lines([f"no score for dev-clean triphone-within-within and 5 more: {reason}"])
        result.stdout.no_fnmatch_line("*were there already*")
    assert [one["reason"] for one in zrc.scores()["missing"]] == [reason] * 6
