"""Which frames to compare with which, so that few matrix products hold the frame distances of many pairs of tokens."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.distances import Block
from pytest_zrc.abx.dtw import Windows
from pytest_zrc.abx.items import IntArray
from pytest_zrc.abx.kernel import Spans, TokenPairs
from pytest_zrc.abx.ragged import firsts, ranges

_ROWS = 10  # tokens in the rows of a block: more of them gain little, and of a triangle they compute more in vain


class Blocks:
    """Matrices of frame distances, one after the other in a flat buffer.

    Pairs with the same first token stand together, as a run. Neighbouring runs that end with the same second token
    are of the same tile: they share most of their second tokens, and become the rows of one block.

    Attributes:
        rows, columns: the frames of all blocks, one block after the other.
        row_bounds, column_bounds: where each block's begin and the last one's end, shape (blocks + 1,).
        first: where each block begins in the buffer, and where the last one ends, shape (blocks + 1,).
        windows: where in it the pairs are.
    """

    def __init__(self, pairs: TokenPairs, spans: Spans) -> None:
        """Lay some pairs out."""
        tokens, second = pairs.T.astype(np.int64)
        run = _starts(tokens[1:] != tokens[:-1])
        block = _block_starts(second[np.append(run[1:], len(pairs)) - 1])
        run_of_pair = np.repeat(np.arange(len(run)), np.diff(run, append=len(pairs)))
        block_of_run = np.repeat(np.arange(len(block)), np.diff(block, append=len(run)))
        block_of_pair = block_of_run[run_of_pair]
        n_tokens = len(spans.starts)
        columns, column = np.unique(block_of_pair * n_tokens + second, return_inverse=True)
        block_of_column, column_tokens = np.divmod(columns, n_tokens)

        self.rows, row_starts, self.row_bounds = _frames(tokens[run], block_of_run, len(block), spans)
        self.columns, column_starts, self.column_bounds = _frames(column_tokens, block_of_column, len(block), spans)
        heights, widths = np.diff(self.row_bounds), np.diff(self.column_bounds)
        self.first = np.append(0, np.cumsum(heights * widths))
        stride = widths[block_of_pair]
        down, right = row_starts[run_of_pair], column_starts[column]
        self.windows = Windows(
            base=self.first[block_of_pair] + down * stride + right,
            stride=stride,
            rows=spans.lengths[tokens],
            columns=spans.lengths[second],
        )

    def matrices(self, buffer: Block) -> Iterator[tuple[slice, slice, Block]]:
        """Yield which rows and which columns each block has, and its values."""
        r, c, first = self.row_bounds.tolist(), self.column_bounds.tolist(), self.first.tolist()
        for block in range(len(first) - 1):
            rows, columns = slice(*r[block : block + 2]), slice(*c[block : block + 2])
            values = buffer[first[block] : first[block + 1]]
            yield rows, columns, values.reshape(rows.stop - rows.start, columns.stop - columns.start)


def _starts(changes: npt.NDArray[np.bool_]) -> IntArray:
    """Return where runs begin, from whether each element but the first differs from the one before."""
    return np.append(0, np.flatnonzero(changes) + 1)


def _block_starts(last: IntArray) -> IntArray:
    """Return at which runs a block begins, from the second token that each run ends with."""
    chain = _starts(last[1:] != last[:-1])
    lengths = np.diff(chain, append=len(last))
    position = ranges(np.zeros_like(lengths), lengths)
    return np.flatnonzero(position % _ROWS == 0)


def _frames(tokens: IntArray, block: IntArray, n_blocks: int, spans: Spans) -> tuple[IntArray, IntArray, IntArray]:
    """Return the frames of tokens, where in its block each token's begin, and the bounds of the blocks."""
    lengths = spans.lengths[tokens]
    starts = firsts(lengths)
    bounds = np.append(0, np.cumsum(np.bincount(block, weights=lengths, minlength=n_blocks).astype(np.int64)))
    return ranges(spans.starts[tokens], lengths), starts - bounds[block], bounds
