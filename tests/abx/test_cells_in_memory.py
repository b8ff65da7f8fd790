"""What the cells of a condition take: there are millions of them."""

from __future__ import annotations

import tracemalloc
from itertools import product

import numpy as np

from pytest_zrc.abx.device import make_kernel
from pytest_zrc.abx.engine import ConditionScore, score_condition
from pytest_zrc.abx.frames import Frames, Tokens, prepare
from pytest_zrc.abx.profiles import EXACT
from pytest_zrc.abx.speech import Resident

CONTEXTS, SPEAKERS, PHONES = 1000, 4, 4


def _score() -> ConditionScore | None:
    """Score one token of each phone by each speaker in each context."""
    rng = np.random.default_rng(0)
    names = np.array(list(product(range(CONTEXTS), range(SPEAKERS), range(PHONES))))
    context, speaker, phone = names.T.copy()
    start = np.arange(len(names))
    tokens = Tokens(("file",), np.zeros_like(start), start, start + 1, phone, context, speaker)
    frames = Frames.empty(len(names), 2)
    prepare(rng.standard_normal((len(names), 2), np.float32), frames)
    speech = Resident(frames, np.zeros(1, dtype=np.int64), tokens)
    kernel = make_kernel("cpu", 1)
    return score_condition(tokens, kernel, speech, context="within", speaker="across", profile=EXACT, capacity=1 << 12)


def test_a_cell_takes_little_beside_its_numbers_and_its_error() -> None:
    _score()  # what is imported and cached is not of the cells
    tracemalloc.start()
    try:
        result = _score()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result
    cells = CONTEXTS * SPEAKERS * PHONES * (PHONES - 1) * (SPEAKERS - 1)
    assert len(result.cells) == cells
    assert peak / cells < 80  # bytes: 28 of its own
