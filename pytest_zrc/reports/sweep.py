"""A sweep over layers: on the terminal, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pytest_zrc.comparison.sweep import Curve, Point, Sweep
from pytest_zrc.reports.columns import Rows, aligned, as_markdown, condition_heads, grid_row, markdown_table
from pytest_zrc.reports.comparison import note_lines, obstacle_lines
from pytest_zrc.reports.percent import NOTHING, interval, percent

_BEST, _EQUAL = "*", "="
_LEGEND = f"{_BEST} the best layer, {_EQUAL} one that cannot be told from it"
_SIDES = "llrl"
_SHOWN = 3  # layers of the lowest means


def sweep_lines(sweep: Sweep) -> Iterator[str]:
    """Yield a table for each subset, layers by conditions, and the best layer of each condition."""
    yield _title(sweep)
    yield _LEGEND
    for subset, curves in _by_subset(sweep):
        yield ""
        yield from _grid(sweep, subset, curves)
    yield ""
    yield from aligned(_best(sweep), _SIDES)
    yield from _notes(sweep)


def sweep_markdown(sweep: Sweep) -> Iterator[str]:
    """Yield the lines of the same in Markdown."""
    yield f"{_title(sweep)}; {as_markdown(_LEGEND)}."
    for subset, curves in _by_subset(sweep):
        yield ""
        yield from markdown_table(_table(sweep, subset, curves), "l" + "r" * len(curves))
    yield ""
    yield from markdown_table([[as_markdown(cell) for cell in row] for row in _best(sweep)], _SIDES)
    yield from ("", *(f"- {as_markdown(note)}" for note in _notes(sweep)))


def _title(sweep: Sweep) -> str:
    layers = len(sweep.layers)
    return f"{sweep.benchmark}, profile {sweep.profile}: ABX error rates in percent of {layers} layers"


def _by_subset(sweep: Sweep) -> Iterator[tuple[str, list[Curve]]]:
    for subset, curves in groupby(sweep.curves, key=lambda curve: curve.subset):
        yield subset, list(curves)


def _grid(sweep: Sweep, subset: str, curves: Sequence[Curve]) -> Iterator[str]:
    margin = max(map(len, (subset, *sweep.layers))) + 2
    kinds, speakers = condition_heads([curve.condition for curve in curves], margin)
    yield from (subset + kinds[len(subset) :], speakers)
    for layer in sweep.layers:
        points = [(curve, curve.at(layer)) for curve in curves]
        if any(point for _, point in points):
            yield grid_row(layer, [_score(curve, point) for curve, point in points], margin).rstrip()
        if any(point and point.low is not None for _, point in points):
            cells = [interval(point.low, point.high) if point else "" for _, point in points]
            yield grid_row("  95 %", cells, margin).rstrip()


def _score(curve: Curve, point: Point | None) -> str:
    return f"{percent(point.score)}{_mark(curve, point) or ' '}" if point else f"{NOTHING} "


def _mark(curve: Curve, point: Point) -> str:
    return _BEST if point is curve.best else _EQUAL if point in curve.equals else ""


def _table(sweep: Sweep, subset: str, curves: Sequence[Curve]) -> Rows:
    """Return the same grid as Markdown."""
    head = [as_markdown(subset), *(curve.condition.name.replace("-", " ") for curve in curves)]
    return [head, *([as_markdown(layer), *(_cell(curve, layer) for curve in curves)] for layer in sweep.layers)]


def _cell(curve: Curve, layer: str) -> str:
    point = curve.at(layer)
    if point is None:
        return NOTHING
    value = f"{percent(point.score)}{as_markdown(_mark(curve, point))}"
    value = f"**{value}**" if point is curve.best else value
    return value if point.low is None else f"{value}<br>{interval(point.low, point.high)}"


def _best(sweep: Sweep) -> Rows:
    """Return the best layer of each condition, and which others cannot be told from it."""
    rows = [
        [f"{curve.subset} {curve.condition.name}", curve.best.layer, percent(curve.best.score), _equals(curve)]
        for curve in sweep.curves
    ]
    return [["", "best layer", "%", "cannot be told from it"], *rows]


def _equals(curve: Curve) -> str:
    return ", ".join(point.layer for point in curve.equals) or NOTHING


def _notes(sweep: Sweep) -> Iterator[str]:
    if sweep.means:
        lowest = list(sweep.means.items())[:_SHOWN]
        means = ", ".join(f"{layer} {percent(mean)}" for layer, mean in lowest)
        yield f"lowest means of {len(sweep.curves)} scores: {means}"
    yield from obstacle_lines([point.from_best.obstacle for curve in sweep.curves for point in curve.points])
    yield from note_lines(sweep.left_out)
