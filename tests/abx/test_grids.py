"""Grids: what works with lists of uses come to, with every distance asked for once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx import engine, native
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode
from pytest_zrc.abx.engine import ConditionScore, score_condition
from pytest_zrc.abx.frames import Frames, Tokens
from pytest_zrc.abx.grids import are_large, grids
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.kernel import Measure, Spans, TokenDistances, TokenPairs, Units
from pytest_zrc.abx.profiles import LIBRILIGHT
from pytest_zrc.abx.speech import Resident

ALL = Limits(None, None)
CONTEXTS, SPEAKERS = st.sampled_from(["within", "any"]), st.sampled_from(["within", "across"])
# Ties, what is not a number, what max + 1 equals in float32, and what it does not.
DISTANCES = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0**23 - 1, 2.0**24, 2e12, np.inf, np.nan])


class _Table:
    """A kernel whose distances stand in a table; it remembers which ones were asked for."""

    name = "table"

    def __init__(self, table: npt.NDArray[np.floating]) -> None:
        self._table = table
        self.asked: Counter[tuple[int, ...]] = Counter()

    def distances(self, _frames: Frames | Units, _spans: Spans, pairs: TokenPairs, _measure: Measure) -> TokenDistances:
        self.asked.update(map(tuple, np.sort(pairs, axis=1).tolist()))
        first, second = pairs.T
        return np.column_stack([self._table[first, second], self._table[second, first]])


@st.composite
def all_tokens(draw: st.DrawFn) -> Tokens:
    """Draw tokens of a few phones, contexts and speakers; some phones of some speakers are frequent."""
    count = draw(st.integers(1, 90))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    phone, context, speaker = (rng.integers(draw(st.integers(1, 4)), size=count) for _ in range(3))
    nothing = np.zeros(count, dtype=np.int64)
    return Tokens(("file",), nothing, nothing, nothing + 1, phone, context, speaker)


@st.composite
def tables(draw: st.DrawFn) -> Callable[[int], npt.NDArray[np.floating]]:
    """Draw what makes a table of distances of so many tokens."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = draw(st.lists(DISTANCES, min_size=1, max_size=4))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    return lambda count: rng.choice(np.array(values, dtype=dtype), size=(count, count))


def _cells(result: ConditionScore | None) -> dict[tuple[int, ...], float]:
    if result is None:
        return {}
    cells = result.cells
    names = zip(cells.context, cells.speaker, cells.x_speaker, cells.phone, cells.other_phone, strict=True)
    found = {tuple(map(int, name)): float(error) for name, error in zip(names, cells.error, strict=True)}
    assert len(found) == len(cells)
    return found


@pytest.mark.parametrize("compiled", [False, True])
@settings(deadline=None)
@given(
    tokens=all_tokens(),
    make_table=tables(),
    context=CONTEXTS,
    speaker=SPEAKERS,
    itself_ties=st.booleans(),
    threads=st.integers(1, 3),
)
def test_cells_are_those_of_works_and_each_distance_is_asked_for_once(
    *,
    tokens: Tokens,
    make_table: Callable[[int], npt.NDArray[np.floating]],
    context: ContextMode,
    speaker: SpeakerMode,
    itself_ties: bool,
    threads: int,
    compiled: bool,
) -> None:
    table = make_table(len(tokens))
    frames = Frames.empty(1, 1, table.dtype)
    speech = Resident(frames, np.zeros(1, dtype=np.int64), tokens)

    def score(kernel: _Table, capacity: int) -> ConditionScore | None:
        return score_condition(
            tokens,
            kernel,
            speech,
            context=context,
            speaker=speaker,
            limits=ALL,
            profile=replace(LIBRILIGHT, itself_ties=itself_ties),
            threads=threads,
            capacity=capacity,
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_SLICE", 1 << 14)  # a few dozens of pairs: blocks are cut
        if not compiled:
            patch.setattr(native, "library", None)
        in_works, in_grids = _Table(table), _Table(table)
        expected, found = score(in_works, 10**9), score(in_grids, 0)
    assert _cells(found) == pytest.approx(_cells(expected), abs=0, rel=0, nan_ok=True)
    assert set(in_grids.asked) == set(in_works.asked)
    assert set(in_grids.asked.values()) <= {1}
    if expected is not None:
        assert found is not None
        assert found.error_rate == pytest.approx(expected.error_rate, abs=0, rel=0, nan_ok=True)


@settings(deadline=None)
@given(tokens=all_tokens(), context=CONTEXTS, speaker=SPEAKERS, most=st.integers(1, 200), seed=st.integers(0, 99))
def test_a_grid_that_is_cut_keeps_its_blocks(
    tokens: Tokens, context: ContextMode, speaker: SpeakerMode, most: int, seed: int
) -> None:
    done = 0.0
    for grid in grids(tokens, context, speaker):
        weights: IntArray = np.random.default_rng(seed).integers(0, 50, len(grid.phones))
        parts = list(grid.cut(weights, most, done))
        blocks = [tuple(block) for part in parts for block in part.blocks.tolist()]
        assert Counter(blocks) == Counter(tuple(block) for block in grid.blocks.tolist())
        assert all(weights[part.compared].sum() <= most or len(part.compared) == 2 for part in parts)
        shares = [done, *(part.share for part in parts)]
        assert shares == sorted(shares)
        assert shares[-1] == pytest.approx(grid.share)
        done = grid.share


@settings(deadline=None)
@given(tokens=all_tokens(), context=CONTEXTS, speaker=SPEAKERS, capacity=st.sampled_from([0, 50, 10**6]))
def test_only_conditions_in_which_nothing_is_drawn_are_grids(
    tokens: Tokens, context: ContextMode, speaker: SpeakerMode, capacity: int
) -> None:
    assert are_large(tokens, context, speaker, ALL, capacity=0)
    assert are_large(tokens, context, speaker, Limits(90, 3), capacity=0)  # which is all there can be
    assert not are_large(tokens, context, speaker, Limits(0, None), capacity=0)
    its_grids = list(grids(tokens, context, speaker))
    sizes = [len(grid.rows.tokens) * len(grid.columns.tokens) for grid in its_grids]
    if are_large(tokens, context, speaker, ALL, capacity=capacity) and capacity:
        assert max(sizes, default=capacity) >= capacity
