"""The file of a baseline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_zrc.comparison.paired import differences
from pytest_zrc.errors import ZrcError
from pytest_zrc.gates.baseline import baseline_text, read_baseline
from pytest_zrc.gates.gates import why_refused
from pytest_zrc.scoring.results import Results
from tests.gates.results import results
from tests.scored import scored


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return scored(tmp_path_factory.mktemp("demo"))


def test_it_comes_back_with_all_that_gates_look_at(demo: Results, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_text(demo), encoding="utf-8")
    baseline = read_baseline(path)
    assert not why_refused(baseline, demo, "demo")
    for one in differences(baseline, demo):
        assert one.difference == 0
        assert one.low == pytest.approx(0, abs=1e-6)
        assert one.pairs
    assert baseline_text(baseline) == path.read_text(encoding="utf-8")


def test_it_has_a_line_for_each_score_and_says_nothing_of_the_machine(demo: Results) -> None:
    text = baseline_text(demo)
    assert sum('"score":' in line for line in text.splitlines()) == 12
    assert demo.submission not in text


def test_a_baseline_with_gaps_is_not_written(demo: Results) -> None:
    missing = [replace(demo.scores[0], score=None), *demo.scores[1:]]
    with pytest.raises(ZrcError, match=r"no score for demo triphone-within-within: run again with all of them"):
        baseline_text(replace(demo, scores=missing))
    with pytest.raises(ZrcError, match="nothing was scored"):
        baseline_text(replace(demo, scores=[]))


def test_scores_that_the_one_before_had_are_not_lost(demo: Results) -> None:
    with pytest.raises(ZrcError, match=r"no score for demo phoneme-any-across: run again"):
        baseline_text(replace(demo, scores=demo.scores[:-1]), demo)
    assert baseline_text(demo, replace(demo, scores=demo.scores[:-1]))


def test_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(ZrcError, match=r"no baseline at .*baseline\.json: write it with --zrc-update-baseline"):
        read_baseline(tmp_path / "baseline.json")


def test_a_baseline_without_scores(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_text(results(0.1)).replace('"scores": [', '"others": ['), encoding="utf-8")
    with pytest.raises(ZrcError, match="has no scores"):
        read_baseline(path)
