"""The kernel that runs everywhere: NumPy's matrix products and vector operations."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from pytest_zrc.abx.blocks import Blocks
from pytest_zrc.abx.distances import DISTANCES, Block, FrameDistance
from pytest_zrc.abx.dtw import dtw
from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import Spans, TokenDistances, TokenPairs
from pytest_zrc.abx.ragged import parts

_WARPED = 1 << 22  # frame distances held at once
_GATHERED = 1 << 20  # values of frames that are copied side by side at once: they stay in the cache


class NumpyKernel:
    """Compares tokens on the CPU.

    Attributes:
        name: ``numpy``.
    """

    name = "numpy"

    def distances(self, frames: Frames, spans: Spans, pairs: TokenPairs, distance: str) -> TokenDistances:
        """Return the distance of each pair of tokens, both ways round; see ``Kernel``."""
        result = np.empty((len(pairs), 2), dtype=np.float32)
        sizes = spans.lengths[pairs].prod(axis=1)
        # Small products gain nothing from threads, and lose much when other processes compete for the cores.
        with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
            for some in parts(sizes, _WARPED):
                result[some] = _distances(frames, Blocks(pairs[some], spans), DISTANCES[distance])
        return result


def _distances(frames: Frames, blocks: Blocks, measure: FrameDistance) -> TokenDistances:
    forth = dtw(_frame_distances(frames, blocks, measure), blocks.windows)
    if not measure.symmetric:
        back = dtw(_frame_distances(frames, blocks, measure, back=True), blocks.windows)
        forth[:, 1] = back[:, 1]
    return forth


def _frame_distances(frames: Frames, blocks: Blocks, measure: FrameDistance, *, back: bool = False) -> Block:
    """Return the values of all blocks: of their rows to their columns, or back."""
    buffer = np.empty(blocks.first[-1], dtype=np.float32)
    r, c, first = blocks.row_bounds.tolist(), blocks.column_bounds.tolist(), blocks.first.tolist()
    frames_of = np.diff(blocks.row_bounds) + np.diff(blocks.column_bounds)
    for some in parts(frames_of, max(1, _GATHERED // frames.values.shape[1])):
        r0, c0 = r[some.start], c[some.start]
        x = frames.values[blocks.rows[r0 : r[some.stop]]]
        y = frames.values[blocks.columns[c0 : c[some.stop]]]
        for block in range(some.start, some.stop):
            rows, columns = x[r[block] - r0 : r[block + 1] - r0], y[c[block] - c0 : c[block + 1] - c0]
            out = buffer[first[block] : first[block + 1]].reshape(len(rows), len(columns))
            if back:
                measure.compare(columns, rows, out.T)
            else:
                measure.compare(rows, columns, out)
        measure.finish(buffer[first[some.start] : first[some.stop]])
    _set_zero_frames_apart(frames, blocks, measure.of_zero, buffer)
    return buffer


def _set_zero_frames_apart(frames: Frames, blocks: Blocks, of_zero: float, buffer: Block) -> None:
    """Give frames of zeros their distances to all others, and to each other; what is not a number remains so."""
    x, y = frames.zero[blocks.rows], frames.zero[blocks.columns]
    if not (x.any() or y.any()):
        return
    r, c, first = blocks.row_bounds.tolist(), blocks.column_bounds.tolist(), blocks.first.tolist()
    for block in range(len(first) - 1):
        rows, columns = x[r[block] : r[block + 1]], y[c[block] : c[block + 1]]
        values = buffer[first[block] : first[block + 1]].reshape(len(rows), len(columns))
        values[np.not_equal.outer(rows, columns) & ~np.isnan(values)] = of_zero
        values[np.logical_and.outer(rows, columns)] = 0
