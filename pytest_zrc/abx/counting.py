"""From distances of tokens to the errors of cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pytest_zrc.abx import native
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import TokenDistances
from pytest_zrc.abx.plan import Work
from pytest_zrc.abx.ragged import firsts, ranges

_TRIPLETS = 1 << 20  # comparisons held at once


def count_errors(
    work: Work, distances: TokenDistances, *, same_speaker: bool, itself_ties: bool = True, threads: int = 1
) -> FloatArray:
    """Return ``1 - (#(d(x, a) < d(x, b)) + #(=) / 2) / #`` over the triplets of each cell, shape (cells,).

    Args:
        work: what is compared.
        distances: of its pairs, both ways round, shape (pairs, 2).
        same_speaker: X and A are the same tokens; a token is not compared with itself.
        itself_ties: what is not compared stands for ``max + 1`` all the same: see ``Profile``.
        threads: to count on.
    """
    if native.library is None:
        return _count_errors(work, distances, same_speaker=same_speaker, itself_ties=itself_ties)
    errors: FloatArray = np.empty(len(work.spans))
    native.library.count_errors(
        work.uses,
        work.first_use,
        work.n_rows,
        work.n_columns,
        work.cell_tile,
        work.spans,
        distances,
        same_speaker=same_speaker,
        itself_ties=itself_ties,
        errors=errors,
        threads=threads,
    )
    return errors


def _count_errors(work: Work, distances: TokenDistances, *, same_speaker: bool, itself_ties: bool) -> FloatArray:
    of_use = distances.reshape(-1)[work.uses]
    rows = _Rows(work)
    fill = _diagonal(rows, of_use, itself_ties=itself_ties) if same_speaker else None
    halves = np.zeros(len(work.spans), dtype=np.int64)
    for some in rows.alike():
        to_a = of_use[rows.a[some, None] + np.arange(rows.n_a[some[0]])]
        to_b = of_use[rows.b[some, None] + np.arange(rows.n_b[some[0]])]
        if fill is not None:
            to_a[np.arange(len(some)), rows.x[some]] = fill[rows.cell[some]]
        np.add.at(halves, rows.cell[some], _halves(to_a, to_b))
    count = work.n_rows[work.cell_tile] * (rows.n_a_of_cell - same_speaker) * rows.n_b_of_cell
    return np.asarray(1 - halves / 2 / count)


class _Rows:
    """The tokens X of the cells, each with its distances to A and to B as two runs of the uses.

    Attributes:
        cell: which cell, one an x.
        x: its position among the cell's xs.
        a, n_a: where its distances to A begin, and how many they are.
        b, n_b: likewise, B.
    """

    def __init__(self, work: Work) -> None:
        tile = work.cell_tile
        n_x = work.n_rows[tile]
        a0, a1, b0, b1 = work.spans.T
        self.cell = np.repeat(np.arange(len(tile)), n_x)
        self.x = ranges(np.zeros_like(n_x), n_x)
        first = (work.first_use[tile])[self.cell] + self.x * work.n_columns[tile][self.cell]
        self.n_a_of_cell, self.n_b_of_cell = a1 - a0, b1 - b0
        self.a, self.n_a = first + a0[self.cell], self.n_a_of_cell[self.cell]
        self.b, self.n_b = first + b0[self.cell], self.n_b_of_cell[self.cell]

    def alike(self) -> Iterator[IntArray]:
        """Yield rows with as many tokens of A and of B each, some at a time."""
        order = np.lexsort((self.n_b, self.n_a))
        n_a, n_b = self.n_a[order], self.n_b[order]
        starts = np.flatnonzero((np.diff(n_a, prepend=-1) != 0) | (np.diff(n_b, prepend=-1) != 0))
        for first, last in zip(starts.tolist(), [*starts[1:].tolist(), len(order)], strict=True):
            step = max(1, _TRIPLETS // int(n_a[first] * n_b[first]))
            for start in range(first, last, step):
                yield order[start : min(start + step, last)]


def _halves(to_a: TokenDistances, to_b: TokenDistances) -> IntArray:
    """Count for each row the triplets that are right, those that tie half: in halves, shape (rows,)."""
    a, b = to_a[:, :, None], to_b[:, None, :]
    return np.asarray((a < b).sum(axis=(1, 2)) + (a <= b).sum(axis=(1, 2)))


def _diagonal(rows: _Rows, of_use: TokenDistances, *, itself_ties: bool) -> TokenDistances:
    """Return what stands for d(x, x) in each cell: above all distances to B, so that it counts as no error removed.

    It is ``max + 1``, as in the original: of huge distances it ties with the maximum. Where it must not, it is not a
    number, with which all comparisons are false.
    """
    fill: TokenDistances = np.full(len(rows.n_a_of_cell), -np.inf if itself_ties else np.nan, dtype=of_use.dtype)
    if itself_ties:
        largest_of_x = np.maximum.reduceat(of_use[ranges(rows.b, rows.n_b)], firsts(rows.n_b))
        with np.errstate(invalid="ignore"):  # NaN distances stay NaN
            np.maximum.at(fill, rows.cell, largest_of_x)
    fill += 1
    return fill
