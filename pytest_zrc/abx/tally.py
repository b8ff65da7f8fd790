"""Counts the errors of a grid's cells, while its distances come by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx import native
from pytest_zrc.abx.grids import Grid, Strips
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import TokenDistances
from pytest_zrc.abx.ragged import firsts


class Tally:
    """The triplets of each cell that are right so far."""

    def __init__(
        self,
        grid: Grid,
        squares: TokenDistances,
        *,
        mirrored: bool = True,
        itself_ties: bool = True,
        threads: int = 1,
    ) -> None:
        """Begin to count.

        Args:
            grid: what is compared.
            squares: the distances of ``grid.square_pairs()``, shape (pairs, 2).
            mirrored: see ``Profile``.
            itself_ties: see ``count_errors``.
            threads: to count on.
        """
        self._grid, self._threads = grid, threads
        self._squares = _Squares(grid, squares, mirrored=mirrored)
        self._twice = np.zeros(grid.blocks.shape, dtype=np.int64)
        self._largest = _Largest(grid, squares.dtype) if itself_ties and grid.same_speaker else None

    def add(self, strips: Strips, distances: TokenDistances) -> None:
        """Count what some distances decide, those of ``strips.pairs()``, shape (pairs, 2)."""
        rectangles = self._squares.beside(strips)
        if native.library is None:
            twice = _count_twice(rectangles, self._squares, distances)
        else:
            twice = np.empty((len(rectangles), 2), dtype=np.int64)
            of_rows, of_columns = self._squares.of_rows, self._squares.of_columns
            native.library.count_twice(rectangles, of_rows, of_columns, distances, twice, threads=self._threads)
        np.add.at(self._twice, strips.block, twice)
        if self._largest:
            self._largest.add(strips, distances)

    def cells(self) -> tuple[IntArray, FloatArray]:
        """Return the names of all cells and their errors, as in ``Work`` and ``count_errors``."""
        grid = self._grid
        rows, columns, (p, q) = grid.rows, grid.columns, grid.blocks.T
        by_row = rows.sizes[p] * (columns.sizes[p] - grid.same_speaker) * columns.sizes[q]
        by_column = columns.sizes[q] * (rows.sizes[q] - grid.same_speaker) * rows.sizes[p]
        count = np.stack([by_row, by_column])
        twice = self._twice.T + (self._largest.ties().T if self._largest else 0)
        names = np.stack(
            [_names(grid, columns.speaker, rows.speaker, p, q), _names(grid, rows.speaker, columns.speaker, q, p)]
        )
        exist = count > 0
        return names[exist], np.asarray(1 - twice[exist] / 2 / count[exist])


def _names(grid: Grid, speaker: int, x_speaker: int, phone: IntArray, other_phone: IntArray) -> IntArray:
    columns = (grid.context, speaker, x_speaker, grid.phones[phone], grid.phones[other_phone])
    return np.column_stack([np.broadcast_to(column, len(phone)) for column in columns])


class _Squares:
    """The distances of each token to those of its phone, sorted; what is not a number is the last.

    Attributes:
        of_rows: of the row tokens of all squares to the column tokens, one row after the other.
        of_columns: of the column tokens to the row tokens.
    """

    def __init__(self, grid: Grid, distances: TokenDistances, *, mirrored: bool) -> None:
        self._grid, self._first = grid, firsts(grid.square_sizes)
        self.of_rows = np.empty(int(grid.square_sizes.sum()), dtype=distances.dtype)
        self.of_columns = self.of_rows if grid.same_speaker else np.empty_like(self.of_rows)
        begin = 0
        for phone in grid.compared.tolist():
            height, width = int(grid.rows.sizes[phone]), int(grid.columns.sizes[phone])
            end = begin + (height * (height - 1) // 2 if grid.same_speaker else height * width)
            its = slice(int(self._first[phone]), int(self._first[phone]) + height * width)
            if grid.same_speaker:
                self.of_rows[its] = np.sort(_square(distances[begin:end], height, mirrored=mirrored), axis=1).ravel()
            else:
                square = distances[begin:end].reshape(height, width, 2)
                self.of_rows[its] = np.sort(square[:, :, 0], axis=1).ravel()
                self.of_columns[its] = np.sort(square[:, :, 1].T, axis=1).ravel()
            begin = end

    def beside(self, strips: Strips) -> IntArray:
        """Return where each strip finds what its distances are compared with.

        Returns:
            rows; columns; where the distances of the first row to its As begin; how many each row has; and likewise of
            the columns; shape (strips, 6).
        """
        grid = self._grid
        p, q = grid.blocks[strips.block].T
        n_of_row, n_of_column = grid.columns.sizes[p], grid.rows.sizes[q]
        first_of_rows = self._first[p] + strips.first * n_of_row
        return np.column_stack([strips.heights, strips.widths, first_of_rows, n_of_row, self._first[q], n_of_column])


def _square(pairs: TokenDistances, size: int, *, mirrored: bool) -> TokenDistances:
    """Return the distances among some tokens from those of the pairs above the diagonal; on this is no number."""
    square = np.full((size, size), np.nan, dtype=pairs.dtype)
    above = np.triu_indices(size, 1)
    square[above] = pairs[:, 0]
    square.T[above] = pairs[:, 0 if mirrored else 1]
    return square


def _count_twice(rectangles: IntArray, squares: _Squares, distances: TokenDistances) -> IntArray:
    """Return 2 #(d(x, a) < d(x, b)) + #(=) of each rectangle, with its rows and with its columns as X."""
    twice = []
    begin = 0
    for height, width, of_rows, n_of_row, of_columns, n_of_column in rectangles.tolist():
        block = distances[begin : begin + height * width].reshape(height, width, 2)
        begin += height * width
        to_a = squares.of_rows[of_rows : of_rows + height * n_of_row].reshape(height, n_of_row)
        to_x = squares.of_columns[of_columns : of_columns + width * n_of_column].reshape(width, n_of_column)
        twice.append((_ranks(to_a, block[:, :, 0]), _ranks(to_x, block[:, :, 1].T)))
    return np.array(twice, dtype=np.int64)


def _ranks(to_a: TokenDistances, to_b: TokenDistances) -> int:
    """Count, row by row, how many distances to A are below each one to B, and how many are not above it."""
    total = 0
    for a, b in zip(to_a, to_b, strict=True):
        numbers, others = a[~np.isnan(a)], b[~np.isnan(b)]
        total += int(np.searchsorted(numbers, others, "left").sum() + np.searchsorted(numbers, others, "right").sum())
    return total


class _Largest:
    """The largest distance to B in each cell, and how often it occurs: as often ``max + 1`` may tie with it."""

    def __init__(self, grid: Grid, dtype: npt.DTypeLike) -> None:
        self._values = np.full(grid.blocks.shape, -np.inf, dtype=dtype)
        self._times = np.zeros(grid.blocks.shape, dtype=np.int64)

    def add(self, strips: Strips, distances: TokenDistances) -> None:
        """Look at the distances of some strips."""
        ends = np.cumsum(strips.heights * strips.widths).tolist()
        for block, begin, end in zip(strips.block.tolist(), [0, *ends], ends, strict=False):
            some = distances[begin:end]
            largest = np.maximum(self._values[block], some.max(axis=0))  # NaN if one of them is
            self._times[block] *= largest == self._values[block]
            self._times[block] += (some == largest).sum(axis=0)
            self._values[block] = largest

    def ties(self) -> IntArray:
        """Count how often ``max + 1`` equals a distance."""
        with np.errstate(invalid="ignore"):
            return np.where(self._values + 1 == self._values, self._times, 0)
