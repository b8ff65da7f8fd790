"""Error rates in detail: by pair of phones, by speaker, by context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from pytest_zrc.abx.averaging import CellErrors, average, number_rows
from pytest_zrc.abx.cells import ContextMode
from pytest_zrc.abx.items import FloatArray, IntArray, Items
from pytest_zrc.abx.profiles import Averaging, Column

PHONE_PAIRS, SPEAKERS, CONTEXTS = "phone-pairs", "speakers", "contexts"

Values: TypeAlias = list[str] | list[int] | list[float]

_ROLES: Mapping[Column, str] = {"speaker": "A and B", "x_speaker": "X"}
_ALL_ROLES = "A, B and X"
_PHONES = ("phone", "other_phone")


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers of cells stand for.

    Attributes:
        phones, speakers: by number.
        contexts: likewise; empty where tokens in any context are compared.
    """

    phones: Sequence[str]
    contexts: Sequence[str]
    speakers: Sequence[str]

    @classmethod
    def of(cls, items: Items, context: ContextMode) -> Names:
        """Take the names from the items of a condition."""
        return cls(items.phones, items.contexts if context == "within" else (), items.speakers)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length, by name."""

    columns: Mapping[str, Values]

    def __len__(self) -> int:
        """Count the rows."""
        return len(next(iter(self.columns.values())))

    def as_dict(self) -> dict[str, Values]:
        """Return the columns as JSON can hold them."""
        return dict(self.columns)


def break_down(cells: CellErrors, averaging: Averaging, names: Names) -> dict[str, Table]:
    """Return an error rate in detail.

    Args:
        cells: of a condition.
        averaging: how they are averaged; see ``Profile``.
        names: of their numbers.

    Returns:
        Three tables, their rows in the order of the numbers. ``phone-pairs``: the mean of its error rates is the score.
        ``speakers``: the score of the cells of one speaker alone; across speakers once for those that they said A and
        B in, and once for those of X. ``contexts``: the score of the cells of one context alone; no rows where tokens
        in any context are compared.
    """
    return {
        PHONE_PAIRS: _phone_pairs(cells, averaging, names),
        SPEAKERS: _speakers(cells, averaging, names),
        CONTEXTS: _contexts(cells, averaging, names),
    }


def _phone_pairs(cells: CellErrors, averaging: Averaging, names: Names) -> Table:
    pairs, errors = average(cells.names, cells.error, averaging)
    _, pair = number_rows([cells.phone, cells.other_phone])
    return Table(
        {
            "phone": _names(names.phones, pairs["phone"]),
            "other_phone": _names(names.phones, pairs["other_phone"]),
            "error_rate": errors.tolist(),
            "cells": np.bincount(pair).tolist(),
            "speakers": _count_speakers(cells, pair),
        }
    )


def _count_speakers(cells: CellErrors, pair: IntArray) -> list[int]:
    """Count the speakers in the cells of each pair, whatever they said."""
    size = int(max(cells.speaker.max(), cells.x_speaker.max())) + 1
    occurs = np.zeros((pair.max() + 1, size), dtype=np.bool_)
    occurs[pair, cells.speaker] = True
    occurs[pair, cells.x_speaker] = True
    return [int(count) for count in np.count_nonzero(occurs, axis=1)]


def _speakers(cells: CellErrors, averaging: Averaging, names: Names) -> Table:
    roles: Mapping[Column, str] = {"speaker": _ALL_ROLES} if cells.same_speaker else _ROLES
    parts = [(role, *_by_column(cells, averaging, column)) for column, role in roles.items()]
    return Table(
        {
            "speaker": [name for _, numbers, _, _ in parts for name in _names(names.speakers, numbers)],
            "role": [role for role, numbers, _, _ in parts for _ in numbers],
            "error_rate": [error for _, _, errors, _ in parts for error in errors.tolist()],
            "cells": [count for _, _, _, counts in parts for count in counts.tolist()],
        }
    )


def _contexts(cells: CellErrors, averaging: Averaging, names: Names) -> Table:
    numbers, errors, counts = _by_column(cells, averaging, "context")
    known = slice(None) if names.contexts else slice(0)
    return Table(
        {
            "context": _names(names.contexts, numbers[known]),
            "error_rate": errors[known].tolist(),
            "cells": counts[known].tolist(),
        }
    )


def _by_column(cells: CellErrors, averaging: Averaging, column: Column) -> tuple[IntArray, FloatArray, IntArray]:
    """Average the cells with each number in a column alone: return the numbers, the error rates, how many cells."""
    levels = [tuple(other for other in level if other != column) for level in (*averaging, _PHONES)]
    kept, errors = average(cells.names, cells.error, filter(None, levels))
    numbers = kept[column]
    return numbers, errors, np.bincount(getattr(cells, column))[numbers]


def _names(names: Sequence[str], numbers: IntArray) -> list[str]:
    return [names[number] for number in numbers.tolist()]
