"""The compiled planner plans what the Python one plans."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx import native
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode
from pytest_zrc.abx.frames import Tokens
from pytest_zrc.abx.plan import Work, plan
from tests.abx.compiled import needs_the_compiled_part

pytestmark = needs_the_compiled_part

Comparisons = dict[tuple[int, ...], list[tuple[int, ...]]]


HUGE = st.just(10**30)
LIMITS = st.builds(
    Limits, st.none() | HUGE | st.integers(1, 12), st.none() | HUGE | st.integers(1, 3), st.integers(0, 9)
)


@st.composite
def all_tokens(draw: st.DrawFn) -> Tokens:
    """Draw tokens of a few phones, contexts and speakers; some phones of some speakers are frequent."""
    count = draw(st.integers(1, 120))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    phone, context, speaker = (rng.integers(draw(st.integers(1, 4)), size=count) for _ in range(3))
    nothing = np.zeros(count, dtype=np.int64)
    return Tokens(("file",), nothing, nothing, nothing + 1, phone, context, speaker)


def _comparisons(works: list[Work]) -> Comparisons:
    """Return for each cell the tokens that its distances are of, that which has the rows first; nothing for -1."""
    found: Comparisons = {}
    for work in works:
        for name, tile, (a0, a1, b0, b1) in zip(work.names.tolist(), work.cell_tile, work.spans, strict=True):
            size = work.n_rows[tile] * work.n_columns[tile]
            matrix = work.uses[work.first_use[tile] :][:size].reshape(work.n_rows[tile], -1)
            uses = np.concatenate([matrix[:, a0:a1].ravel(), matrix[:, b0:b1].ravel()]).tolist()
            pairs = [tuple(work.pairs[use // 2].tolist()) if use >= 0 else () for use in uses]
            turned = [pair[::-1] if use % 2 else pair for pair, use in zip(pairs, uses, strict=True)]
            assert tuple(name) not in found
            found[tuple(name)] = [(a1 - a0, b1 - b0, int(work.n_rows[tile])), *turned]
    return found


@pytest.mark.parametrize("speaker", ["within", "across"])
@pytest.mark.parametrize("context", ["within", "any"])
@given(tokens=all_tokens(), limits=LIMITS, capacity=st.sampled_from([1, 50, 10_000]))
def test_the_same_cells_compare_the_same_tokens(
    tokens: Tokens, limits: Limits, capacity: int, context: ContextMode, speaker: SpeakerMode
) -> None:
    compiled = list(plan(tokens, context, speaker, limits, capacity=capacity))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "library", None)
        planned = list(plan(tokens, context, speaker, limits, capacity=capacity))
    assert _comparisons(compiled) == _comparisons(planned)
    for work in compiled:
        distinct = {frozenset(pair) for pair in work.pairs.tolist()}
        assert len(distinct) == len(work.pairs)
        assert set(work.uses[work.uses >= 0] // 2) == set(range(len(work.pairs)))
    shares = [work.share for work in compiled]
    assert shares == sorted(shares)
    assert not shares or shares[-1] == 1
