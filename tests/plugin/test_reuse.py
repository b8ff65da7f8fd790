"""Scores are kept for the next run, as long as nothing that they depend on has changed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.plugin.conftest import Zrc
from tests.plugin.test_xdist import LOG_SCORES


@pytest.fixture
def logged(zrc: Zrc) -> Zrc:
    zrc.pytester.makeconftest(LOG_SCORES)
    zrc.run().assert_outcomes(passed=44)
    assert _computed(zrc) == 24
    return zrc


def _computed(zrc: Zrc) -> int:
    """Count the scores that were computed since the last look."""
    log = zrc.pytester.path / "log.txt"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return len(lines)


def test_nothing_changed(logged: Zrc) -> None:
    before = logged.scores()
    result = logged.run("-n", "2")
    result.stdout.fnmatch_lines(
        ["24 scores were there already, for the same features: --zrc-fresh computes them again"]
    )
    assert _computed(logged) == 0
    assert logged.scores() == before


def test_fresh_computes_all(logged: Zrc) -> None:
    logged.run("-n", "2", "--zrc-fresh")
    assert _computed(logged) == 24


def test_a_changed_file_is_scored_again_with_its_subset(logged: Zrc) -> None:
    path = logged.submission / "dev-clean" / "dc0-0.npy"
    np.save(path, np.load(path)[::-1])
    logged.run()
    assert _computed(logged) == 6


def test_changed_parameters_score_all_again(logged: Zrc) -> None:
    with (logged.submission / "params.yaml").open("a", encoding="utf-8") as params:
        params.write("seed: 1\n")
    logged.run()
    assert _computed(logged) == 24


def test_an_interrupted_run_goes_on(zrc: Zrc) -> None:
    zrc.pytester.makeconftest(LOG_SCORES)
    zrc.run("-k", "dev-clean or meta")
    assert _computed(zrc) == 6
    zrc.run()
    assert _computed(zrc) == 18
