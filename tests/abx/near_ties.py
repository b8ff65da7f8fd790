"""Comparisons that two kernels decide differently, and by how much they are decided in double precision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import Kernel, Measure, Spans
from pytest_zrc.abx.plan import Work
from pytest_zrc.abx.speech import Resident

Doubles = npt.NDArray[np.float64]


class Flip(NamedTuple):
    """A triplet on which two kernels disagree: ``d(x, a) - d(x, b)`` as each sees it, and in double precision."""

    first: float
    second: float
    margin: float


def flips(work: Work, speech: Resident[Frames], kernels: tuple[Kernel, Kernel]) -> Iterator[Flip]:
    """Yield the triplets of a work, by angular distance, on which two kernels disagree."""
    frames, spans = speech.frames(np.unique(work.pairs))
    values = frames.values.astype(np.float64)
    first, second = (kernel.distances(frames, spans, work.pairs, Measure("cosine")).reshape(-1) for kernel in kernels)
    for a, b in _triplets(work):
        margins = [distances[a][:, None] - distances[b][None, :] for distances in (first, second)]
        for i, j in zip(*np.nonzero(np.sign(margins[0]) != np.sign(margins[1])), strict=True):
            exact = [_warp(work.pairs[use // 2][:: -1 if use % 2 else 1], spans, values) for use in (a[i], b[j])]
            yield Flip(float(margins[0][i, j]), float(margins[1][i, j]), exact[0] - exact[1])


def _triplets(work: Work) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]]:
    """Yield for each cell and x the uses of its distances to A, without itself, and to B."""
    for tile, (a0, a1, b0, b1) in zip(work.cell_tile, work.spans, strict=True):
        size = work.n_rows[tile] * work.n_columns[tile]
        for row in work.uses[work.first_use[tile] :][:size].reshape(work.n_rows[tile], -1):
            yield row[a0:a1][row[a0:a1] >= 0], row[b0:b1]


def _warp(pair: npt.NDArray[np.int32], spans: Spans, values: Doubles) -> float:
    """Return the distance of two tokens, all of it in double precision."""
    x, y = (values[spans.starts[token] :][: spans.lengths[token]] for token in pair)
    distances = np.arccos(np.clip(x @ y.T, -1, 1)) / np.pi
    cost = np.full((len(x) + 1, len(y) + 1), np.inf)
    steps = np.zeros_like(cost)
    cost[0, 0] = 0
    for i, j in np.ndindex(distances.shape):
        diagonal, left, up = (i, j), (i + 1, j), (i, j + 1)
        beside = left if cost[left] <= cost[up] else up
        best = diagonal if cost[diagonal] <= cost[beside] else beside
        cost[i + 1, j + 1], steps[i + 1, j + 1] = cost[best] + distances[i, j], steps[best] + 1
    return float(cost[-1, -1] / steps[-1, -1])
