"""A plot of differences with their intervals, below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_zrc.comparison.paired import Difference
from pytest_zrc.comparison.several import Comparisons
from pytest_zrc.reports.plots.files import COLOURS, MARKERS, panels, put_below, styled, to_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

_ROW = 0.28  # inches for a condition, more for several results


def plot_comparisons(comparisons: Comparisons, suffix: str) -> bytes:
    """Draw differences from the first results with their 95 % intervals, a panel for each subset.

    Args:
        comparisons: of one result or more.
        suffix: ``.svg``, ``.png`` or ``.pdf``.

    Returns:
        The content of the file.
    """
    others = comparisons.others
    every = [one for other in others for one in other.differences]
    subsets = list(dict.fromkeys(one.subset for one in every))
    conditions = list(dict.fromkeys(one.condition for one in every))
    with styled():
        figure, panel = panels(len(subsets), 2.4, len(conditions) * _ROW * (1 + len(others)) / 2 + 0.4, margin=1.6)
        panel[0].set_yticks(range(len(conditions)), conditions)
        panel[0].set_ylim(len(conditions) - 0.5, -0.5)
        for axes, subset in zip(panel, subsets, strict=True):
            axes.set_title(subset)
            axes.axvline(0, color="black", linewidth=0.8)
            axes.grid(visible=False, axis="y")
        for number, other in enumerate(others):
            lane = 0.7 * ((number + 0.5) / len(others) - 0.5)
            for one in other.differences:
                _draw(panel[subsets.index(one.subset)], one, conditions.index(one.condition) + lane, number)
        several = len(others) > 1
        title = "compared with those of" if several else f"of {others[0].name} compared with those of"
        figure.suptitle(f"ABX error rates {title} {comparisons.first}", fontsize=10)
        legend = {other.name: _handle(number) for number, other in enumerate(others)} if several else {}
        put_below(figure, "percentage points, 95 % interval (filled where it excludes 0); left is better", legend)
        return to_bytes(figure, suffix)


def _draw(axes: Axes, one: Difference, height: float, number: int) -> None:
    colour = COLOURS[number % len(COLOURS)]
    if one.low is not None and one.high is not None:
        axes.hlines(height, 100 * one.low, 100 * one.high, color=colour, linewidth=1.4)
    face = colour if one.outcome in ("better", "worse") else "white"
    axes.plot([100 * one.difference], [height], _marker(number), markersize=5, color=colour, markerfacecolor=face)


def _handle(number: int) -> Line2D:
    from matplotlib.lines import Line2D  # noqa: PLC0415

    return Line2D([], [], color=COLOURS[number % len(COLOURS)], marker=_marker(number))


def _marker(number: int) -> str:
    return MARKERS[number % len(MARKERS)]
