"""Cuts works so small that the frames of each find room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from pytest_zrc.abx.grids import Grid
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.plan import Work
from pytest_zrc.abx.ragged import firsts, ranges


def fitting(works: Iterable[Work | Grid], lengths: IntArray, room: int) -> Iterator[Work | Grid]:
    """Yield works whose tokens have so many frames at most, or that hold one tile (of a grid, two phones) only.

    Args:
        works: of a condition.
        lengths: the frames of each token.
        room: for frames.
    """
    done = 0.0
    for work in works:
        if isinstance(work, Grid):
            yield from work.cut(_frames(work, lengths), room, done)
        elif lengths[work.tokens()].sum() <= room:
            yield work
        else:
            for first, end in _cuts(work, lengths, room):
                yield _part(work, first, end, done + (work.share - done) * end / len(work.first_use))
        done = work.share


def _frames(grid: Grid, lengths: IntArray) -> IntArray:
    """Return the frames of each phone, shape (phones,)."""
    of_rows = grid.rows.sums(lengths)
    return of_rows if grid.same_speaker else of_rows + grid.columns.sums(lengths)


def _cuts(work: Work, lengths: IntArray, room: int) -> Iterator[tuple[int, int]]:
    """Yield the tiles, from one up to another, that find room together."""
    n_tokens, n_tiles = len(lengths), len(work.first_use)
    tile = np.repeat(np.arange(n_tiles), work.n_rows * work.n_columns)
    used = work.uses >= 0
    tokens = work.pairs[work.uses[used] >> 1]
    tile_of_token, token = np.divmod(np.unique(tile[used, None] * n_tokens + tokens), n_tokens)
    bounds = np.searchsorted(tile_of_token, np.arange(n_tiles + 1)).tolist()
    counted_for = np.full(n_tokens, -1)  # the first tile of the part that a token was last counted for
    first, held = 0, 0
    for position in range(n_tiles):
        its_tokens = token[bounds[position] : bounds[position + 1]]
        new = its_tokens[counted_for[its_tokens] != first]
        more = int(lengths[new].sum())
        if held + more > room and position > first:
            yield first, position
            first, held, new = position, 0, its_tokens
            more = int(lengths[new].sum())
        counted_for[new] = first
        held += more
    yield first, n_tiles


def _part(work: Work, first: int, end: int, share: float) -> Work:
    """Return some tiles of a work as a work of its own."""
    tiles = slice(first, end)
    n_rows, n_columns = work.n_rows[tiles], work.n_columns[tiles]
    sizes = n_rows * n_columns
    uses = work.uses[ranges(work.first_use[tiles], sizes)]
    needed = uses >= 0
    pairs, pair = np.unique(uses[needed] >> 1, return_inverse=True)
    uses[needed] = 2 * pair + (uses[needed] & 1)
    cells = (work.cell_tile >= first) & (work.cell_tile < end)
    return Work(
        pairs=work.pairs[pairs],
        uses=uses,
        first_use=firsts(sizes),
        n_rows=n_rows,
        n_columns=n_columns,
        cell_tile=work.cell_tile[cells] - first,
        spans=work.spans[cells],
        names=work.names[cells],
        share=share,
    )
