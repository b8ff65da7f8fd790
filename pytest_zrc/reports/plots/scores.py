"""Plots of scores: a dot for each, with its interval, limits and baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_zrc.gates.verdict import Verdict
from pytest_zrc.leaderboards.board import ScoreName
from pytest_zrc.reports.palette import LIGHT
from pytest_zrc.reports.plots.figure import INCH, WIDTH, new_figure, styled, to_svg
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Score

if TYPE_CHECKING:  # matplotlib is loaded late
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 34  # pixels: a subset
_LEFT, _RIGHT, _ABOVE, _BELOW = 88, 14, 8, 36  # pixels around the rows
_TITLE = 20  # pixels: where a panel has one
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
        heights = [_height(panel) + _TITLE for panel in panels]
        bottom = whole = sum(heights)
        figure = new_figure(whole)
        for panel, height in zip(panels, heights, strict=True):
            bottom -= height
            _draw(figure, panel, bottom).set_title(panel.kind)
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
    return _ABOVE + _ROW * len(panel.subsets) + _BELOW


def _panel_svg(panel: Panel, number: int) -> str:
    figure = new_figure(_height(panel))
    _draw(figure, panel, 0)
    return to_svg(figure, f"scores-{number}", f"ABX error rates in percent, {panel.kind}. {KEY}")


def _draw(figure: Figure, panel: Panel, bottom: float) -> Axes:
    """Draw a panel into a figure, so many pixels above its bottom."""
    whole = figure.get_figheight() * INCH
    part = (_LEFT / WIDTH, (bottom + _BELOW) / whole, 1 - (_LEFT + _RIGHT) / WIDTH, _ROW * len(panel.subsets) / whole)
    axes = figure.add_axes(part)
    rows = {subset: row for row, subset in enumerate(panel.subsets)}
    axes.set_xlim(0, panel.end)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(list(rows.values()), list(rows))
    axes.grid(axis="x")
    axes.set_xlabel("error, %")
    for score in panel.scores:
        verdicts = panel.verdicts.get((score.subset, score.condition), ())
        _draw_score(axes, score, rows[score.subset] + _OFFSET[score.speaker_mode], verdicts)
    return axes


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
