"""The kernel that runs everywhere: NumPy's matrix products and vector operations."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from pytest_zrc.abx.blocks import Blocks
from pytest_zrc.abx.distances import DISTANCES, Block, FrameDistance, set_zero_frames_apart
from pytest_zrc.abx.dtw import dtw
from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import (
    Measure,
    Spans,
    TokenDistances,
    TokenPairs,
    Units,
    around_empty_tokens,
    is_symmetric,
)
from pytest_zrc.abx.ragged import parts

_WARPED = 1 << 22  # frame distances held at once
_GATHERED = 1 << 20  # values of frames that are copied side by side at once: they stay in the cache


class NumpyKernel:
    """Compares tokens on the CPU.

    Attributes:
        name: ``numpy``.
    """

    name = "numpy"

    def distances(self, frames: Frames | Units, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        """Return the distance of each pair of tokens, both ways round; see ``Kernel``."""

        def compare(pairs: TokenPairs) -> TokenDistances:
            result: TokenDistances = np.empty((len(pairs), 2), dtype=frames.dtype)
            for some in parts(spans.lengths[pairs].prod(axis=1), _WARPED):
                result[some] = _distances(frames, Blocks(pairs[some], spans), measure)
            return result

        # Small products gain nothing from threads, and lose much when other processes compete for the cores.
        with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
            return around_empty_tokens(spans, pairs, frames.dtype, compare)


def _distances(frames: Frames | Units, blocks: Blocks, measure: Measure) -> TokenDistances:
    forth = dtw(_frame_distances(frames, blocks, measure), blocks.windows, mean_path=measure.mean_path)
    if not is_symmetric(frames, measure):
        back = dtw(_frame_distances(frames, blocks, measure, back=True), blocks.windows, mean_path=measure.mean_path)
        forth[:, 1] = back[:, 1]
    return forth


def _frame_distances(frames: Frames | Units, blocks: Blocks, measure: Measure, *, back: bool = False) -> Block:
    """Return the values of all blocks: of their rows to their columns, or back."""
    if isinstance(frames, Units):
        return _looked_up(frames, blocks, back=back)
    return _computed(frames, blocks, DISTANCES[measure.distance], back=back)


def _looked_up(units: Units, blocks: Blocks, *, back: bool) -> Block:
    buffer: Block = np.empty(blocks.first[-1], dtype=units.dtype)
    u, v = (units.ids[frames].astype(np.int64) for frames in (blocks.rows, blocks.columns))
    if units.table is None:
        for rows, columns, out in blocks.matrices(buffer):
            np.not_equal(u[rows, None], v[columns], out=out)
        return buffer
    # Places in the flat table: of the row's line, and in it.
    (v if back else u)[:] *= len(units.table)
    for rows, columns, out in blocks.matrices(buffer):
        np.take(units.table, u[rows, None] + v[columns], mode="clip", out=out)
    return buffer


def _computed(frames: Frames, blocks: Blocks, distance: FrameDistance, *, back: bool) -> Block:
    buffer: Block = np.empty(blocks.first[-1], dtype=frames.dtype)
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
                distance.compare(columns, rows, out.T)
            else:
                distance.compare(rows, columns, out)
        distance.finish(buffer[first[some.start] : first[some.stop]])
    _set_zero_frames_apart(frames, blocks, distance.of_zero, buffer)
    return buffer


def _set_zero_frames_apart(frames: Frames, blocks: Blocks, of_zero: float, buffer: Block) -> None:
    x, y = frames.zero[blocks.rows], frames.zero[blocks.columns]
    if x.any() or y.any():
        for rows, columns, values in blocks.matrices(buffer):
            set_zero_frames_apart(values, x[rows], y[columns], of_zero)
