"""Layers are compared with the best of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_zrc.comparison.paired import differences
from pytest_zrc.comparison.sources import Source
from pytest_zrc.comparison.sweep import compare_layers
from pytest_zrc.errors import ZrcError


def _layers(sources: list[Source]) -> list[Source]:
    """Put the best layer in the middle."""
    plain, near, far = (source.results for source in sources)
    return [Source("1", far), Source("2", plain), Source("10", near)]


def test_the_best_layer_of_each_condition(sources: list[Source]) -> None:
    sweep = compare_layers(_layers(sources))
    assert sweep.layers == ("1", "2", "10")
    assert [curve.condition.name for curve in sweep.curves] == ["triphone-within-within", "triphone-within-across"]
    for curve in sweep.curves:
        assert curve.best.layer == "2"
        assert curve.best.score == min(point.score for point in curve.points)
        assert [point.layer for point in curve.points] == ["1", "2", "10"]
        assert curve.best not in curve.equals
    assert list(sweep.means) == ["2", "10", "1"]
    assert not sweep.left_out


def test_differences_from_the_best_are_those_of_a_comparison(sources: list[Source]) -> None:
    plain, _, far = sources
    for curve, one in zip(
        compare_layers(_layers(sources)).curves, differences(plain.results, far.results), strict=True
    ):
        point = curve.at("1")
        assert point
        assert (point.from_best.difference, point.from_best.low, point.from_best.high) == (
            one.difference,
            one.low,
            one.high,
        )
        assert point.from_best.outcome == "worse"
        assert point not in curve.equals


def test_a_layer_like_the_best_cannot_be_told_from_it(sources: list[Source]) -> None:
    plain, _, far = sources
    for curve in compare_layers([far, plain, Source("again", plain.results)]).curves:
        assert curve.best.layer == "plain"
        assert [point.layer for point in curve.equals] == ["again"]


def test_conditions_are_chosen_by_a_glob(sources: list[Source]) -> None:
    (curve,) = compare_layers(_layers(sources), "*-across").curves
    assert curve.condition.speaker == "across"
    with pytest.raises(
        ZrcError, match=r"matches 'phoneme\*': there are triphone-within-within, triphone-within-across$"
    ):
        compare_layers(_layers(sources), "phoneme*")


def test_gaps_are_told(sources: list[Source]) -> None:
    first, second, third = _layers(sources)
    gap = replace(second.results, scores=second.results.scores[:1], details=second.results.details[:1])
    empty = Source("3", replace(third.results, scores=[], details=()))
    sweep = compare_layers([first, Source("2", gap), empty, third], unscored=["0"])
    assert sweep.layers == ("1", "2", "10")
    assert sweep.left_out == {
        "0": "no scores",
        "3": "no scores",
        "2 demo triphone-within-across": "it has no score",
    }
    assert [curve.best.layer for curve in sweep.curves] == ["2", "10"]
    assert sweep.curves[1].at("2") is None
    assert list(sweep.means) == ["10", "1"]


def test_layers_of_another_dataset_are_left_out(sources: list[Source]) -> None:
    first, second, third = _layers(sources)
    other = Source("2", replace(second.results, dataset_digests={"demo": "x"}))
    sweep = compare_layers([first, other, third])
    assert [curve.best.layer for curve in sweep.curves] == ["10", "10"]
    assert all(reason.startswith("the item files of demo differ") for reason in sweep.left_out.values())
    assert len(sweep.left_out) == 2


def test_layers_of_another_profile_are_refused(sources: list[Source]) -> None:
    first, second, _ = _layers(sources)
    other = Source("2", replace(second.results, profile="exact"))
    with pytest.raises(ZrcError, match="2 cannot be compared with 1: the profile differs"):
        compare_layers([first, other])


def test_one_layer_is_no_sweep(sources: list[Source]) -> None:
    with pytest.raises(ZrcError, match="a sweep needs two layers with scores, there is 1: score each layer with"):
        compare_layers(sources[:1])
    with pytest.raises(ZrcError, match="there are none"):
        compare_layers([], unscored=["1"])
