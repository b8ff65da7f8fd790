"""Heat maps of phone pairs for the page: pictures, labels, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pytest_zrc.reports.palette import DARK_SCALE, LIGHT_SCALE
from pytest_zrc.reports.phone_pairs import Pair, PhonePairs, all_phone_pairs, end_of_scale
from pytest_zrc.reports.plots.phone_pairs import cells_uri, scale_uri, ticks
from pytest_zrc.scoring.scores import Details

_WORST = 15
_LONGEST = 7  # letters of a label


@dataclass(frozen=True, slots=True)
class Picture:
    """The cells in an order.

    Attributes:
        order: ``error`` or ``name``.
        labels: of the rows, and of the columns, shortened.
        light, dark: one pixel for each cell, as ``data:`` URIs.
    """

    order: str
    labels: Sequence[str]
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The phone pairs of a score.

    Attributes:
        subset, condition: the name of the score.
        pictures: in each order.
        worst: the pairs with the highest error.
        margin: for the labels, in cells.
    """

    subset: str
    condition: str
    pictures: Sequence[Picture]
    worst: Sequence[Pair]
    margin: float


@dataclass(frozen=True, slots=True)
class HeatMaps:
    """All heat maps; they have one scale.

    Attributes:
        maps: in the order of the scores.
        numbers: for the script, see ``_numbers``.
        light, dark: the scale, as ``data:`` URIs.
        ticks: beside it, percent and place from 0 to 1.
        clipped: whether there are errors beyond its end.
    """

    maps: Sequence[HeatMap]
    numbers: Sequence[dict[str, Any]]
    light: str
    dark: str
    ticks: Sequence[tuple[int, float]]
    clipped: bool

    @property
    def subsets(self) -> list[str]:
        """Return what there is to choose from."""
        return list(dict.fromkeys(one.subset for one in self.maps))

    @property
    def conditions(self) -> list[str]:
        """Return what there is to choose from."""
        return list(dict.fromkeys(one.condition for one in self.maps))


def make_heat_maps(details: Sequence[Details]) -> HeatMaps | None:
    """Draw the heat map of every score; ``None`` where no phone pairs are known."""
    known = all_phone_pairs(details)
    if not known:
        return None
    end = end_of_scale(known)
    return HeatMaps(
        [_heat_map(pairs, end) for pairs in known],
        [_numbers(pairs) for pairs in known],
        scale_uri(LIGHT_SCALE),
        scale_uri(DARK_SCALE),
        ticks(end),
        any(pair.error > end for pairs in known for pair in pairs.pairs.values()),
    )


def _heat_map(pairs: PhonePairs, end: float) -> HeatMap:
    pictures = [_picture(pairs, "error", pairs.by_error(), end), _picture(pairs, "name", pairs.by_name(), end)]
    longest = max(map(len, pictures[0].labels))
    return HeatMap(pairs.subset, pairs.condition, pictures, pairs.worst(_WORST), 1.2 + 0.5 * longest)


def _picture(pairs: PhonePairs, name: str, order: Sequence[str], end: float) -> Picture:
    light, dark = (cells_uri(pairs, order, end, scale) for scale in (LIGHT_SCALE, DARK_SCALE))
    return Picture(name, [_short(phone) for phone in order], light, dark)


def _short(phone: str) -> str:
    return phone if len(phone) <= _LONGEST else f"{phone[: _LONGEST - 1]}…"


def _numbers(pairs: PhonePairs) -> dict[str, Any]:
    """Return the numbers of a map, row by row in the order of errors; ``null`` where a pair was not compared.

    Errors are in hundredths of a percent; ``names`` says where each phone of the order of names is in that of errors.
    """
    order = pairs.by_error()
    cells = [pair for row in pairs.rows(order) for pair in row]
    return {
        "subset": pairs.subset,
        "condition": pairs.condition,
        "phones": order,
        "names": [order.index(phone) for phone in pairs.by_name()],
        "errors": [round(10_000 * pair.error) if pair else None for pair in cells],
        "cells": [pair.cells if pair else None for pair in cells],
        "speakers": [pair.speakers if pair else None for pair in cells],
    }
