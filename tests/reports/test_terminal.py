"""The table on the terminal."""

from __future__ import annotations

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.reports.terminal import score_lines
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import NOT_COMPUTED, Score

ABXLS = BENCHMARKS["abxLS"]


def _results(*scores: Score) -> Results:
    return Results(
        benchmark=ABXLS,
        profile=ABXLS.profile,
        submission="sub",
        parameters=ABXLS.defaults.as_dict(),
        device="cpu",
        versions={},
        dataset_digests={},
        checks=[],
        findings={},
        scores=list(scores),
    )


def _score(subset: str, condition: int, value: float | None, reason: str = "") -> Score:
    return Score.of(subset, ABXLS.conditions[condition], value, reason=reason)


def test_subsets_by_conditions_beside_the_published_scores() -> None:
    results = _results(
        _score("dev-clean", 0, 0.03456), _score("dev-clean", 1, 0.5), _score("test-other", 0, None, NOT_COMPUTED)
    )
    assert list(score_lines(results)) == [
        "ABX error rates in percent, profile librilight, distance cosine",
        "              triphone-within",
        "              within   across",
        "dev-clean       3.46    50.00",
        "  published     3.43     4.17",
        "published: CPC-big, 2021 baseline (https://arxiv.org/abs/2011.11588)",
    ]


def test_reasons_are_said_once() -> None:
    missing = [_score("dev-other", condition, None, "dev-other is not valid") for condition in range(6)]
    assert list(score_lines(_results(*missing))) == [
        "no score for dev-other triphone-within-within and 5 more: dev-other is not valid"
    ]


def test_what_was_not_asked_for_is_not_missed() -> None:
    assert list(score_lines(_results(_score("dev-other", 0, None, NOT_COMPUTED)))) == []
