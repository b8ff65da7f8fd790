"""Phone pairs in order."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.reports.phone_pairs import PhonePairs, end_of_scale
from pytest_zrc.scoring.scores import Details

Row = tuple[str, str, float, int, int]

PHONE = st.text(min_size=1, max_size=3)
ROWS = st.lists(
    st.tuples(PHONE, PHONE, st.floats(0, 1), st.integers(1, 9), st.integers(1, 9)),
    min_size=1,
    unique_by=lambda row: row[:2],
)


def _pairs(rows: Sequence[Row]) -> PhonePairs:
    names = ("phone", "other_phone", "error_rate", "cells", "speakers")
    table = {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    return PhonePairs.of(Details("dev", "any", "exact", {"phone-pairs": table}))


@given(ROWS)
def test_both_orders_have_every_phone_once(rows: list[Row]) -> None:
    pairs = _pairs(rows)
    assert pairs.by_name() == sorted({phone for row in rows for phone in row[:2]})
    assert sorted(pairs.by_error()) == pairs.by_name()


@given(ROWS)
def test_the_square_holds_every_pair_in_its_place(rows: list[Row]) -> None:
    pairs = _pairs(rows)
    order = pairs.by_error()
    square = pairs.rows(order)
    for row in rows:
        assert square[order.index(row[0])][order.index(row[1])] == row
    assert sum(pair is not None for line in square for pair in line) == len(rows)


@given(ROWS, st.integers(1, 20))
def test_no_pair_is_worse_than_the_worst(rows: list[Row], number: int) -> None:
    worst = _pairs(rows).worst(number)
    assert [pair.error for pair in worst] == sorted((row[2] for row in rows), reverse=True)[:number]


def test_a_phone_that_is_often_confused_comes_first() -> None:
    rows = [("a", "b", 0.1, 1, 1), ("b", "a", 0.1, 1, 1), ("a", "c", 0.5, 1, 1), ("c", "a", 0.3, 1, 1)]
    assert _pairs(rows).by_error() == ["c", "a", "b"]


def test_scales_end_between_a_percent_and_chance() -> None:
    assert end_of_scale([]) == 0.01
    assert end_of_scale([_pairs([("a", "b", 0.2, 1, 1)])]) == 0.2
    assert end_of_scale([_pairs([("a", "b", 1.0, 1, 1)])]) == 0.5


def test_a_baseline_has_no_pairs_to_show() -> None:
    """It keeps the error rates of pairs, but not what they are of."""
    table: dict[str, Sequence[object]] = {"phone": ["a"], "other_phone": ["b"], "error_rate": [0.2]}
    assert not PhonePairs.of(Details("dev-clean", "triphone-any-within", "", {"phone-pairs": table})).pairs
