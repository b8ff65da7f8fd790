"""Arithmetic on runs of different lengths that stand one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pytest_zrc.abx.items import IntArray


def parts(sizes: IntArray, limit: int) -> Iterator[slice]:
    """Cut a sequence into slices of at most about ``limit`` in all."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + limit, side="right")))
        yield slice(first, last)
        first = last


def firsts(sizes: IntArray) -> IntArray:
    """Return where each run begins when runs of these sizes stand one after the other."""
    return np.cumsum(sizes) - sizes


def ranges(starts: IntArray, lengths: IntArray) -> IntArray:
    """Return the concatenation of ``range(start, start + length)``."""
    return np.repeat(starts - firsts(lengths), lengths) + np.arange(int(lengths.sum()))
