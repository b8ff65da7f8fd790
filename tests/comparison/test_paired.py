"""Differences between scores, with intervals and by pair of phones."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from pytest_zrc.comparison.paired import differences, why_not_comparable
from pytest_zrc.scoring.results import Results
from tests.scored import scored

Array = npt.NDArray[np.floating]


def _noisy(name: str, frames: Array) -> Array:
    return frames + np.random.default_rng(len(name)).normal(scale=4, size=frames.shape)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return scored(tmp_path_factory.mktemp("before"), "triphone")


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return scored(tmp_path_factory.mktemp("after"), "triphone", _noisy)


def test_the_same_scores_do_not_differ(before: Results) -> None:
    within, across = differences(before, before)
    assert (within.condition, across.condition) == ("triphone-within-within", "triphone-within-across")
    assert (within.difference, within.low, within.high) == (0, 0, 0)
    assert all(pair.difference == 0 for pair in within.pairs)


def test_noise_makes_it_worse_and_the_interval_is_narrower_than_that_of_the_scores(
    before: Results, after: Results
) -> None:
    within = differences(before, after)[0]
    assert within.low is not None
    assert within.high is not None
    assert 0 < within.low < within.difference < within.high


def test_the_difference_is_the_mean_of_those_of_the_pairs_of_phones(before: Results, after: Results) -> None:
    for one in differences(before, after):
        assert math.fsum(pair.difference for pair in one.pairs) / len(one.pairs) == pytest.approx(one.difference)
        assert [pair.difference for pair in one.pairs] == sorted((p.difference for p in one.pairs), reverse=True)


def test_there_and_back_is_the_opposite(before: Results, after: Results) -> None:
    for there, back in zip(differences(before, after), differences(after, before), strict=True):
        assert there.low is not None
        assert back.high is not None
        assert (there.difference, there.low) == pytest.approx((-back.difference, -back.high))


def test_other_samples_of_speakers_are_not_paired(before: Results, after: Results) -> None:
    others = replace(after, details=[replace(one, draws="x") for one in after.details])
    for one in differences(before, others):
        assert (one.low, one.high) == (None, None)
        assert one.obstacle.startswith("the samples of speakers are not the same")
        assert one.pairs


def test_without_details_there_is_the_difference_only(before: Results, after: Results) -> None:
    one = differences(replace(before, details=()), after)[0]
    assert one.difference > 0
    assert (one.low, one.pairs, one.obstacle) == (None, (), "details.json is not there for both")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"profile": "exact"}, "the profile differs: librilight here, exact there"),
        ({"versions": {"engine": "0"}}, "the version of the engine differs"),
        ({"dataset_digests": {"demo": "x"}}, "the item files of demo differ"),
    ],
)
def test_what_is_not_the_same_is_not_compared(before: Results, changed: dict[str, object], reason: str) -> None:
    other = replace(before, **changed)  # type: ignore[arg-type]
    assert why_not_comparable(other, before, "demo").startswith(reason)
    assert differences(other, before) == []
    assert not why_not_comparable(before, before, "demo")
