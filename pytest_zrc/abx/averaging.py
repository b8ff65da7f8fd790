"""From the errors of cells to one error rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_zrc.abx.items import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class CellErrors:
    """The cells of a condition, column by column, each of shape (cells,).

    Attributes:
        context, speaker, x_speaker, phone, other_phone: numbers of ``Items``; ``speaker`` said A and B.
        error: the share of the cell's triplets in which X is nearer to B than to A, ties counting half.
    """

    context: IntArray
    speaker: IntArray
    x_speaker: IntArray
    phone: IntArray
    other_phone: IntArray
    error: FloatArray

    def __len__(self) -> int:
        """Count the cells."""
        return len(self.error)


def error_rate(cells: CellErrors) -> float:
    """Average over contexts (and the speakers of X, together), then over speakers, then over ordered pairs of phones.

    This is the averaging of the libri-light evaluation; every level is a plain mean over what exists.
    """
    by_speaker, error = _mean((cells.speaker, cells.phone, cells.other_phone), cells.error)
    _, error = _mean(by_speaker[1:], error)
    return float(np.mean(error))


def _mean(keys: Sequence[IntArray], values: FloatArray) -> tuple[tuple[IntArray, ...], FloatArray]:
    """Average the values with equal keys, which are a few columns of numbers."""
    shape = tuple(int(key.max()) + 1 for key in keys)
    names, group = np.unique(np.ravel_multi_index(tuple(keys), shape), return_inverse=True)
    return np.unravel_index(names, shape), np.bincount(group, weights=values) / np.bincount(group)
