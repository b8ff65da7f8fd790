"""From distances of tokens to the errors of cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.cells import Tile
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.layout import Layout
from pytest_zrc.abx.ragged import firsts, parts, ranges

_TRIPLETS = 1 << 21  # comparisons held at once


@dataclass(frozen=True, slots=True)
class CellTable:
    """The cells of a batch: each x of a cell has its distances to A and to B as two runs of the token distances.

    Attributes:
        cell: which cell, one an x.
        x: its position among the cell's xs.
        a, n_a: where its distances to A begin, and how many they are.
        b, n_b: likewise, B.
        n_cells: cells in all.
    """

    cell: IntArray
    x: IntArray
    a: IntArray
    n_a: IntArray
    b: IntArray
    n_b: IntArray
    n_cells: int


def cell_table(batch: list[Tile], layout: Layout) -> CellTable:
    """Find the runs of every cell of a batch."""
    tile_of_cell = np.repeat(np.arange(len(batch)), [len(tile.cells) for tile in batch])
    spans = np.array([(*cell.a, *cell.b) for tile in batch for cell in tile.cells], dtype=np.int64).reshape(-1, 4)
    n_x = layout.n_rows[tile_of_cell]
    cell = np.repeat(np.arange(len(spans)), n_x)
    x = np.arange(len(cell)) - np.repeat(firsts(n_x), n_x)
    first = layout.first_pair[tile_of_cell][cell] + x * layout.n_columns[tile_of_cell][cell]
    a0, a1, b0, b1 = spans[cell].T
    return CellTable(cell, x, first + a0, a1 - a0, first + b0, b1 - b0, len(spans))


def count_errors(table: CellTable, distances: npt.NDArray[np.float32], *, same_speaker: bool) -> FloatArray:
    """Return ``1 - (#(d(x, a) < d(x, b)) + #(=) / 2) / #`` over the triplets of each cell, shape (cells,)."""
    fill = _diagonal(table, distances) if same_speaker else None
    correct = np.zeros(table.n_cells)
    triplets = table.n_a * table.n_b
    for part in parts(triplets, _TRIPLETS):
        n = triplets[part]
        which = np.repeat(np.arange(part.start, part.stop), n)
        a, b = np.divmod(ranges(np.zeros_like(n), n), table.n_b[which])
        to_a, to_b = distances[table.a[which] + a], distances[table.b[which] + b]
        if fill is not None:
            itself = a == table.x[which]
            to_a[itself] = fill[table.cell[which[itself]]]
        nearer = np.where(to_a < to_b, 1.0, np.where(to_a == to_b, 0.5, 0.0))
        correct += np.bincount(table.cell[which], weights=nearer, minlength=table.n_cells)
    count = np.bincount(table.cell, weights=(table.n_a - same_speaker) * table.n_b, minlength=table.n_cells)
    return np.asarray(1 - correct / count)


def _diagonal(table: CellTable, distances: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return what stands for d(x, x) in each cell: above all distances to B, so that it counts as no error removed.

    It is ``max + 1`` in float32, as in the original: of huge distances it ties with the maximum.
    """
    runs = distances[ranges(table.b, table.n_b)]
    largest_of_x = np.maximum.reduceat(runs, firsts(table.n_b)) if len(runs) else runs
    fill = np.full(table.n_cells, -np.inf, dtype=np.float32)
    with np.errstate(invalid="ignore"):  # NaN distances stay NaN
        np.maximum.at(fill, table.cell, largest_of_x)
    return fill + np.float32(1)
