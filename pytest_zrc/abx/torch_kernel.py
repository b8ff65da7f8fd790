"""The kernel for GPUs: pairs of tokens, batched by length, in PyTorch.

The frames of a batch are gathered and padded, compared by one product, and warped together. What is held at once is
bounded. Results come back from the device once a call; only the divergences ask it for something before that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pytest_zrc.abx.distances import CANCELLED, DISTANCES, EPSILON
from pytest_zrc.abx.dtw import batches
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

_BYTES = {"cuda": 1 << 28, "cpu": 1 << 26}  # of gathered frames, and of the distances of a batch
_FRAME = 16  # bytes of a gathered value: in its own precision, and in float64 or as a logarithm of it
_UNIT = 16  # bytes of a distance that is looked up: where, and what it is
_STEPS = 8  # bytes of the two lengths of the path to a frame pair
_AGAIN = 1 << 22  # values of frames that are compared a second time at once


@dataclass(frozen=True, slots=True)
class _Batch:
    """Pairs of tokens on the device.

    Attributes:
        starts, lengths: of their frames, shape (pairs, 2).
        height, width: the most frames that a first token has, and a second.
    """

    starts: Tensor
    lengths: Tensor
    height: int
    width: int

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.starts)

    def frames(self, some: slice, side: int) -> Tensor:
        """Return the frames of some first or second tokens, the last one repeated; shape (pairs, height or width)."""
        steps = torch.arange((self.height, self.width)[side], device=self.starts.device)
        return self.starts[some, side, None] + torch.minimum(steps, self.lengths[some, side, None] - 1)


class _Speech(Protocol):
    """Frames on the device; distances have their type."""

    @property
    def dtype(self) -> torch.dtype: ...

    def room(self, batch: _Batch) -> int:
        """Return the bytes that it takes to compare one pair of a batch."""

    def distances(self, rows: Tensor, columns: Tensor, distance: str, *, back: bool) -> Tensor:
        """Return the distances of frames, shape (pairs, height), to others, (pairs, width), or back.

        Returns:
            Shape (pairs, height, width).
        """


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Frames that are compared; ``zero`` only if some of them are zero."""

    values: Tensor
    zero: Tensor | None

    @property
    def dtype(self) -> torch.dtype:
        return self.values.dtype

    def room(self, batch: _Batch) -> int:
        return _FRAME * (batch.height + batch.width) * self.values.shape[1]

    def distances(self, rows: Tensor, columns: Tensor, distance: str, *, back: bool) -> Tensor:
        compare, x, y = _COMPARE[distance], self.values[rows], self.values[columns]
        block = compare(y, x).mT if back else compare(x, y)
        if self.zero is None:
            return block
        return _zero_frames_apart(block, self.zero[rows], self.zero[columns], DISTANCES[distance].of_zero)


@dataclass(frozen=True, slots=True)
class _Indices:
    """Frames whose distances are in a table."""

    ids: Tensor
    table: Tensor | None

    @property
    def dtype(self) -> torch.dtype:
        return torch.float32 if self.table is None else self.table.dtype

    def room(self, batch: _Batch) -> int:
        return _UNIT * batch.height * batch.width

    def distances(self, rows: Tensor, columns: Tensor, distance: str, *, back: bool) -> Tensor:  # noqa: ARG002
        u, v = self.ids[rows][:, :, None], self.ids[columns][:, None, :]
        if self.table is None:
            return (u != v).float()
        return self.table[v, u] if back else self.table[u, v]


class TorchKernel:
    """Compares tokens on a device of PyTorch.

    Attributes:
        name: ``torch``, with the device.
    """

    def __init__(self, device: str) -> None:
        """Compute on this device, ``cuda`` or ``cpu``."""
        self.name = f"torch-{device}"
        self._device = torch.device(device)
        self._bytes = _BYTES[self._device.type]
        self._held: WeakKeyDictionary[Frames | Units, _Speech] = WeakKeyDictionary()

    def distances(self, frames: Frames | Units, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        """Return the distance of each pair of tokens, both ways round; see ``Kernel``."""

        def compare(pairs: TokenPairs) -> TokenDistances:
            return self._distances(frames, spans, pairs, measure)

        return around_empty_tokens(spans, pairs, frames.dtype, compare)

    def _distances(self, frames: Frames | Units, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        # The shorter token has the rows, and pairs of like lengths stand together: there is less to pad.
        lengths = spans.lengths[pairs]
        order = np.lexsort((lengths.min(axis=1), lengths.max(axis=1)))
        turned = (lengths[:, 0] > lengths[:, 1])[order, None]
        sorted_pairs = np.where(turned, pairs[order, ::-1], pairs[order])
        with torch.inference_mode():
            speech = self._speech(frames)
            cuts = self._batches(spans, sorted_pairs, frames.dtype.itemsize + _STEPS)
            symmetric = is_symmetric(frames, measure)
            parts = [self._batch(speech, batch, measure, symmetric=symmetric) for batch in cuts]
            found = torch.cat(parts).cpu().numpy() if parts else np.empty((0, 2))
        result: TokenDistances = np.empty((len(pairs), 2), dtype=frames.dtype)
        result[order] = np.where(turned, found[:, ::-1], found)
        return result

    def _there(self, values: npt.NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(values).to(self._device)

    def _speech(self, frames: Frames | Units) -> _Speech:
        """Copy frames to the device, unless they are there; they stay as long as they live here."""
        if frames not in self._held:
            self._held[frames] = self._indices(frames) if isinstance(frames, Units) else self._vectors(frames)
        return self._held[frames]

    def _vectors(self, frames: Frames) -> _Speech:
        return _Vectors(self._there(frames.values), self._there(frames.zero) if frames.zero.any() else None)

    def _indices(self, units: Units) -> _Speech:
        return _Indices(self._there(units.ids).long(), None if units.table is None else self._there(units.table))

    def _batches(self, spans: Spans, pairs: TokenPairs, cell: int) -> Iterator[_Batch]:
        """Cut pairs, sorted by the length of the second token, which is the longer one."""
        starts, lengths = spans.starts[pairs], spans.lengths[pairs]
        starts_there, lengths_there = self._there(starts), self._there(lengths)
        for some in batches(cell * (lengths[:, 1] + 1) ** 2, self._bytes):
            height, width = lengths[some].max(axis=0).tolist()
            yield _Batch(starts_there[some], lengths_there[some], height, width)

    def _batch(self, speech: _Speech, batch: _Batch, measure: Measure, *, symmetric: bool) -> Tensor:
        """Return the distances of the pairs of a batch, shape (pairs, 2)."""
        result = _warp(self._frame_distances(speech, batch, measure.distance), batch, mean_path=measure.mean_path)
        if not symmetric:
            costs = self._frame_distances(speech, batch, measure.distance, back=True)
            result[:, 1] = _warp(costs, batch, mean_path=measure.mean_path)[:, 1]
        return result

    def _frame_distances(self, speech: _Speech, batch: _Batch, distance: str, *, back: bool = False) -> Tensor:
        """Return the distances of first tokens' frames to second tokens', or back; shape (height, width, pairs).

        In front of the first row and column stands the border of the warping, which costs infinitely much.
        """
        shape = (batch.height + 1, batch.width + 1, len(batch))
        costs = torch.full(shape, torch.inf, dtype=speech.dtype, device=self._device)
        step = max(1, self._bytes // speech.room(batch))
        for first in range(0, len(batch), step):
            some = slice(first, first + step)
            block = speech.distances(batch.frames(some, 0), batch.frames(some, 1), distance, back=back)
            costs[1:, 1:, some] = block.permute(1, 2, 0)
        return costs


def _zero_frames_apart(block: Tensor, x: Tensor, y: Tensor, of_zero: float) -> Tensor:
    """Give frames of zeros their distances to all others, and to each other; what is not a number remains so."""
    x, y = x[:, :, None], y[:, None, :]
    return block.masked_fill((x != y) & ~block.isnan(), of_zero).masked_fill_(x & y, 0)


def _warp(costs: Tensor, batch: _Batch, *, mean_path: bool) -> Tensor:
    """Return the mean distance along the best path, or the sum, as it is and transposed; shape (pairs, 2).

    This is ``pytest_zrc.abx.dtw`` again, in place: what is behind the anti-diagonal are costs of paths.

    Args:
        costs: distances of frames, with a border, shape (height + 1, width + 1, pairs).
        batch: the pairs.
        mean_path: whether to divide by the length of the path.
    """
    steps = torch.zeros((2, *costs.shape), device=costs.device)
    costs[0, 0] = 0  # where all paths begin
    for k in range(2, batch.height + batch.width + 1):
        low = max(1, k - batch.width)
        count = min(batch.height, k - 1) + 1 - low
        up, left, diagonal = (
            (low - 1, k - low, count),
            (low, k - low - 1, count),
            (low - 1, k - low - 1, count),
        )
        cost_up, cost_left, cost_diagonal = (_along(costs, *place) for place in (up, left, diagonal))
        beside = torch.minimum(cost_up, cost_left)
        _along(costs, low, k - low, count).add_(torch.minimum(beside, cost_diagonal))
        # Transposed, the path that comes from above is the one that comes from the left.
        left_first = torch.stack((cost_left <= cost_up, cost_left < cost_up))
        straight = torch.where(left_first, _along(steps, *left), _along(steps, *up))
        torch.where(cost_diagonal <= beside, _along(steps, *diagonal), straight, out=straight)
        torch.add(straight, 1, out=_along(steps, low, k - low, count))
    rows, columns = batch.lengths.T
    pairs = torch.arange(len(batch), device=costs.device)
    cost, lengths = costs[rows, columns, pairs], steps[:, rows, columns, pairs]
    return (cost / (lengths if mean_path else torch.ones_like(lengths))).T


def _along(values: Tensor, row: int, column: int, count: int) -> Tensor:
    """View an anti-diagonal, from a cell down to the left; shape (..., count, pairs)."""
    *others, down, right, pairs = values.stride()
    return values.as_strided(
        (*values.shape[:-3], count, values.shape[-1]), (*others, down - right, pairs), row * down + column * right
    )


def _angular(x: Tensor, y: Tensor) -> Tensor:
    product = torch.clamp(x @ y.mT, -1, 1)
    return torch.acos(product.double()).to(x.dtype) / torch.tensor(torch.pi, dtype=x.dtype)


def _euclidean(x: Tensor, y: Tensor) -> Tensor:
    # Not as a product: equal frames are to be at distance zero, so that ties stay ties.
    return torch.cdist(x.double(), y.double(), compute_mode="donot_use_mm_for_euclid_dist").to(x.dtype)


def _kl(x: Tensor, y: Tensor) -> Tensor:
    u, v = x.double(), y.double()
    own, other = (u * torch.log(u + EPSILON)).sum(2, keepdim=True), u @ torch.log(v + EPSILON).mT
    value, terms = own - other, torch.clamp(own.abs() + other.abs(), min=1)
    # Where large terms cancelled, equal frames may not be at distance zero; and negative frames have no logarithm of
    # their own, but the ratio of two of them has one. These few are computed from the frames themselves.
    pair, row, column = torch.nonzero(~(value.abs() > CANCELLED[x.element_size()] * terms), as_tuple=True)
    step = max(1, _AGAIN // x.shape[2])
    for first in range(0, len(pair), step):
        p, r, c = (index[first : first + step] for index in (pair, row, column))
        a, b = u[p, r], v[p, c]
        value[p, r, c] = (a * torch.log((a + EPSILON) / (b + EPSILON))).sum(1)
    return value.to(x.dtype)


def _kl_symmetric(x: Tensor, y: Tensor) -> Tensor:
    return (_kl(x, y) + _kl(y, x).mT) / 2


def _identical(x: Tensor, y: Tensor) -> Tensor:
    return (torch.cdist(x, y, p=0) != 0).to(x.dtype)  # it counts the values that differ


_COMPARE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cosine": _angular,
    "euclidean": _euclidean,
    "kl": _kl,
    "kl_symmetric": _kl_symmetric,
    "identical": _identical,
}
