"""Cells are counted beforehand, as many as there come to be."""

from __future__ import annotations

from typing import Literal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx.cells import Limits, count_cells, tiles
from pytest_zrc.abx.frames import Tokens

LIMITS = st.sampled_from([Limits(), Limits(None, None), Limits(1, 1), Limits(2, 2)])


def _tokens(names: list[tuple[int, int, int]]) -> Tokens:
    context, speaker, phone = np.array(names, dtype=np.int64).reshape(-1, 3).T.copy()
    start = np.arange(len(names))
    return Tokens(("file",), np.zeros_like(start), start, start + 1, phone, context, speaker)


@given(
    names=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60),
    context=st.sampled_from(["within", "any"]),
    speaker=st.sampled_from(["within", "across"]),
    limits=LIMITS,
)
def test_as_many_as_are_drawn(
    names: list[tuple[int, int, int]],
    context: Literal["within", "any"],
    speaker: Literal["within", "across"],
    limits: Limits,
) -> None:
    tokens = _tokens(names)
    drawn = [tile for _, some in tiles(tokens, context, speaker, limits) for tile in some]
    assert count_cells(tokens, context, speaker, limits) == sum(len(tile.other_phones) for tile in drawn)


def test_none() -> None:
    assert count_cells(_tokens([]), "within", "across", Limits()) == 0
