"""Works are cut so small that their frames find room, and come to the same scores."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.device import make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Frames, Tokens, cut_tokens
from pytest_zrc.abx.items import IntArray, parse_items
from pytest_zrc.abx.kernel import Spans
from pytest_zrc.abx.numpy_kernel import NumpyKernel
from pytest_zrc.abx.plan import Work, plan
from pytest_zrc.abx.room import fitting
from tests.abx.golden import load
from tests.abx.scoring import all_frames

CASE = load("sub_default")
ARRAYS = {name.rsplit("/", 1)[-1]: array for name, array in CASE.features.items()}
LINES = CASE.item_files["phoneme.item"].read_text(encoding="utf-8").splitlines()
CONDITIONS: list[tuple[Literal["within", "any"], Literal["within", "across"]]] = [
    ("within", "within"),
    ("within", "across"),
    ("any", "within"),
    ("any", "across"),
]


def _tokens() -> Tokens:
    return cut_tokens(parse_items(LINES), {name: len(array) for name, array in ARRAYS.items()}, 0.01)


def _cells(work: Work) -> list[tuple[object, ...]]:
    """Return the cells of a work, each with the two tokens of all that it compares."""
    compared = np.full((len(work.uses), 2), -1)
    used = work.uses >= 0
    compared[used] = work.pairs[work.uses[used] >> 1]
    turned = used & (work.uses % 2 == 1)
    compared[turned] = compared[turned, ::-1]
    cells = []
    for tile, span, names in zip(work.cell_tile, work.spans, work.names, strict=True):
        first, rows, columns = work.first_use[tile], work.n_rows[tile], work.n_columns[tile]
        matrix = compared[first : first + rows * columns].reshape(rows, columns, 2)
        cells.append((*names.tolist(), *span.tolist(), matrix.tolist()))
    return cells


@pytest.mark.parametrize("room", [1, 200, 1000])
@pytest.mark.parametrize(("context", "speaker"), CONDITIONS)
def test_parts_have_the_cells_of_the_whole(
    context: Literal["within", "any"], speaker: Literal["within", "across"], room: int
) -> None:
    tokens = _tokens()
    lengths = tokens.end - tokens.start
    works = list(plan(tokens, context, speaker, Limits(), capacity=1 << 18))
    parts = [part for part in fitting(works, lengths, room) if isinstance(part, Work)]
    assert len(parts) > len(works)
    assert [cell for part in parts for cell in _cells(part)] == [cell for work in works for cell in _cells(work)]
    for part in parts:
        used = np.unique(part.uses[part.uses >= 0] >> 1)
        np.testing.assert_array_equal(used, np.arange(len(part.pairs)))
        assert len(part.first_use) == 1 or lengths[np.unique(part.pairs)].sum() <= room
    shares = [part.share for part in parts]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_what_finds_room_stays_as_it_is() -> None:
    tokens = _tokens()
    works = list(plan(tokens, "any", "within", Limits(), capacity=1 << 18))
    assert list(fitting(works, tokens.end - tokens.start, 10**9)) == works


class _Narrow:
    """Speech that hands out copies of the frames asked for, and spoils them as soon as it may."""

    def __init__(self, tokens: Tokens, room: int) -> None:
        self.room, self._lengths = room, tokens.end - tokens.start
        ends = np.cumsum([0, *(len(ARRAYS[name]) for name in tokens.files)])
        self._all = all_frames([ARRAYS[name] for name in tokens.files])
        self._starts = ends[tokens.file] + tokens.start
        self._given: list[Frames] = []
        self.most = 0

    def frames(self, tokens: IntArray) -> tuple[Frames, Spans]:
        lengths = self._lengths[tokens]
        starts = np.full_like(self._starts, -(10**9))
        starts[tokens] = np.cumsum(lengths) - lengths
        frames = Frames.empty(int(lengths.sum()), self._all.dimension)
        for token, first in zip(tokens, starts[tokens], strict=True):
            its, there = slice(first, first + self._lengths[token]), self._starts[token]
            frames.values[its] = self._all.values[there : there + self._lengths[token]]
            frames.zero[its] = self._all.zero[there : there + self._lengths[token]]
        self._given.append(frames)
        if len(self._given) > 2:
            self._given.pop(0).values[:] = np.nan
        self.most = max(self.most, len(frames))
        return frames, Spans(starts, self._lengths)


@pytest.mark.parametrize("distance", ["cosine", "kl"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_scores_are_the_same_however_little_room_there_is(
    condition: tuple[Literal["within", "any"], Literal["within", "across"]], distance: str
) -> None:
    tokens = _tokens()
    found = []
    for room in (10**9, 1000, 200):
        speech = _Narrow(tokens, room)
        result = score_condition(
            tokens, NumpyKernel(), speech, context=condition[0], speaker=condition[1], distance=distance
        )
        assert result is not None
        found.append(result.error_rate)
        assert room < 1000 or speech.most <= room
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("speaker", ["within", "across"])
def test_grids_find_room_too(speaker: Literal["within", "across"]) -> None:
    tokens = _tokens()
    found = []
    for room in (10**9, 2000):
        speech = _Narrow(tokens, room)
        result = score_condition(
            tokens, make_kernel("cpu"), speech, context="any", speaker=speaker, limits=Limits(None, None), capacity=0
        )
        assert result is not None
        found.append(result.error_rate)
        assert speech.most <= room
    assert found[0] == found[1]
