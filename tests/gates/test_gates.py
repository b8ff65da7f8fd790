"""What gates say of scores."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.errors import ZrcError
from pytest_zrc.gates.gates import Gates
from pytest_zrc.gates.limits import parse_limit, parse_tolerance
from pytest_zrc.gates.verdict import Kind, Verdict
from pytest_zrc.scoring.results import Results
from tests.gates.results import CONDITION, SUBSET, results, with_pairs

TOLERANCES = ("0.3", "5%", "ci", "paired")
RATES = st.floats(0, 1)


def _judge(
    after: Results, before: Results | None = None, *, tolerance: str = "ci", limits: tuple[str, ...] = ()
) -> Verdict:
    gates = Gates(tuple(map(parse_limit, limits)), before, parse_tolerance(tolerance))
    kind: Kind = "baseline" if before else "max"
    return gates.judge(kind, after.scores[0], after.details[0] if after.details else None, after)


@given(RATES, st.integers(0, 10000))
def test_a_limit_is_the_most_that_is_allowed(rate: float, limit: int) -> None:
    verdict = _judge(results(rate), limits=(f"*={limit / 100}",))
    assert verdict.passed == (rate <= limit / 10000 + 1e-6)


def test_all_limits_that_match_hold() -> None:
    verdict = _judge(results(0.07), limits=("*=9", "triphone-*=6.5", "phoneme-*=1", "dev-*::*=8"))
    assert not verdict.passed
    assert verdict.limit == pytest.approx(0.065)


def test_what_exceeds_a_limit_is_told_with_numbers() -> None:
    after = with_pairs(results(0.07), [0.1, 0.04])
    assert _judge(after, limits=("*=6.5",)).text == (
        "dev-clean triphone-within-across: 7.00 % (95 % interval 6.00 to 8.00) exceeds the limit of 6.50 % by "
        "0.50 points (*=6.5)\nphone pairs with most errors: a from b 10.0 %, b from a 4.0 %"
    )


@pytest.mark.parametrize("tolerance", TOLERANCES)
@given(rate=RATES)
def test_the_same_score_passes(tolerance: str, rate: float) -> None:
    assert _judge(results(rate), results(rate), tolerance=tolerance).passed


@pytest.mark.parametrize("tolerance", TOLERANCES)
@given(before=RATES, after=RATES)
def test_a_better_score_passes(tolerance: str, before: float, after: float) -> None:
    worse, better = max(before, after), min(before, after)
    assert _judge(results(better), results(worse), tolerance=tolerance).passed


@pytest.mark.parametrize(
    ("tolerance", "most"),
    [
        ("0.3", 0.103),
        ("5%", 0.105),
        ("ci", 0.11),  # the interval of the score reaches a point down
        ("paired", 0.10),  # both move alike, so that each difference is sure
    ],
)
def test_a_worse_score_passes_up_to_the_tolerance(tolerance: str, most: float) -> None:
    spread = [step / 1000 for step in range(-10, 11)]
    before = results(0.1, [*spread])
    # Percentiles lie a little inside of the ends: the intervals that are given are the ends.
    passes, fails = (_judge(results(most + by, spread), before, tolerance=tolerance) for by in (-1e-5, 1e-4))
    assert passes.passed
    assert not fails.passed
    assert fails.limit is not None
    assert fails.limit < most + 1e-4


def test_paired_allows_what_the_difference_varies_by() -> None:
    before = results(0.1, [0.01, 0, -0.01])
    assert _judge(results(0.105, [-0.01, 0, 0.01]), before, tolerance="paired").passed
    assert not _judge(results(0.105, [0.01, 0, -0.01]), before, tolerance="paired").passed


def test_what_got_worse_is_told_with_numbers() -> None:
    before = with_pairs(results(0.065, [0, 0.001]), [0.05, 0.08])
    after = with_pairs(results(0.0721, [0, 0.001]), [0.0642, 0.08])
    assert _judge(after, before, tolerance="0.3").text == (
        "dev-clean triphone-within-across: 7.21 % (95 % interval 7.21 to 7.31) is 0.71 points above the 6.50 % of the "
        "baseline, and 0.30 points is allowed (0.3); 95 % interval of the difference +0.71 to +0.71\n"
        "phone pairs that lost most: a from b +1.42 (5.0 to 6.4 %)"
    )


@pytest.mark.parametrize(
    ("after", "reason"), [(results(None, reason="no such cells"), "no such cells"), (results(math.nan), "not a number")]
)
def test_a_missing_score_fails(after: Results, reason: str) -> None:
    for verdict in (_judge(after, results(0.1)), _judge(after, limits=("*=100",))):
        assert not verdict.passed
        assert verdict.text.startswith("dev-clean triphone-within-across is missing: ")
        assert reason in verdict.text


def test_a_score_that_the_baseline_lacks_fails() -> None:
    verdict = _judge(results(0.1), replace(results(0.1), scores=[]))
    assert not verdict.passed
    assert "the baseline has no such score" in verdict.text


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"profile": "exact"}, "the profile differs: librilight here, exact there"),
        ({"versions": {"engine": "2"}}, "the version of the engine differs: 3 here, 2 there"),
        ({"dataset_digests": {}}, "the item files of dev-clean differ"),
        (
            {"parameters": {**results(0.1).parameters, "feature_size": 0.02}},
            "the parameter feature_size differs: 0.01 here, 0.02",
        ),
        ({"parameters": {**results(0.1).parameters, "seed": 1}}, "the parameter seed differs: 3459 here, 1 there"),
    ],
)
def test_a_baseline_of_something_else_is_refused(changed: dict[str, object], reason: str) -> None:
    verdict = _judge(results(0.1), replace(results(0.5), **changed))  # type: ignore[arg-type]
    assert not verdict.passed
    assert reason in verdict.text
    assert verdict.text.endswith("write a new one with --zrc-update-baseline")


def test_other_versions_of_other_software_are_not() -> None:
    before = replace(results(0.1), versions={"engine": "3", "numpy": "1.26", "python": "3.13"})
    assert _judge(results(0.1), before).passed


def test_parameters_that_change_no_score_are_not() -> None:
    before = replace(results(0.1), parameters={**results(0.1).parameters, "cuda": False, "result_filename": "x"})
    assert _judge(results(0.1), before).passed


@pytest.mark.parametrize(("tolerance", "advice"), [("ci", "percentage points"), ("paired", "another --zrc-tolerance")])
def test_without_an_interval_it_cannot_be_the_tolerance(tolerance: str, advice: str) -> None:
    verdict = _judge(results(0.1, ()), results(0.1, ()), tolerance=tolerance)
    assert not verdict.passed
    assert advice in verdict.text


def test_a_limit_for_nothing_is_refused() -> None:
    gates = Gates((parse_limit("*=6"), parse_limit("triphon-*=6")))
    with pytest.raises(
        ZrcError, match=r"^--zrc-max=triphon-\*=6 holds for no score: the conditions are triphone-within-acr"
    ):
        gates.require_matches([(SUBSET, CONDITION.name)])
