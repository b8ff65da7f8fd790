"""Dynamic time warping of many pairs of tokens at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.distances import Block
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.kernel import Pairs

# Cells of one anti-diagonal over all pairs of a batch: small enough to stay in the cache.
_LANES = 1 << 15


def dtw(distances: Block, pairs: Pairs) -> npt.NDArray[np.float32]:
    """Return the mean frame distance along the best path of each pair, shape (pairs,).

    Steps are (1, 0), (0, 1) and (1, 1); the sum is float32 and divided by the number of frame pairs on the path. Of
    equal predecessors the diagonal comes first, then the previous column, then the previous row: the path length, and
    with it the result, depends on that.

    Args:
        distances: a flat buffer.
        pairs: windows into it.
    """
    result = np.empty(len(pairs), dtype=np.float32)
    order = np.lexsort((pairs.columns, pairs.rows))
    with np.errstate(all="ignore"):
        for batch in batches(pairs.rows[order], _LANES):
            which = order[batch]
            result[which] = _dtw_batch(distances, pairs[which])
    return result


def batches(rows: IntArray, cells: int) -> Iterator[slice]:
    """Split pairs sorted by length into batches of about so many cells per anti-diagonal."""
    first = 0
    while first < len(rows):
        lanes = max(1, cells // int(rows[first]))
        last = min(len(rows), first + lanes)
        while (last - first) * rows[last - 1] > 2 * cells and last - first > 1:
            last = first + (last - first) // 2
        yield slice(first, last)
        first = last


def _dtw_batch(distances: Block, pairs: Pairs) -> npt.NDArray[np.float32]:
    """Sweep over the anti-diagonals; shorter pairs ride along and are read off where they end."""
    height, width, lanes = int(pairs.rows.max()), int(pairs.columns.max()), len(pairs)
    where = pairs.base + np.arange(height)[:, None] * (pairs.stride - 1)
    # Row 0 is the border: never the cheapest predecessor.
    before, now, after = (np.full((height + 1, lanes), np.inf, dtype=np.float32) for _ in range(3))
    steps_before, steps_now, steps_after = (np.zeros((height + 1, lanes), dtype=np.float32) for _ in range(3))
    ends = pairs.rows + pairs.columns - 2
    finishing = np.argsort(ends, kind="stable")
    bounds = np.searchsorted(ends[finishing], np.arange(height + width))
    result = np.empty(lanes, dtype=np.float32)
    for k in range(height + width - 1):
        low, high = max(0, k - width + 1), min(height - 1, k) + 1
        here = np.take(distances, where[low:high] + k, mode="clip")
        cost, steps = after[low + 1 : high + 1], steps_after[low + 1 : high + 1]
        if k == 0:
            cost[...], steps[...] = here, 1
        else:
            up, left, diagonal = now[low:high], now[low + 1 : high + 1], before[low:high]
            beside = np.minimum(up, left)
            np.minimum(beside, diagonal, out=cost)
            cost += here
            straight = np.where(left <= up, steps_now[low + 1 : high + 1], steps_now[low:high])
            np.add(np.where(diagonal <= beside, steps_before[low:high], straight), 1, out=steps)
        done = finishing[bounds[k] : bounds[k + 1]]
        if len(done):
            row = pairs.rows[done]
            result[done] = after[row, done] / steps_after[row, done]
        before, now, after = now, after, before
        steps_before, steps_now, steps_after = steps_now, steps_after, steps_before
    return result
