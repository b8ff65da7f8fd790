"""Dynamic time warping of many pairs of tokens at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pytest_zrc.abx.distances import Block
from pytest_zrc.abx.frames import Values
from pytest_zrc.abx.items import IntArray

# Cells of one anti-diagonal over all pairs of a batch: small enough to stay in the cache.
_LANES = 1 << 15


@dataclass(frozen=True, slots=True)
class Windows:
    """Pairs of tokens, as windows into a flat buffer of frame distances.

    The distance of row frame ``i`` and column frame ``j`` stands at ``base + i * stride + j``.

    Attributes:
        base, stride: where the window is, shape (pairs,).
        rows, columns: its size in frames, shape (pairs,).
    """

    base: IntArray
    stride: IntArray
    rows: IntArray
    columns: IntArray

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.base)

    def __getitem__(self, which: IntArray) -> Windows:
        """Choose some of the pairs."""
        return Windows(self.base[which], self.stride[which], self.rows[which], self.columns[which])


def dtw(distances: Block, windows: Windows, *, mean_path: bool = True) -> Values:
    """Return the mean frame distance along the best path of each pair, as it is and transposed, shape (pairs, 2).

    Steps are (1, 0), (0, 1) and (1, 1); the sum is in the precision of the distances, and divided by the number of
    frame pairs on the path. Of equal predecessors the diagonal comes first, then the previous column, then the previous
    row: the path length, and with it the result, depends on that. Of the transposed matrix the cost is the same, and
    the length that of a path which takes the previous row before the previous column.

    Args:
        distances: a flat buffer.
        windows: the pairs.
        mean_path: if not, the sum is left as it is.
    """
    result: Values = np.empty((len(windows), 2), dtype=distances.dtype)
    order = np.lexsort((windows.columns, windows.rows))
    with np.errstate(all="ignore"):
        for batch in batches(windows.rows[order], _LANES):
            which = order[batch]
            costs, steps = _dtw_batch(distances, windows[which])
            result[which] = costs[:, None] / steps if mean_path else costs[:, None]
    return result


def batches(sizes: IntArray, limit: int) -> Iterator[slice]:
    """Cut a sequence sorted by size into slices of at most about ``limit``, each member being as large as the last.

    Where that would waste most of the room, in a slice of very different sizes, it is cut earlier.
    """
    first = 0
    while first < len(sizes):
        alike = int(np.searchsorted(sizes, 4 * sizes[first], side="right"))
        last = min(alike, first + max(1, limit // int(sizes[first])))
        while (last - first) * sizes[last - 1] > 2 * limit and last - first > 1:
            last = first + (last - first) // 2
        yield slice(first, last)
        first = last


def _dtw_batch(distances: Block, windows: Windows) -> tuple[Values, Values]:
    """Sweep over the anti-diagonals; shorter pairs ride along and are read off where they end.

    Returns:
        The costs of the best paths, shape (pairs,); and their lengths, as they are and transposed, shape (pairs, 2).
    """
    height, width, lanes = int(windows.rows.max()), int(windows.columns.max()), len(windows)
    where = windows.base + np.arange(height)[:, None] * (windows.stride - 1)
    # Row 0 is the border: never the cheapest predecessor.
    before, now, after = (np.full((height + 1, lanes), np.inf, dtype=distances.dtype) for _ in range(3))
    # The length of the path to each cell is the real part, that of the transposed matrix the imaginary one.
    steps_before, steps_now, steps_after = (np.zeros((height + 1, lanes), dtype=np.complex64) for _ in range(3))
    ends = windows.rows + windows.columns - 2
    finishing = np.argsort(ends, kind="stable")
    bounds = np.searchsorted(ends[finishing], np.arange(height + width))
    costs: Values = np.empty(lanes, dtype=distances.dtype)
    lengths: Values = np.empty((lanes, 2), dtype=np.float32)
    for k in range(height + width - 1):
        low, high = max(0, k - width + 1), min(height - 1, k) + 1
        here = np.take(distances, where[low:high] + k, mode="clip")
        cost, steps = after[low + 1 : high + 1], steps_after[low + 1 : high + 1]
        if k == 0:
            cost[...], steps[...] = here, 1 + 1j
        else:
            up, left, diagonal = now[low:high], now[low + 1 : high + 1], before[low:high]
            beside = np.minimum(up, left)
            np.minimum(beside, diagonal, out=cost)
            cost += here
            straight = np.where(left <= up, steps_now[low + 1 : high + 1], steps_now[low:high])
            tied = left == up
            if tied.any():
                np.copyto(straight.imag, steps_now[low:high].imag, where=tied)
            np.add(np.where(diagonal <= beside, steps_before[low:high], straight), 1 + 1j, out=steps)
        done = finishing[bounds[k] : bounds[k + 1]]
        if len(done):
            steps = steps_after[windows.rows[done], done]
            costs[done] = after[windows.rows[done], done]
            lengths[done, 0], lengths[done, 1] = steps.real, steps.imag
        before, now, after = now, after, before
        steps_before, steps_now, steps_after = steps_now, steps_after, steps_before
    return costs, lengths
