"""Where the distances of many tiles stand."""

from __future__ import annotations

import numpy as np

from pytest_zrc.abx.cells import Tile
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.ragged import firsts


class Layout:
    """Where the distances of a batch of tiles are: of frames in a flat buffer, of tokens as one matrix a tile.

    Attributes:
        rows, columns: the tokens of all tiles, one tile after the other.
        n_rows, n_columns: how many of them each tile has.
        first_row, first_column: where each tile's begin.
        first_pair: where each tile's matrix of token distances begins.
        total: token distances in all.
    """

    def __init__(self, batch: list[Tile]) -> None:
        """Lay a batch out."""
        self.rows = np.array([token for tile in batch for token in tile.rows], dtype=np.int64)
        self.columns = np.array([token for tile in batch for token in tile.columns], dtype=np.int64)
        self.n_rows = np.array([len(tile.rows) for tile in batch], dtype=np.int64)
        self.n_columns = np.array([len(tile.columns) for tile in batch], dtype=np.int64)
        self.first_row, self.first_column = firsts(self.n_rows), firsts(self.n_columns)
        pairs = self.n_rows * self.n_columns
        self.first_pair, self.total = firsts(pairs), int(pairs.sum())

    def pairs(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return the tile, row and column of each token distance."""
        tile = np.repeat(np.arange(len(self.n_rows)), self.n_rows * self.n_columns)
        row, column = np.divmod(np.arange(self.total) - self.first_pair[tile], self.n_columns[tile])
        return tile, row, column
