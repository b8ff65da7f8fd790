"""From the errors of cells to one error rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.profiles import LIBRILIGHT, Averaging

Numbers: TypeAlias = npt.NDArray[np.signedinteger[Any]]  # short ones where there are millions of them
Columns: TypeAlias = dict[str, Numbers]

_SPARSE = 2  # times the rows: a larger table of all rows that there might be is not worth its memory


@dataclass(frozen=True, slots=True)
class CellErrors:
    """The cells of a condition, column by column, each of shape (cells,).

    Attributes:
        context, speaker, x_speaker, phone, other_phone: numbers of ``Items``; ``speaker`` said A and B.
        error: the share of the cell's triplets in which X is nearer to B than to A, ties counting half.
    """

    context: Numbers
    speaker: Numbers
    x_speaker: Numbers
    phone: Numbers
    other_phone: Numbers
    error: FloatArray

    def __len__(self) -> int:
        """Count the cells."""
        return len(self.error)

    @property
    def names(self) -> Columns:
        """Return all columns but the error."""
        return {
            "context": self.context,
            "speaker": self.speaker,
            "x_speaker": self.x_speaker,
            "phone": self.phone,
            "other_phone": self.other_phone,
        }

    @property
    def same_speaker(self) -> bool:
        """Tell whether X is by the speaker of A and B, in all cells."""
        return bool(np.array_equal(self.speaker, self.x_speaker))


def error_rate(cells: CellErrors, averaging: Averaging = LIBRILIGHT.averaging) -> float:
    """Average over some columns of the cells, level by level, then over ordered pairs of phones.

    Every level is a plain mean over what exists.

    Args:
        cells: of a condition.
        averaging: the columns of each level; see ``Profile``.
    """
    _, errors = average(cells.names, cells.error, averaging)
    return float(np.mean(errors))


def average(names: Columns, values: FloatArray, levels: Iterable[Sequence[str]]) -> tuple[Columns, FloatArray]:
    """Average over some columns, level by level, each level being a plain mean over what exists.

    Args:
        names: columns, of shape (rows,).
        values: shape (rows,).
        levels: the columns that each level averages over; not all of them.

    Returns:
        The other columns, their rows distinct and in order, and the averages.
    """
    for level in levels:
        kept = {name: column for name, column in names.items() if name not in level}
        distinct, number = number_rows(tuple(kept.values()))
        values = np.bincount(number, weights=values) / np.bincount(number)
        names = dict(zip(kept, distinct, strict=True))
    return names, values


def number_rows(columns: Sequence[Numbers]) -> tuple[tuple[IntArray, ...], Numbers]:
    """Number the distinct rows of some columns in their order.

    Args:
        columns: whole numbers from 0, of shape (rows,).

    Returns:
        The distinct rows, column by column, and for each row the number of its like.
    """
    shape = tuple(int(column.max()) + 1 for column in columns)
    size = math.prod(shape)
    keys = np.ravel_multi_index(tuple(columns), shape).astype(_narrow(size), copy=False)
    distinct, number = _sorted_keys(keys) if size > _SPARSE * len(keys) else _marked_keys(keys, size)
    return np.unravel_index(distinct, shape), number


def _sorted_keys(keys: Numbers) -> tuple[Numbers, Numbers]:
    """Return the distinct keys in order, and which each is, as ``np.unique`` does, in half the memory."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    is_first = np.diff(keys, prepend=-1) != 0
    number = np.empty_like(keys)
    number[order] = _numbers(is_first)
    return keys[is_first], number


def _marked_keys(keys: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Return the same without sorting, for keys below a size of which most occur."""
    occurs = np.zeros(size, dtype=np.bool_)
    occurs[keys] = True
    return np.flatnonzero(occurs), _numbers(occurs)[keys]


def _numbers(firsts: npt.NDArray[np.bool_]) -> Numbers:
    """Count from 0 how many there have been so far."""
    numbers = np.cumsum(firsts, dtype=_narrow(len(firsts)))
    numbers -= 1
    return numbers


def _narrow(size: int) -> type[np.signedinteger[Any]]:
    """Return a type for numbers below this, a short one if possible: there are millions of them."""
    return np.int32 if size <= np.iinfo(np.int32).max else np.int64
