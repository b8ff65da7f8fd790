"""zrc_scores and zrc_submission in a user's own tests."""

from __future__ import annotations

import numpy as np
import pytest

from tests.plugin.conftest import Zrc

MINE = """
    import pytest

    def test_gate(zrc_scores, zrc_submission):
        assert zrc_scores["dev-clean", "triphone-within-across"] < 0.5
        assert len(zrc_scores) == 24
        assert zrc_submission.root.name == "sub"
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_scores_for_a_gate_of_one_s_own(zrc: Zrc, workers: str) -> None:
    zrc.pytester.makepyfile(MINE)
    result = zrc.run("-n", workers)
    assert result.ret == 0
    result.assert_outcomes(passed=45)


def test_scores_are_written_also_if_only_the_fixture_wants_them(zrc: Zrc) -> None:
    zrc.pytester.makepyfile(MINE)
    zrc.run_here("-k", "test_gate").assert_outcomes(passed=1, deselected=44)
    assert len(zrc.scores()["scores"]) == 24


def test_a_missing_score_fails_the_test_and_says_why(zrc: Zrc) -> None:
    np.save(zrc.submission / "dev-clean" / "dc0-0.npy", np.zeros((400, 8), dtype=np.float32))
    zrc.pytester.makepyfile(MINE)
    result = zrc.run_here("-k", "test_gate")
    result.assert_outcomes(failed=1, deselected=44)
    result.stdout.fnmatch_lines(
        ["*ZrcError: dev-clean has no score for triphone-within-across: dev-clean is not valid*"]
    )


def test_without_a_submission_the_test_fails_with_one_sentence(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MINE)
    result = pytester.runpytest_inprocess()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*this test needs a submission: run pytest with --zrc-submission=DIR*"])
