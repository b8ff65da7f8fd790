"""From the cells of a condition to the distances that they need, each of them once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx import native
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode, Tile, tiles
from pytest_zrc.abx.frames import Tokens
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.ragged import firsts, ranges

_AT_MOST = 8  # times the capacity: what a pair of speakers that shares its distances may hold


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Some cells of a condition, with all that they compare.

    A tile's distances are a matrix, tokens X against tokens of A and the Bs; what stands in it are *uses* of the
    distances of pairs. The distance of two tokens may depend on which of them is the row: a use says so.

    Attributes:
        pairs: two tokens, int32, shape (pairs, 2). At most one of (t, u) and (u, t) occurs. Those that a tile adds
            stand together, and in it those with the same first token.
        uses: int32, the matrices of all tiles one after the other, row by row. It is ``2 * pair`` for the distance with
            the pair's first token as the row, ``2 * pair + 1`` for that with its second, -1 for a token against itself.
        first_use: where the matrix of each tile begins, shape (tiles,).
        n_rows, n_columns: its size.
        cell_tile: the tile of each cell, shape (cells,).
        spans: the columns of A ``[a0, a1)`` and those of B ``[b0, b1)`` in the tile, shape (cells, 4).
        names: context, speaker (of A and B), x_speaker, phone (of A and X), other_phone; shape (cells, 5).
        share: of the tokens of the condition those that are done after this, from 0 to 1.
    """

    pairs: npt.NDArray[np.int32]
    uses: npt.NDArray[np.int32]
    first_use: IntArray
    n_rows: IntArray
    n_columns: IntArray
    cell_tile: IntArray
    spans: IntArray
    names: IntArray
    share: float

    def tokens(self) -> IntArray:
        """Return all tokens that are compared, sorted."""
        is_one = np.zeros(self.pairs.max(initial=-1) + 1, dtype=np.bool_)
        is_one[self.pairs.reshape(-1)] = True
        return np.flatnonzero(is_one)


def plan(
    tokens: Tokens,
    context: ContextMode,
    speaker: SpeakerMode,
    limits: Limits,
    *,
    capacity: int,
    mirrored: bool = True,
) -> Iterator[Work]:
    """Plan a condition.

    Args:
        tokens: all tokens.
        context: compare tokens of the same context only (``within``), or of all (``any``).
        speaker: X by the speaker of A and B (``within``), or by another one (``across``).
        limits: how many are compared.
        capacity: about how many uses a work may hold.
        mirrored: see ``Profile``.
    """
    last: Work | None = None
    works = _planned_works if native.library is None else _compiled_works
    for work in works(tokens, context, speaker, limits, capacity, mirrored=mirrored):
        if last:
            yield last
        last = work
    if last:
        yield replace(last, share=1.0)  # whatever tokens come after it have no cell


def _compiled_works(
    tokens: Tokens, context: ContextMode, speaker: SpeakerMode, limits: Limits, capacity: int, *, mirrored: bool
) -> Iterator[Work]:
    """Let the compiled planner do it: it replays the stream of Python's generator from the state it has at first."""
    planner = native.require().Planner(
        tokens.context,
        tokens.speaker,
        tokens.phone,
        within_context=context == "within",
        within_speaker=speaker == "within",
        mirrored=mirrored,
        group_limit=-1 if limits.group is None else min(limits.group, len(tokens)),
        speaker_limit=-1 if limits.speakers is None else min(limits.speakers, len(tokens)),
        state=np.array(limits.generator().getstate()[1], dtype=np.uint32),
    )
    while columns := planner.next(capacity):
        yield Work(*columns)


def _planned_works(
    tokens: Tokens, context: ContextMode, speaker: SpeakerMode, limits: Limits, capacity: int, *, mirrored: bool
) -> Iterator[Work]:
    total = max(1, len(tokens))
    table = _Table()
    done, held = 0, 0  # tokens: of the contexts before the table, and of those in it
    for n_tokens, drawn in tiles(tokens, context, speaker, limits):
        table.add_context(drawn)
        held += n_tokens
        if table.uses >= capacity:
            yield from _works_of(table, capacity, done / total, held / total, mirrored=mirrored)
            table, done, held = _Table(), done + held, 0
    yield from _works_of(table, capacity, done / total, held / total, mirrored=mirrored)


class _Table:
    """The tiles of some contexts as columns of numbers: as objects they would take ten times the memory.

    Attributes:
        uses: token distances in all.
        tiles: context (counted from 0), the tile's four names, n_rows, n_columns and n_cells, one after the other.
        rows, columns: the tokens of all tiles.
        cells: other_phone, b0 and b1 of each cell.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.uses = 0
        self.tiles, self.cells = array("q"), array("q")
        self.rows, self.columns = array("i"), array("i")
        self._contexts = 0

    def add_context(self, drawn: Iterable[Tile]) -> None:
        """Append the tiles of a context."""
        for tile in drawn:
            n_rows, n_columns = len(tile.rows), len(tile.columns)
            self.uses += n_rows * n_columns
            self.tiles.extend((self._contexts, *tile[:4], n_rows, n_columns, len(tile.other_phones)))
            self.rows.extend(tile.rows)
            self.columns.extend(tile.columns)
            for cell in zip(tile.other_phones, tile.bounds, tile.bounds[1:], strict=False):
                self.cells.extend(cell)
        self._contexts += 1


def _works_of(table: _Table, capacity: int, done: float, share: float, *, mirrored: bool) -> Iterator[Work]:
    """Cut a table, which is so much of the condition, into works."""
    if not table.uses:
        return
    arrays = _Arrays(table, mirrored=mirrored)
    context, _, speaker, x_speaker = arrays.tiles[:, :4].T
    # Two speakers who were each drawn as the other's X share distances: their tiles are to stand in the same work.
    group = np.stack([context, np.minimum(speaker, x_speaker), np.maximum(speaker, x_speaker)])
    order = np.lexsort(group[::-1])
    starts = np.any(np.diff(group[:, order], axis=1, prepend=-1) != 0, axis=0)
    uses = 0
    for some in _slices(arrays.sizes[order], starts, capacity):
        which = order[some]
        uses += int(arrays.sizes[which].sum())
        yield arrays.work(which, done + share * uses / table.uses)


def _slices(sizes: IntArray, starts: npt.NDArray[np.bool_], capacity: int) -> Iterator[slice]:
    """Cut a sequence where it is full: at the start of a group, or anywhere if it is far too full."""
    first, held = 0, 0
    for position, (size, start) in enumerate(zip(sizes.tolist(), starts.tolist(), strict=True)):
        if held >= (capacity if start else _AT_MOST * capacity):
            yield slice(first, position)
            first, held = position, 0
        held += size
    yield slice(first, len(sizes))


class _Arrays:
    """A table of tiles as arrays, in which those of any tile can be found.

    Attributes:
        tiles: as in the table, shape (tiles, 8).
        sizes: the token distances of each tile, shape (tiles,).
    """

    def __init__(self, table: _Table, *, mirrored: bool) -> None:
        """Look at a table that is complete."""
        self._mirrored = mirrored
        self.tiles: IntArray = np.frombuffer(table.tiles, dtype=np.int64).reshape(-1, 8)
        self._rows = np.frombuffer(table.rows, dtype=np.intc)
        self._columns = np.frombuffer(table.columns, dtype=np.intc)
        self._cells: IntArray = np.frombuffer(table.cells, dtype=np.int64).reshape(-1, 3)
        self._n_rows, self._n_columns, self._n_cells = self.tiles[:, 5:].T
        self._first_row, self._first_column = firsts(self._n_rows), firsts(self._n_columns)
        self._first_cell = firsts(self._n_cells)
        self.sizes = self._n_rows * self._n_columns

    def work(self, which: IntArray, share: float) -> Work:
        """Make a work of some tiles."""
        n_rows, n_columns, n_cells = self._n_rows[which], self._n_columns[which], self._n_cells[which]
        cells = self._cells[ranges(self._first_cell[which], n_cells)]
        cell_tile = np.repeat(np.arange(len(which)), n_cells)
        names = self.tiles[which, 1:5][cell_tile]
        first_b = cells[firsts(n_cells), 1]  # where the first B begins, A ends
        spans = np.column_stack([np.zeros_like(cell_tile), first_b[cell_tile], cells[:, 1:]])
        pairs, uses = _distinct(*self._compared(which))
        return Work(
            pairs=pairs,
            uses=uses,
            first_use=firsts(self.sizes[which]),
            n_rows=n_rows,
            n_columns=n_columns,
            cell_tile=cell_tile,
            spans=spans,
            names=np.column_stack([names, cells[:, 0]]),
            share=share,
        )

    def _compared(self, which: IntArray) -> tuple[IntArray, IntArray]:
        """Return the tokens of each use: the one that has the rows, and the other.

        Where X and A are the same tokens, and distances are mirrored, the earlier has the rows above and below the
        diagonal.
        """
        n_rows, n_columns = self._n_rows[which], self._n_columns[which]
        rows = self._rows[ranges(self._first_row[which], n_rows)].astype(np.int64)
        columns = self._columns[ranges(self._first_column[which], n_columns)].astype(np.int64)
        width = np.repeat(n_columns, n_rows)  # of the row of each token X
        x, y = np.repeat(rows, width), columns[ranges(np.repeat(firsts(n_columns), n_rows), width)]
        same_speaker = self.tiles[which[0], 2] == self.tiles[which[0], 3]
        if same_speaker and self._mirrored:
            row = np.repeat(ranges(np.zeros_like(n_rows), n_rows), width)
            below = ranges(np.zeros_like(width), width) < row
            x, y = np.where(below, y, x), np.where(below, x, y)
        return x, y


def _distinct(x: IntArray, y: IntArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the pairs in the order in which they are first used, and the uses; see ``Work``."""
    uses = np.full(len(x), -1, dtype=np.int32)
    others = np.flatnonzero(x != y)
    x, y = x[others], y[others]
    low, high = np.minimum(x, y), np.maximum(x, y)
    _, pair = np.unique(low * (high.max(initial=0) + 1) + high, return_inverse=True)
    first = np.empty(pair.max(initial=-1) + 1, dtype=np.int64)
    first[pair[::-1]] = np.arange(len(pair))[::-1]  # of several uses the first one stays
    order = np.argsort(first)
    first = first[order]
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    pair = rank[pair]
    uses[others] = 2 * pair + (x != x[first][pair])
    return np.column_stack([x[first], y[first]]).astype(np.int32), uses
