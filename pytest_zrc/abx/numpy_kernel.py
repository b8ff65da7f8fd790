"""The kernel that runs everywhere: NumPy's matrix products and vector operations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from pytest_zrc.abx.distances import DISTANCES, Block
from pytest_zrc.abx.dtw import dtw
from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import Blocks, Pairs
from pytest_zrc.abx.ragged import parts

_GATHERED = 1 << 20  # values of frames that are copied side by side at once: they stay in the cache


class NumpyKernel:
    """Compares frames on the CPU."""

    def __init__(self, frames: Frames) -> None:
        """Hold the frames."""
        self._frames = frames

    def warp(self, blocks: Blocks, pairs: Pairs, distance: str) -> npt.NDArray[np.float32]:
        """Return the distance of each pair of tokens."""
        # Small products gain nothing from threads, and lose much when other processes compete for the cores.
        with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
            return dtw(self._frame_distances(blocks, distance), pairs)

    def _frame_distances(self, blocks: Blocks, distance: str) -> Block:
        compare = DISTANCES[distance]
        buffer = np.empty(blocks.size, dtype=np.float32)
        r, c, first = blocks.row_bounds.tolist(), blocks.column_bounds.tolist(), [*blocks.first.tolist(), blocks.size]
        for some in parts(blocks.heights + blocks.widths, _GATHERED // self._frames.shape[1]):
            r0, c0 = r[some.start], c[some.start]
            x = self._frames[blocks.rows[r0 : r[some.stop]]]
            y = self._frames[blocks.columns[c0 : c[some.stop]]]
            for tile in range(some.start, some.stop):
                rows, columns = x[r[tile] - r0 : r[tile + 1] - r0], y[c[tile] - c0 : c[tile + 1] - c0]
                compare(rows, columns, buffer[first[tile] : first[tile + 1]].reshape(len(rows), len(columns)))
        return buffer
