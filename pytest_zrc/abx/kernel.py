"""What does the heavy work: distances of frames, and the warping of tokens over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.ragged import firsts


@dataclass(frozen=True)
class Blocks:
    """Matrices of frame distances, one a tile, that stand one after the other in a flat buffer.

    Attributes:
        rows, columns: the frames of all tiles, one tile after the other, as indices into those of the kernel.
        row_bounds, column_bounds: where each tile's begin and the last one's end, shape (tiles + 1,).
    """

    rows: IntArray
    columns: IntArray
    row_bounds: IntArray
    column_bounds: IntArray

    @cached_property
    def heights(self) -> IntArray:
        """Row frames of each tile."""
        return np.diff(self.row_bounds)

    @cached_property
    def widths(self) -> IntArray:
        """Column frames of each tile."""
        return np.diff(self.column_bounds)

    @cached_property
    def first(self) -> IntArray:
        """Where each tile's matrix begins in the buffer."""
        return firsts(self.heights * self.widths)

    @cached_property
    def size(self) -> int:
        """The length of the buffer."""
        return int((self.heights * self.widths).sum())


@dataclass(frozen=True, slots=True)
class Pairs:
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

    def __getitem__(self, which: npt.NDArray[np.int64] | slice) -> Pairs:
        """Choose some of the pairs."""
        return Pairs(self.base[which], self.stride[which], self.rows[which], self.columns[which])


class Kernel(Protocol):
    """Holds the normalised frames of a subset, shape (frames, dim + 1), and compares them."""

    def warp(self, blocks: Blocks, pairs: Pairs, distance: str) -> npt.NDArray[np.float32]:
        """Return the distance of each pair of tokens.

        Args:
            blocks: the frame distances that are needed.
            pairs: windows into them, shape (pairs,).
            distance: ``cosine``, ``euclidean``, ``kl`` or ``kl_symmetric``.
        """
