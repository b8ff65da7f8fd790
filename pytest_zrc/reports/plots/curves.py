"""A plot of error rates by layer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from math import nan
from typing import TYPE_CHECKING

from pytest_zrc.comparison.sweep import Curve, Sweep
from pytest_zrc.reports.plots.files import COLOURS, MARKERS, panels, put_below, styled, to_bytes

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_MOST_TICKS = 13


def plot_sweep(sweep: Sweep, suffix: str) -> bytes:
    """Draw error rates by layer with their 95 % intervals, a panel for each subset, a curve for each condition.

    Args:
        sweep: of the layers.
        suffix: ``.svg``, ``.png`` or ``.pdf``.

    Returns:
        The content of the file.
    """
    subsets = [list(curves) for _, curves in groupby(sweep.curves, key=lambda curve: curve.subset)]
    kinds = list(dict.fromkeys(curve.condition.kind for curve in sweep.curves))
    labels = short_labels(sweep.layers)
    step = -(-len(labels) // _MOST_TICKS)
    legend: dict[str, Artist] = {}
    with styled():
        figure, panel = panels(len(subsets), 3.2, 2.7, margin=0.4)
        for axes, curves in zip(panel, subsets, strict=True):
            axes.set_title(curves[0].subset)
            for curve in curves:
                _draw(axes, curve, sweep.layers, kinds.index(curve.condition.kind))
            handles, names = axes.get_legend_handles_labels()
            legend.update(zip(names, handles, strict=True))
        panel[0].set_ylim(bottom=0)
        panel[0].set_xticks(range(0, len(labels), step), labels[::step])
        figure.suptitle(f"{sweep.benchmark}: ABX error rates, percent, with 95 % intervals", fontsize=10)
        put_below(figure, "layer (filled: the best one)", legend)
        return to_bytes(figure, suffix)


def short_labels(layers: Sequence[str]) -> list[str]:
    """Return the numbers of layers where their names differ in nothing else."""
    parts = [re.fullmatch(r"(.*?)(\d+)", name) for name in layers]
    numbered = len({part and part[1] for part in parts}) == 1
    return [part[2] if numbered and part else name for part, name in zip(parts, layers, strict=True)]


def _draw(axes: Axes, curve: Curve, layers: Sequence[str], kind: int) -> None:
    colour, marker = COLOURS[kind % len(COLOURS)], MARKERS[kind % len(MARKERS)]
    line = "-" if curve.condition.speaker == "within" else "--"
    places = [layers.index(point.layer) for point in curve.points]
    scores = [100 * point.score for point in curve.points]
    axes.plot(places, scores, marker, linestyle=line, color=colour, ms=4, mfc="white", label=_label(curve))
    axes.plot([layers.index(curve.best.layer)], [100 * curve.best.score], marker, color=colour, ms=6)
    low, high = (
        [nan if end is None else 100 * end for end in ends]
        for ends in zip(*((point.low, point.high) for point in curve.points), strict=True)
    )
    axes.fill_between(places, low, high, color=colour, alpha=0.12, linewidth=0)


def _label(curve: Curve) -> str:
    return curve.condition.name.replace("-", " ")
