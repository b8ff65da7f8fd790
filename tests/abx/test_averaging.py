"""Averages are taken level by level, as the profiles say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx.averaging import error_rate, number_rows
from pytest_zrc.abx.profiles import PROFILES
from tests.abx.cells import make_cells

# Speaker 0 has one phone pair in two contexts, in the second with two speakers of X; speaker 1 has it once.
CELLS = make_cells([(0, 0, 1, 0, 1, 0.0), (1, 0, 1, 0, 1, 1.0), (1, 0, 2, 0, 1, 1.0), (1, 1, 0, 0, 1, 0.0)])


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("librilight", (2 / 3 + 0) / 2),  # speaker 0: three cells; then speakers
        ("exact", (2 / 3 + 0) / 2),
        ("abxpy2015", (0 + 2 / 3) / 2),  # context 0: one cell, context 1: three; then contexts
        ("abxpy2017", (1 / 2 + 1 + 0) / 3),  # contexts of each pair of speakers; then pairs of speakers
    ],
)
def test_levels_by_hand(profile: str, expected: float) -> None:
    assert error_rate(CELLS, PROFILES[profile].averaging) == pytest.approx(expected, abs=1e-15)


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), min_size=1),
    stride=st.sampled_from([1, 10**6]),  # with numbers so far apart a table of all rows would be too large
)
def test_rows_are_numbered_in_their_order(rows: list[tuple[int, int]], stride: int) -> None:
    columns = [np.array(column) * stride for column in zip(*rows, strict=True)]
    distinct, number = number_rows(columns)
    listed = [tuple(row) for row in np.transpose(distinct).tolist()]
    assert listed == sorted({(a * stride, b * stride) for a, b in rows})
    assert [listed[index] for index in number] == [(a * stride, b * stride) for a, b in rows]
