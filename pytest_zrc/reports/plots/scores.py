"""Plots of scores: a dot for each, with its interval, limits and baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_zrc.gates.verdict import Verdict
from pytest_zrc.leaderboards.board import ScoreName
from pytest_zrc.reports.palette import LIGHT
from pytest_zrc.reports.plots.figure import new_figure, styled, to_svg
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Score

if TYPE_CHECKING:  # matplotlib is loaded late
    from matplotlib.axes import Axes

_ROW, _FRAME, _MARGIN = 34, 64, 88  # pixels: a subset, what is above and below them, what is left of them
_OFFSET = {"within": -0.16, "across": 0.16}  # rows
KEY = "○ within, ● across speakers; line: 95 % interval; ◆ baseline; | limit"


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the plot: all scores of one kind.

    Attributes:
        kind: ``triphone-within``, for example.
        subsets: its rows.
        scores: those that have a value.
        verdicts: of gates, by the name of the score.
        end: of the axis, percent.
    """

    kind: str
    subsets: Sequence[str]
    scores: Sequence[Score]
    verdicts: Mapping[ScoreName, Sequence[Verdict]]
    end: float


def score_panels(results: Results) -> dict[str, str]:
    """Return a plot for each kind of condition, as SVG; all have the same axis, and none is there without a score."""
    with styled():
        return {panel.kind: _panel_svg(panel, number) for number, panel in enumerate(_panels(results))}


def scores_svg(results: Results) -> str:
    """Return one plot of all scores as SVG, one panel below the other; empty where there is no score."""
    panels = _panels(results)
    if not panels:
        return ""
    with styled():
        heights = [_height(panel) for panel in panels]
        figure = new_figure(sum(heights))
        top = sum(heights)
        for panel, height in zip(panels, heights, strict=True):
            axes = figure.add_axes(_place(top - height, height, sum(heights)))
            axes.set_title(panel.kind)
            _draw(axes, panel)
            top -= height
        return to_svg(figure, "scores", f"ABX error rates in percent. {KEY}")


def _panels(results: Results) -> list[Panel]:
    valued = [score for score in results.scores if score.score is not None]
    kinds = {condition.name: condition.kind for condition in results.benchmark.conditions}
    subsets = list(dict.fromkeys(score.subset for score in valued))
    verdicts: dict[ScoreName, list[Verdict]] = {}
    for verdict in results.verdicts:
        verdicts.setdefault((verdict.subset, verdict.condition), []).append(verdict)
    end = 1.06 * max([1.0, *_reach(valued, results.verdicts)])
    return [
        Panel(kind, subsets, [score for score in valued if kinds[score.condition] == kind], verdicts, end)
        for kind in dict.fromkeys(kinds[score.condition] for score in valued)
    ]


def _reach(scores: Sequence[Score], verdicts: Sequence[Verdict]) -> list[float]:
    """Return everything that has a place on the axis, in percent."""
    marks = [mark for score in scores for mark in (score.score, score.high)]
    marks += [mark for verdict in verdicts for mark in (verdict.limit, verdict.before)]
    return [100 * mark for mark in marks if mark is not None]


def _height(panel: Panel) -> int:
    return _FRAME + _ROW * len(panel.subsets)


def _place(bottom: float, height: float, whole: float) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of the axes, as parts of the figure."""
    left, right, below, above = _MARGIN / 360, 14 / 360, 36, 28
    return left, (bottom + below) / whole, 1 - left - right, (height - below - above) / whole


def _panel_svg(panel: Panel, number: int) -> str:
    height = _height(panel) - 20  # the title is the page's
    figure = new_figure(height)
    below = 36
    left = _MARGIN / 360
    axes = figure.add_axes((left, below / height, 1 - left - 14 / 360, 1 - (below + 8) / height))
    _draw(axes, panel)
    return to_svg(figure, f"scores-{number}", f"ABX error rates in percent, {panel.kind}. {KEY}")


def _draw(axes: Axes, panel: Panel) -> None:
    rows = {subset: row for row, subset in enumerate(panel.subsets)}
    axes.set_xlim(0, panel.end)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(list(rows.values()), list(rows))
    axes.grid(axis="x")
    axes.set_xlabel("error, %")
    for score in panel.scores:
        verdicts = panel.verdicts.get((score.subset, score.condition), ())
        _draw_score(axes, score, rows[score.subset] + _OFFSET[score.speaker_mode], verdicts)


def _draw_score(axes: Axes, score: Score, row: float, verdicts: Sequence[Verdict]) -> None:
    failed = any(not verdict.passed for verdict in verdicts)
    colour = LIGHT["alert" if failed else "accent"]
    if score.score is None:
        return
    if score.low is not None and score.high is not None:
        axes.plot([100 * score.low, 100 * score.high], [row, row], color=colour, linewidth=1.6)
    inside = LIGHT["paper"] if score.speaker_mode == "within" else colour
    axes.plot(100 * score.score, row, "o", markersize=6, color=colour, markerfacecolor=inside, markeredgewidth=1.6)
    for verdict in verdicts:
        if verdict.before is not None:
            axes.plot(
                100 * verdict.before, row, "D", markersize=5, color=LIGHT["muted"], markeredgecolor=LIGHT["paper"]
            )
        if verdict.limit is not None:
            axes.plot(100 * verdict.limit, row, "|", markersize=10, color=LIGHT["ink"], markeredgewidth=1.6)
