"""From the errors of cells to one error rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.profiles import LIBRILIGHT, Averaging


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


def error_rate(cells: CellErrors, averaging: Averaging = LIBRILIGHT.averaging) -> float:
    """Average over some columns of the cells, level by level, then over ordered pairs of phones.

    Every level is a plain mean over what exists.

    Args:
        cells: of a condition.
        averaging: the columns of each level; see ``Profile``.
    """
    columns = ("context", "speaker", "x_speaker", "phone", "other_phone")
    keys: dict[str, IntArray] = {name: getattr(cells, name) for name in columns}
    error = cells.error
    for level in averaging:
        for column in level:
            del keys[column]
        names, error = _mean(tuple(keys.values()), error)
        keys = dict(zip(keys, names, strict=True))
    return float(np.mean(error))


def _mean(keys: Sequence[IntArray], values: FloatArray) -> tuple[tuple[IntArray, ...], FloatArray]:
    """Average the values with equal keys, which are a few columns of numbers."""
    shape = tuple(int(key.max()) + 1 for key in keys)
    names, group = np.unique(np.ravel_multi_index(tuple(keys), shape), return_inverse=True)
    return np.unravel_index(names, shape), np.bincount(group, weights=values) / np.bincount(group)
