"""Error rates of pairs of phones: looked up, put in order, the worst ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

from pytest_zrc.scoring.scores import Details

TABLE = "phone-pairs"


class Pair(NamedTuple):
    """What is known of two phones.

    Attributes:
        phone: of A and X.
        other: of B.
        error: the error rate, a fraction.
        cells: how many were averaged.
        speakers: how many occur in them.
    """

    phone: str
    other: str
    error: float
    cells: int
    speakers: int


@dataclass(frozen=True, slots=True)
class PhonePairs:
    """The pairs of a score.

    Attributes:
        subset, condition: the name of the score.
        pairs: by phone and other phone.
    """

    subset: str
    condition: str
    pairs: Mapping[tuple[str, str], Pair]

    @classmethod
    def of(cls, details: Details) -> PhonePairs:
        """Take them from the details of a score; there are none where these have no such table, or a baseline's."""
        table = details.tables.get(TABLE, {})
        names = ("phone", "other_phone", "error_rate", "cells", "speakers")
        columns = [table[name] for name in names] if all(name in table for name in names) else []
        pairs = [Pair(*row) for row in zip(*columns, strict=True)]
        return cls(details.subset, details.condition, {(pair.phone, pair.other): pair for pair in pairs})

    def by_name(self) -> list[str]:
        """Return the phones by their names."""
        return sorted({phone for pair in self.pairs for phone in pair})

    def by_error(self) -> list[str]:
        """Return the phones by their mean error in both places, the highest first."""
        errors: dict[str, list[float]] = {phone: [] for phone in self.by_name()}
        for pair in self.pairs.values():
            errors[pair.phone].append(pair.error)
            errors[pair.other].append(pair.error)
        return sorted(errors, key=lambda phone: -fsum(errors[phone]) / len(errors[phone]))

    def rows(self, order: Sequence[str]) -> list[list[Pair | None]]:
        """Return the square of all pairs, one row for each phone of A and X; ``None`` where a pair was not compared."""
        return [[self.pairs.get((phone, other)) for other in order] for phone in order]

    def worst(self, number: int) -> list[Pair]:
        """Return the pairs with the highest error, the highest first, of equal ones that with more cells."""
        return sorted(self.pairs.values(), key=lambda pair: (-pair.error, -pair.cells, pair.phone, pair.other))[:number]


def all_phone_pairs(details: Sequence[Details]) -> list[PhonePairs]:
    """Return the pairs of every score that has some."""
    known = map(PhonePairs.of, details)
    return [one for one in known if one.pairs]


def end_of_scale(scores: Sequence[PhonePairs]) -> float:
    """Return the error rate at which a scale of colours ends: the highest of any pair, but from 1 % to 50 %, chance."""
    return min(0.5, max([0.01, *(pair.error for one in scores for pair in one.pairs.values())]))
