"""The table on the terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.reports.standing import ordinal
from pytest_zrc.reports.terminal import score_lines
from pytest_zrc.scoring.results import Results, standing_of
from pytest_zrc.scoring.scores import NOT_COMPUTED, Score

ABXLS = BENCHMARKS["abxLS"]


def _results(*scores: Score, profile: str = "librilight") -> Results:
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
        standing=standing_of(ABXLS, profile, scores),
    )


def _score(subset: str, condition: int, value: float | None, reason: str = "") -> Score:
    return Score.of(subset, ABXLS.conditions[condition], value, reason=reason)


def test_subsets_by_conditions_beside_the_published_scores() -> None:
    results = _results(
        replace(_score("dev-clean", 0, 0.03456), low=0.0312, high=0.0389),
        _score("dev-clean", 1, 0.5),
        _score("test-other", 0, None, NOT_COMPUTED),
    )
    assert list(score_lines(results)) == [
        "ABX error rates in percent, profile librilight, distance cosine",
        "                triphone-within",
        "               within    across",
        "dev-clean        3.46     50.00",
        "  95 %        3.1-3.9         -",
        "  published      3.43      4.17",
        "published: Baseline4-lg, LSTM baseline, 2020 (https://arxiv.org/abs/2011.11588)",
        (
            "standing: mean of 2 scores 26.73 %, 36th of 37 with the 36 published systems (best: Gan21f 3.22 %); "
            "pytest-zrc leaderboard abxLS lists them"
        ),
    ]


def test_scores_of_another_profile_have_no_standing() -> None:
    results = _results(_score("dev-clean", 0, 0.03456), profile="exact")
    assert list(score_lines(results))[3:] == [
        "dev-clean                     3.46",
        "  published (librilight)      3.43",
        "published: Baseline4-lg, LSTM baseline, 2020 (https://arxiv.org/abs/2011.11588)",
        (
            "published scores were made with profile librilight, these with exact: "
            "they cannot be compared (--zrc-profile=librilight)"
        ),
    ]


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (21, "21st"), (112, "112th")]
)
def test_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text


def test_reasons_are_said_once() -> None:
    missing = [_score("dev-other", condition, None, "dev-other is not valid") for condition in range(6)]
    assert list(score_lines(_results(*missing))) == [
        "no score for dev-other triphone-within-within and 5 more: dev-other is not valid"
    ]


def test_what_was_not_asked_for_is_not_missed() -> None:
    assert list(score_lines(_results(_score("dev-other", 0, None, NOT_COMPUTED)))) == []
