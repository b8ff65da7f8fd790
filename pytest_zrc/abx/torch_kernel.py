"""The kernel for GPUs: the same work as the NumPy kernel's, in PyTorch; the frames stay on the device."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pytest_zrc.abx.distances import CANCELLED, EPSILON
from pytest_zrc.abx.dtw import batches
from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.kernel import Blocks, Pairs

_CHUNK = 1 << 24
_LANES = 1 << 21  # cells of one anti-diagonal over all pairs of a batch


class TorchKernel:
    """Compares frames on any device of PyTorch."""

    def __init__(self, frames: Frames, device: str) -> None:
        """Copy the frames to the device."""
        self._device = torch.device(device)
        self._frames = torch.from_numpy(frames).to(self._device)

    def warp(self, blocks: Blocks, pairs: Pairs, distance: str) -> npt.NDArray[np.float32]:
        """Return the distance of each pair of tokens."""
        with torch.inference_mode():
            buffer = self._frame_distances(blocks, distance)
            order = np.lexsort((pairs.columns, pairs.rows))
            result = np.empty(len(pairs), dtype=np.float32)
            for batch in batches(pairs.rows[order], _LANES):
                which = order[batch]
                result[which] = self._dtw(buffer, pairs[which]).cpu().numpy()
        return result

    def _frame_distances(self, blocks: Blocks, distance: str) -> Tensor:
        compare = _DISTANCES[distance]
        x, y = self._frames[self._index(blocks.rows)], self._frames[self._index(blocks.columns)]
        r, c, first = blocks.row_bounds.tolist(), blocks.column_bounds.tolist(), [*blocks.first.tolist(), blocks.size]
        buffer = torch.empty(blocks.size, dtype=torch.float32, device=self._device)
        for tile in range(len(first) - 1):
            rows, columns = x[r[tile] : r[tile + 1]], y[c[tile] : c[tile + 1]]
            if len(rows) and len(columns):
                buffer[first[tile] : first[tile + 1]] = compare(rows, columns).reshape(-1)
        return buffer

    def _index(self, values: IntArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(self._device)

    def _dtw(self, buffer: Tensor, pairs: Pairs) -> Tensor:
        """Sweep over the anti-diagonals, as ``pytest_zrc.abx.dtw`` does."""
        height, width, lanes = int(pairs.rows.max()), int(pairs.columns.max()), len(pairs)
        steps_down = torch.arange(height, device=self._device)[:, None]
        where = self._index(pairs.base) + steps_down * (self._index(pairs.stride) - 1)
        rows, ends = self._index(pairs.rows), self._index(pairs.rows + pairs.columns - 2)
        cost = [torch.full((height + 1, lanes), torch.inf, device=self._device) for _ in range(3)]
        steps = [torch.zeros((height + 1, lanes), device=self._device) for _ in range(3)]
        result = torch.empty(lanes, device=self._device)
        for k in range(height + width - 1):
            before, now, after = ((k + shift) % 3 for shift in (1, 2, 3))
            low, high = max(0, k - width + 1), min(height - 1, k) + 1
            up, left, diagonal = cost[now][low:high], cost[now][low + 1 : high + 1], cost[before][low:high]
            here = buffer[(where[low:high] + k).clamp_(max=len(buffer) - 1)]
            if k == 0:
                cost[after][1], steps[after][1] = here[0], 1
            else:
                beside = torch.minimum(up, left)
                cost[after][low + 1 : high + 1] = here + torch.minimum(beside, diagonal)
                straight = torch.where(left <= up, steps[now][low + 1 : high + 1], steps[now][low:high])
                steps[after][low + 1 : high + 1] = 1 + torch.where(
                    diagonal <= beside, steps[before][low:high], straight
                )
            # Without asking the device which pairs end here: all take the value, and the last one stays.
            mean = torch.gather(cost[after], 0, rows[None]) / torch.gather(steps[after], 0, rows[None])
            result = torch.where(ends == k, mean[0], result)
        return result


def _angular(x: Tensor, y: Tensor) -> Tensor:
    product = torch.clamp(x @ y.T, -1, 1)
    return torch.acos(product.double()).float() / torch.tensor(torch.pi, dtype=torch.float32)


def _euclidean(x: Tensor, y: Tensor) -> Tensor:
    u, v = x[:, :-1].double(), y[:, :-1].double()
    border = (x[:, -1:].double() - y[:, -1:].double().T) ** 2
    square = (u * u).sum(1)[:, None] + (v * v).sum(1)[None, :] - 2 * (u @ v.T)
    _again_where_cancelled(square, u, v, lambda a, b: ((a - b) ** 2).sum(1))
    return torch.sqrt(square + border).float()


def _kl(x: Tensor, y: Tensor) -> Tensor:
    u, v = x.double(), y.double()
    value = (u * torch.log(u + EPSILON)).sum(1)[:, None] - u @ torch.log(v + EPSILON).T
    value = torch.nan_to_num(value, nan=0.0, posinf=torch.inf, neginf=-torch.inf)
    _again_where_cancelled(value, u, v, lambda a, b: (a * torch.log((a + EPSILON) / (b + EPSILON))).sum(1))
    return value.float()


def _kl_symmetric(x: Tensor, y: Tensor) -> Tensor:
    return (_kl(x, y) + _kl(y, x).T) / 2


def _again_where_cancelled(value: Tensor, u: Tensor, v: Tensor, directly: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Compute the entries near zero from the frames themselves, so that ties stay ties."""
    rows, columns = torch.nonzero(~(value.abs() > CANCELLED), as_tuple=True)
    step = max(1, _CHUNK // max(1, u.shape[1]))
    for first in range(0, len(rows), step):
        r, c = rows[first : first + step], columns[first : first + step]
        value[r, c] = directly(u[r], v[c])


_DISTANCES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cosine": _angular,
    "euclidean": _euclidean,
    "kl": _kl,
    "kl_symmetric": _kl_symmetric,
}
