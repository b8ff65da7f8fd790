"""Which pairs of phones a mean difference comes from."""

from __future__ import annotations

from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.comparison.paired import Difference, PairChange
from pytest_zrc.comparison.pairs import pair_trends
from pytest_zrc.comparison.several import compare_results
from pytest_zrc.comparison.sources import Source

RATES = st.floats(0, 1)
CHANGES = st.dictionaries(
    st.tuples(st.sampled_from("aeiou"), st.sampled_from("ptk")), st.tuples(RATES, RATES), min_size=1
)


def _difference(changes: dict[tuple[str, str], tuple[float, float]]) -> Difference:
    pairs = tuple(PairChange(*phones, *rates) for phones, rates in changes.items())
    before, after = (fsum(rates) / len(pairs) for rates in zip(*changes.values(), strict=True))
    return Difference("subset", "condition", before, after, pairs=pairs)


@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_shares_add_up_to_the_mean_difference(changes: list[dict[tuple[str, str], tuple[float, float]]]) -> None:
    differences = [_difference(one) for one in changes]
    trends = pair_trends(differences)
    mean = fsum(one.difference for one in differences) / len(differences)
    assert fsum(one.share for one in trends) == pytest.approx(mean, abs=1e-9)
    assert [one.share for one in trends] == sorted((one.share for one in trends), reverse=True)
    assert len(trends) == len({phones for one in changes for phones in one})


def test_of_real_results_too(sources: list[Source]) -> None:
    (other,) = compare_results([sources[0], sources[2]]).others
    assert fsum(one.share for one in other.pairs) == pytest.approx(other.after - other.before, abs=1e-7)


def test_a_pair_that_moved_everywhere_comes_before_one_that_moved_once() -> None:
    everywhere, once = ("a", "p"), ("a", "t")
    trends = pair_trends(
        [
            _difference({everywhere: (0.1, 0.3), once: (0.1, 0.4)}),
            _difference({everywhere: (0.1, 0.3), once: (0.1, 0.05)}),
        ]
    )
    assert [(one.phone, one.other_phone) for one in trends] == [everywhere, once]
    assert (trends[0].rose, trends[0].fell, trends[0].scores) == (2, 0, 2)
    assert (trends[1].rose, trends[1].fell) == (1, 1)
    assert trends[0].difference == pytest.approx(0.2)


def test_scores_without_pairs_do_not_count() -> None:
    one = _difference({("a", "p"): (0.1, 0.3)})
    assert pair_trends([one, Difference("subset", "other", 0.1, 0.2)]) == pair_trends([one])
    assert pair_trends([]) == ()
