"""Scores a condition: plans its tiles, computes their distances in batches, and counts the errors of their cells.

A batch holds as many tiles as fit into a fixed number of frame distances, so that memory does not grow with the
corpus; within a batch nothing is done pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from pytest_zrc.abx.averaging import CellErrors, error_rate
from pytest_zrc.abx.cells import Cell, ContextMode, Limits, SpeakerMode, Tile, tiles
from pytest_zrc.abx.distances import DISTANCES, FrameDistance
from pytest_zrc.abx.dtw import Pairs, dtw
from pytest_zrc.abx.frames import Frames, Tokens
from pytest_zrc.abx.items import IntArray

VERSION = 1  # of the scores: to be raised whenever a change may alter one
_BATCH = 1 << 22  # frame distances held at once
_TRIPLETS = 1 << 21  # comparisons held at once

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ConditionScore:
    """The error rate of a condition, a fraction, with the cells that it was averaged from."""

    error_rate: float
    cells: CellErrors


def score_condition(
    tokens: Tokens,
    frames: Frames,
    first_frame: IntArray,
    *,
    context: ContextMode,
    speaker: SpeakerMode,
    distance: str = "cosine",
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> ConditionScore | None:
    """Compute one ABX error rate.

    Args:
        tokens: what is compared.
        frames: the normalised frames of all files, one file after the other, shape (frames, dim + 1).
        first_frame: where each file of ``tokens.files`` begins in ``frames``.
        context: compare tokens in the same context, or in any.
        speaker: X by the speaker of A and B, or by another one.
        distance: a key of ``DISTANCES``.
        limits: the subsampling; by default that of the published scores.
        progress: called now and then with the share that is done, from 0 to 1.

    Returns:
        The score; ``None`` where the condition has no cell.
    """
    speech = _Speech(frames, first_frame[tokens.file] + tokens.start, tokens.end - tokens.start)
    done: list[Cell] = []
    errors: list[npt.NDArray[np.float64]] = []
    finished = 0
    plan = tiles(tokens, context, speaker, limits or Limits())
    # Small products gain nothing from threads, and lose much when other processes compete for the cores.
    with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
        for batch in _batches(plan, speech.lengths.tolist()):
            for tile in batch:
                done += tile.cells
                finished += tile.size
            errors.append(_batch_errors(batch, speech, DISTANCES[distance], same_speaker=speaker == "within"))
            if progress:
                progress(finished / len(tokens))
    if not done:
        return None
    context_ids, speakers, x_speakers, phones, other_phones = np.array([cell[:5] for cell in done], dtype=np.int64).T
    cells = CellErrors(context_ids, speakers, x_speakers, phones, other_phones, np.concatenate(errors))
    return ConditionScore(error_rate(cells), cells)


@dataclass(frozen=True, slots=True)
class _Speech:
    """Frames, and where each token's begin and how many they are."""

    frames: Frames
    starts: IntArray
    lengths: IntArray

    def of(self, tokens: IntArray) -> Frames:
        """Return the frames of some tokens, one after the other."""
        frames: Frames = self.frames[_ranges(self.starts[tokens], self.lengths[tokens])]
        return frames


def _batches(plan: Iterator[Tile], lengths: list[int]) -> Iterator[list[Tile]]:
    batch: list[Tile] = []
    held = 0
    for tile in plan:
        batch.append(tile)
        held += sum([lengths[token] for token in tile.rows]) * sum([lengths[token] for token in tile.columns])
        if held > _BATCH:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


class _Layout:
    """Where the distances of a batch of tiles are: of frames in a flat buffer, of tokens as one matrix a tile.

    Attributes:
        rows, columns: the tokens of all tiles, one tile after the other.
        n_rows, n_columns: how many of them each tile has.
        first_row, first_column: where each tile's begin.
        first_pair: where each tile's matrix of token distances begins.
        total: token distances in all.
    """

    def __init__(self, batch: list[Tile]) -> None:
        self.rows = np.array([token for tile in batch for token in tile.rows], dtype=np.int64)
        self.columns = np.array([token for tile in batch for token in tile.columns], dtype=np.int64)
        self.n_rows = np.array([len(tile.rows) for tile in batch], dtype=np.int64)
        self.n_columns = np.array([len(tile.columns) for tile in batch], dtype=np.int64)
        self.first_row, self.first_column = _firsts(self.n_rows), _firsts(self.n_columns)
        pairs = self.n_rows * self.n_columns
        self.first_pair, self.total = _firsts(pairs), int(pairs.sum())


@dataclass(frozen=True, slots=True)
class _CellTable:
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


def _batch_errors(
    batch: list[Tile], speech: _Speech, distance: FrameDistance, *, same_speaker: bool
) -> npt.NDArray[np.float64]:
    """Return the error of each cell of some tiles, in their order."""
    layout = _Layout(batch)
    token_distances = _token_distances(layout, speech, distance, same_speaker=same_speaker)
    return _cell_errors(_cell_table(batch, layout), token_distances, same_speaker=same_speaker)


def _token_distances(
    layout: _Layout, speech: _Speech, distance: FrameDistance, *, same_speaker: bool
) -> npt.NDArray[np.float32]:
    """Return the distances of all rows to all columns of each tile, flat.

    Within a speaker X = A, and of A against A only the pairs above the diagonal are computed and mirrored, as in the
    original: the result of a warping with ties may depend on which token is the row.
    """
    tile, row, column = _pair_indices(layout)
    row_lengths, column_lengths = speech.lengths[layout.rows], speech.lengths[layout.columns]
    buffer, base, stride, row_offset, column_offset = _frame_distances(layout, speech, distance)
    if same_speaker:
        wanted = np.flatnonzero((column >= layout.n_rows[tile]) | (column > row))
    else:
        wanted = np.arange(layout.total)
    t = tile[wanted]
    r, c = layout.first_row[t] + row[wanted], layout.first_column[t] + column[wanted]
    pairs = Pairs(
        base=base[t] + row_offset[r] * stride[t] + column_offset[c],
        stride=stride[t],
        rows=row_lengths[r],
        columns=column_lengths[c],
    )
    out = np.zeros(layout.total, dtype=np.float32)
    out[wanted] = dtw(buffer, pairs)
    if same_speaker:
        below = np.flatnonzero(column < row)
        t = tile[below]
        out[below] = out[layout.first_pair[t] + column[below] * layout.n_columns[t] + row[below]]
    return out


def _pair_indices(layout: _Layout) -> tuple[IntArray, IntArray, IntArray]:
    """Return the tile, row and column of each token distance."""
    tile = np.repeat(np.arange(len(layout.n_rows)), layout.n_rows * layout.n_columns)
    row, column = np.divmod(np.arange(layout.total) - layout.first_pair[tile], layout.n_columns[tile])
    return tile, row, column


def _frame_distances(
    layout: _Layout, speech: _Speech, distance: FrameDistance
) -> tuple[npt.NDArray[np.float32], IntArray, IntArray, IntArray, IntArray]:
    """Fill a buffer with one matrix of frame distances a tile.

    Returns:
        The buffer; where each tile's matrix begins and the length of its rows, shape (tiles,); the first frame of each
        token in its tile, for rows and for columns.
    """
    row_end, column_end = np.cumsum(speech.lengths[layout.rows]), np.cumsum(speech.lengths[layout.columns])
    row_bounds = _bounds(row_end, layout.first_row, layout.n_rows)
    column_bounds = _bounds(column_end, layout.first_column, layout.n_columns)
    height, stride = np.diff(row_bounds), np.diff(column_bounds)
    base = _firsts(height * stride)
    x, y = speech.of(layout.rows), speech.of(layout.columns)
    buffer = np.empty(int((height * stride).sum()), dtype=np.float32)
    for r0, r1, c0, c1, first in zip(
        row_bounds[:-1].tolist(),
        row_bounds[1:].tolist(),
        column_bounds[:-1].tolist(),
        column_bounds[1:].tolist(),
        base.tolist(),
        strict=True,
    ):
        rows, columns = r1 - r0, c1 - c0
        distance(x[r0:r1], y[c0:c1], buffer[first : first + rows * columns].reshape(rows, columns))
    row_offset = row_end - speech.lengths[layout.rows] - np.repeat(row_bounds[:-1], layout.n_rows)
    column_offset = column_end - speech.lengths[layout.columns] - np.repeat(column_bounds[:-1], layout.n_columns)
    return buffer, base, stride, row_offset, column_offset


def _cell_table(batch: list[Tile], layout: _Layout) -> _CellTable:
    tile_of_cell = np.repeat(np.arange(len(batch)), [len(tile.cells) for tile in batch])
    spans = np.array([(*cell.a, *cell.b) for tile in batch for cell in tile.cells], dtype=np.int64).reshape(-1, 4)
    n_x = layout.n_rows[tile_of_cell]
    cell = np.repeat(np.arange(len(spans)), n_x)
    x = np.arange(len(cell)) - np.repeat(_firsts(n_x), n_x)
    first = layout.first_pair[tile_of_cell][cell] + x * layout.n_columns[tile_of_cell][cell]
    a0, a1, b0, b1 = spans[cell].T
    return _CellTable(cell, x, first + a0, a1 - a0, first + b0, b1 - b0, len(spans))


def _cell_errors(
    table: _CellTable, distances: npt.NDArray[np.float32], *, same_speaker: bool
) -> npt.NDArray[np.float64]:
    """Return ``1 - (#(d(x, a) < d(x, b)) + #(=) / 2) / #`` over the triplets of each cell, shape (cells,)."""
    fill = _diagonal(table, distances) if same_speaker else None
    correct = np.zeros(table.n_cells)
    triplets = table.n_a * table.n_b
    for part in _parts(triplets, _TRIPLETS):
        n = triplets[part]
        which = np.repeat(np.arange(part.start, part.stop), n)
        a, b = np.divmod(_ranges(np.zeros_like(n), n), table.n_b[which])
        to_a, to_b = distances[table.a[which] + a], distances[table.b[which] + b]
        if fill is not None:
            itself = a == table.x[which]
            to_a[itself] = fill[table.cell[which[itself]]]
        nearer = np.where(to_a < to_b, 1.0, np.where(to_a == to_b, 0.5, 0.0))
        correct += np.bincount(table.cell[which], weights=nearer, minlength=table.n_cells)
    count = np.bincount(table.cell, weights=(table.n_a - same_speaker) * table.n_b, minlength=table.n_cells)
    return np.asarray(1 - correct / count)


def _diagonal(table: _CellTable, distances: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return what stands for d(x, x) in each cell: above all distances to B, so that it counts as no error removed.

    It is ``max + 1`` in float32, as in the original: of huge distances it ties with the maximum.
    """
    runs = distances[_ranges(table.b, table.n_b)]
    firsts = _firsts(table.n_b)
    largest_of_x = np.maximum.reduceat(runs, firsts) if len(runs) else runs
    fill = np.full(table.n_cells, -np.inf, dtype=np.float32)
    np.maximum.at(fill, table.cell, largest_of_x)
    return fill + np.float32(1)


def _parts(sizes: IntArray, limit: int) -> Iterator[slice]:
    """Cut a sequence into slices of at most about ``limit`` in all."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + limit, side="right")))
        yield slice(first, last)
        first = last


def _firsts(sizes: IntArray) -> IntArray:
    """Return where each run begins when runs of these sizes stand one after the other."""
    return np.cumsum(sizes) - sizes


def _bounds(ends: IntArray, first: IntArray, count: IntArray) -> IntArray:
    """Return the frame bounds of tiles, from the frame ends of their tokens."""
    padded = np.concatenate([[0], ends])
    return np.concatenate([[0], padded[first + count]])


def _ranges(starts: IntArray, lengths: IntArray) -> IntArray:
    """Return the concatenation of ``range(start, start + length)``."""
    return np.repeat(starts - _firsts(lengths), lengths) + np.arange(int(lengths.sum()))
