"""Scores a condition: plans its tiles, computes their distances in batches, and counts the errors of their cells.

A batch holds as many tiles as fit into a fixed number of frame distances, so that memory does not grow with the
corpus; within a batch nothing is done pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.averaging import CellErrors, error_rate
from pytest_zrc.abx.cells import Cell, ContextMode, Limits, SpeakerMode, Tile, tiles
from pytest_zrc.abx.counting import cell_table, count_errors
from pytest_zrc.abx.frames import Tokens
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import Blocks, Kernel, Pairs
from pytest_zrc.abx.layout import Layout
from pytest_zrc.abx.ragged import bounds, ranges

VERSION = 1  # of the scores: to be raised whenever a change may alter one
_BATCH = 1 << 22  # frame distances held at once

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ConditionScore:
    """The error rate of a condition, a fraction, with the cells that it was averaged from."""

    error_rate: float
    cells: CellErrors


def score_condition(
    tokens: Tokens,
    kernel: Kernel,
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
        kernel: holds the normalised frames of all files, one file after the other.
        first_frame: where each file of ``tokens.files`` begins in them.
        context: compare tokens in the same context, or in any.
        speaker: X by the speaker of A and B, or by another one.
        distance: a key of ``DISTANCES``.
        limits: the subsampling; by default that of the published scores.
        progress: called now and then with the share that is done, from 0 to 1.

    Returns:
        The score; ``None`` where the condition has no cell.
    """
    spans = _Spans(first_frame[tokens.file] + tokens.start, tokens.end - tokens.start)
    done: list[Cell] = []
    errors: list[FloatArray] = []
    finished = 0
    plan = tiles(tokens, context, speaker, limits or Limits())
    for batch in _batches(plan, spans.lengths.tolist()):
        for tile in batch:
            done += tile.cells
            finished += tile.size
        errors.append(_batch_errors(batch, spans, kernel, distance, same_speaker=speaker == "within"))
        if progress:
            progress(finished / len(tokens))
    if not done:
        return None
    context_ids, speakers, x_speakers, phones, other_phones = np.array([cell[:5] for cell in done], dtype=np.int64).T
    cells = CellErrors(context_ids, speakers, x_speakers, phones, other_phones, np.concatenate(errors))
    return ConditionScore(error_rate(cells), cells)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Where the frames of each token begin, and how many they are."""

    starts: IntArray
    lengths: IntArray


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


def _batch_errors(batch: list[Tile], spans: _Spans, kernel: Kernel, distance: str, *, same_speaker: bool) -> FloatArray:
    """Return the error of each cell of some tiles, in their order."""
    layout = Layout(batch)
    token_distances = _token_distances(layout, spans, kernel, distance, same_speaker=same_speaker)
    return count_errors(cell_table(batch, layout), token_distances, same_speaker=same_speaker)


def _token_distances(
    layout: Layout, spans: _Spans, kernel: Kernel, distance: str, *, same_speaker: bool
) -> npt.NDArray[np.float32]:
    """Return the distances of all rows to all columns of each tile, flat.

    Within a speaker X = A, and of A against A only the pairs above the diagonal are computed and mirrored, as in the
    original: the result of a warping with ties may depend on which token is the row.
    """
    tile, row, column = layout.pairs()
    if same_speaker:
        wanted = np.flatnonzero((column >= layout.n_rows[tile]) | (column > row))
    else:
        wanted = np.arange(layout.total)
    out = np.zeros(layout.total, dtype=np.float32)
    out[wanted] = kernel.warp(*_work(layout, spans, (tile[wanted], row[wanted], column[wanted])), distance)
    if same_speaker:
        below = np.flatnonzero(column < row)
        t = tile[below]
        out[below] = out[layout.first_pair[t] + column[below] * layout.n_columns[t] + row[below]]
    return out


def _work(layout: Layout, spans: _Spans, wanted: tuple[IntArray, IntArray, IntArray]) -> tuple[Blocks, Pairs]:
    """Return the matrices of frame distances that a batch needs, and the windows of the wanted pairs in them."""
    row_lengths, column_lengths = spans.lengths[layout.rows], spans.lengths[layout.columns]
    row_ends, column_ends = np.cumsum(row_lengths), np.cumsum(column_lengths)
    blocks = Blocks(
        rows=ranges(spans.starts[layout.rows], row_lengths),
        columns=ranges(spans.starts[layout.columns], column_lengths),
        row_bounds=bounds(row_ends, layout.first_row, layout.n_rows),
        column_bounds=bounds(column_ends, layout.first_column, layout.n_columns),
    )
    tile, row, column = wanted
    r, c = layout.first_row[tile] + row, layout.first_column[tile] + column
    stride = blocks.widths[tile]
    first_row = row_ends[r] - row_lengths[r] - blocks.row_bounds[tile]
    first_column = column_ends[c] - column_lengths[c] - blocks.column_bounds[tile]
    base = blocks.first[tile] + first_row * stride + first_column
    return blocks, Pairs(base, stride, row_lengths[r], column_lengths[c])
