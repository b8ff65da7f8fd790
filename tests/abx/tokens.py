"""Tokens for the tests of the kernels."""

from __future__ import annotations

import numpy as np

from pytest_zrc.abx.kernel import Spans, TokenPairs


def make_up(rng: np.random.Generator, frames: int, *, shortest: int = 1, count: int = 12) -> tuple[Spans, TokenPairs]:
    """Make up tokens of up to 9 frames and pairs of them: one of each, in no order or by the first token."""
    lengths = rng.integers(shortest, 10, count)
    spans = Spans(rng.integers(0, frames - 9, count), lengths)
    pairs = rng.permuted(np.array([(t, u) for u in range(count) for t in range(u + 1)]), axis=1)
    order = rng.permutation(len(pairs)) if rng.random() < 0.5 else np.argsort(pairs[:, 0], kind="stable")
    return spans, pairs[order].astype(np.int32)
