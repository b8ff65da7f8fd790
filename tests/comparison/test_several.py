"""Several results are compared with the first, and ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pytest_zrc.comparison.several import compare_results
from pytest_zrc.comparison.sources import Source
from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.results import Results


def _with(source: Source, **changes: object) -> Source:
    return Source("other", replace(source.results, **changes))  # type: ignore[arg-type]


def _without(results: Results, *conditions: str) -> Results:
    return replace(results, scores=[one for one in results.scores if one.condition not in conditions])


def test_each_is_compared_with_the_first(sources: list[Source]) -> None:
    comparisons = compare_results(sources)
    plain = [one.score for one in sources[0].results.scores if one.score is not None]
    assert comparisons.first == "plain"
    assert [other.name for other in comparisons.others] == ["near", "far"]
    for other in comparisons.others:
        assert [one.before for one in other.differences] == plain
        assert other.before == pytest.approx(sum(plain) / len(plain))
    assert comparisons.others[1].outcomes == {"worse": 2}


def test_they_are_ranked_by_their_means(sources: list[Source]) -> None:
    plain, near, far = sources
    comparisons = compare_results([far, plain, near])
    assert [place.name for place in comparisons.ranking] == ["plain", "near", "far"]
    assert [place.rank for place in comparisons.ranking] == [1, 2, 3]
    assert comparisons.ranking[0].outcomes == {"better": 2}
    assert comparisons.ranking[0].difference < comparisons.ranking[1].difference < 0
    assert comparisons.ranking[2].difference == 0


def test_equals_share_a_rank(sources: list[Source]) -> None:
    plain, _, far = sources
    ranking = compare_results([plain, plain, far]).ranking
    assert [place.rank for place in ranking] == [1, 1, 3]


def test_only_scores_that_all_have_are_ranked(sources: list[Source]) -> None:
    plain, near, far = sources
    comparisons = compare_results([plain, Source("near", _without(near.results, "triphone-within-across")), far])
    assert comparisons.ranked_scores == 1
    within = plain.results.scores[0].score
    assert next(place for place in comparisons.ranking if place.name == "plain").mean == within
    assert comparisons.others[0].left_out == {"demo triphone-within-across": "it has a score in plain only"}


def test_without_a_score_that_all_have_there_is_no_ranking(sources: list[Source]) -> None:
    plain, near, far = sources
    within, across = "triphone-within-within", "triphone-within-across"
    parts = [plain, Source("near", _without(near.results, across)), Source("far", _without(far.results, within))]
    assert compare_results(parts).ranking == ()


def test_conditions_are_chosen_by_a_glob(sources: list[Source]) -> None:
    (other,) = compare_results(sources[:2], "*-across").others
    assert [one.condition for one in other.differences] == ["triphone-within-across"]
    with pytest.raises(
        ZrcError, match=r"no condition .* matches 'x': there are triphone-within-within, triphone-within-across"
    ):
        compare_results(sources[:2], "x")


def test_parameters_that_differ_are_told(sources: list[Source]) -> None:
    plain, near, _ = sources
    changed = {**near.results.parameters, "feature_size": 0.02, "result_filename": "x", "cuda": False}
    (other,) = compare_results([plain, _with(near, parameters=changed)]).others
    assert [(one.name, one.before, one.after) for one in other.parameters] == [("feature_size", 0.01, 0.02)]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"profile": "exact"}, "other cannot be compared with plain: the profile differs: exact here, librilight"),
        ({"versions": {"engine": "0"}}, "other cannot be compared with plain: the version of the engine differs"),
        ({"dataset_digests": {"demo": "x"}}, "no score that can be compared: the item files of demo differ"),
        ({"scores": []}, "no score that can be compared: it has scores in plain only"),
    ],
)
def test_what_cannot_be_compared_is_refused(sources: list[Source], changed: Mapping[str, object], reason: str) -> None:
    with pytest.raises(ZrcError, match=reason):
        compare_results([sources[0], _with(sources[1], **changed)])
