"""The plan: every distance once, and every comparison at the right one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.cells import Limits, Tile, tiles
from pytest_zrc.abx.frames import Tokens
from pytest_zrc.abx.plan import Work, plan

Mode: TypeAlias = tuple[Literal["within", "any"], Literal["within", "across"], Limits]
# A cell: its names, and the tokens X, A and B.
Cell: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]

LIMITS = st.builds(
    Limits, group=st.none() | st.integers(2, 4), speakers=st.none() | st.integers(1, 2), seed=st.integers(0, 9999)
)
MODES: st.SearchStrategy[Mode] = st.tuples(
    st.sampled_from(["within", "any"]), st.sampled_from(["within", "across"]), LIMITS
)


@st.composite
def made_tokens(draw: st.DrawFn) -> Tokens:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(0, 80))
    zeros = np.zeros(count, dtype=np.int64)
    phone, context, speaker = (rng.integers(0, high, count) for high in (4, 3, 4))
    return Tokens(("f",), zeros, zeros, zeros + 1, phone, context, speaker)


def _cells_of_tiles(tokens: Tokens, mode: Mode) -> Iterator[Cell]:
    for _, of_context in tiles(tokens, *mode):
        for tile in of_context:
            yield from _cells_of_tile(tile)


def _cells_of_tile(tile: Tile) -> Iterator[Cell]:
    a = tuple(tile.columns[: tile.bounds[0]])
    for phone, (b0, b1) in zip(tile.other_phones, pairwise(tile.bounds), strict=True):
        yield (*tile[:4], phone), tuple(tile.rows), a, tuple(tile.columns[b0:b1])


@settings(deadline=None)
@given(tokens=made_tokens(), mode=MODES, capacity=st.sampled_from([1, 50, 10**6]))
def test_every_pair_stands_once_in_a_work(tokens: Tokens, mode: Mode, capacity: int) -> None:
    for work in plan(tokens, *mode, capacity=capacity):
        unordered = [frozenset(pair) for pair in work.pairs.tolist()]
        assert len(set(unordered)) == len(unordered)
        assert all(len(pair) == 2 for pair in unordered)
        assert set((work.uses[work.uses >= 0] // 2).tolist()) == set(range(len(work.pairs)))


@settings(deadline=None)
@given(tokens=made_tokens(), mode=MODES, capacity=st.sampled_from([1, 50, 10**6]))
def test_the_cells_are_those_that_were_drawn(tokens: Tokens, mode: Mode, capacity: int) -> None:
    planned = Counter(cell for work in plan(tokens, *mode, capacity=capacity) for cell in _cells_of_work(work, mode[1]))
    drawn = Counter(_compared(cell) for cell in _cells_of_tiles(tokens, mode))
    assert planned == drawn


# Names, and for each X the pairs (row, column) that its distances to A and to B are of; none for itself.
Compared: TypeAlias = tuple[tuple[int, ...], tuple[tuple[tuple[int, int] | None, ...], ...]]


def _compared(cell: Cell) -> Compared:
    names, xs, a, b = cell
    same = names[1] == names[2]
    rows = []
    for x in xs:
        to_a = tuple(None if x == other else (x, other) for other in a)
        if same:  # the earlier of the two has the row
            to_a = tuple(pair and (min(pair, key=a.index), max(pair, key=a.index)) for pair in to_a)
        rows.append(to_a + tuple((x, other) for other in b))
    return names, tuple(rows)


def _cells_of_work(work: Work, speaker: str) -> Iterator[Compared]:
    pairs = work.pairs.tolist()

    def compared(use: int) -> tuple[int, int] | None:
        if use < 0:
            assert speaker == "within"
            return None
        first, second = pairs[use // 2]
        return (second, first) if use % 2 else (first, second)

    for tile, (a0, a1, b0, b1), names in zip(
        work.cell_tile.tolist(), work.spans.tolist(), work.names.tolist(), strict=True
    ):
        n_rows, n_columns, first = (int(values[tile]) for values in (work.n_rows, work.n_columns, work.first_use))
        matrix = work.uses[first : first + n_rows * n_columns].reshape(n_rows, n_columns).tolist()
        yield tuple(names), tuple(tuple(map(compared, row[a0:a1] + row[b0:b1])) for row in matrix)


@settings(deadline=None)
@given(tokens=made_tokens(), mode=MODES, capacity=st.sampled_from([1, 50, 10**6]))
def test_works_are_cut_at_the_capacity_and_end_at_one(tokens: Tokens, mode: Mode, capacity: int) -> None:
    works = list(plan(tokens, *mode, capacity=capacity))
    shares = [work.share for work in works]
    assert shares == sorted(shares)
    assert not works or shares[-1] == 1
    for work in works:
        before_the_last = len(work.uses) - int(work.n_rows[-1] * work.n_columns[-1])
        assert before_the_last < 8 * capacity


def test_speakers_share_their_distances_with_each_other() -> None:
    count = 16  # four tokens of each of two phones by each of two speakers
    zeros = np.zeros(count, dtype=np.int64)
    phone, speaker = np.arange(count) % 2, np.arange(count) // 8
    tokens = Tokens(("f",), zeros, zeros, zeros + 1, phone, zeros, speaker)
    (across,) = plan(tokens, "within", "across", Limits(), capacity=10**6)
    assert len(across.pairs) == 8 * 8
    assert len(across.uses) == 2 * 8 * 8
    (within,) = plan(tokens, "within", "within", Limits(), capacity=10**6)
    assert len(within.pairs) == 2 * 8 * 7 / 2
