"""Plots of speakers: a dot for each speaker's error rate, the quartiles behind them, and who stands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Literal

from pytest_zrc.reports.palette import LIGHT
from pytest_zrc.reports.plots.figure import WIDTH, new_figure, styled, to_svg
from pytest_zrc.scoring.scores import Details

if TYPE_CHECKING:  # matplotlib is loaded late
    from matplotlib.axes import Axes

TABLE = "speakers"
KEY = "dot: a speaker; bar: the middle half, with the median; named: the furthest of those over 1.5 bars away"
_ALL_ROLES = "A, B and X"
_ROW, _MARGIN, _RIGHT, _BELOW, _ABOVE = 52, 100, 14, 36, 8  # pixels
_LANES = (0.0, 0.11, -0.11)  # of neighbouring dots, in rows
_LONGEST = 14  # letters of a name


@dataclass(frozen=True, slots=True)
class Row:
    """The speakers of a score in one role.

    Attributes:
        label: the subset, and the role where there are several.
        speakers: by error rate in percent, the lowest first.
    """

    label: str
    speakers: Sequence[tuple[float, str]]

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Return the three quartiles, percent."""
        errors = [error for error, _ in self.speakers]
        low, middle, high = quantiles(errors, n=4, method="inclusive") if len(errors) > 1 else errors * 3
        return low, middle, high

    @property
    def outlying(self) -> list[tuple[float, str]]:
        """Return those who are more than 1.5 times the range of the quartiles away from these, the furthest first."""
        low, middle, high = self.quartiles
        reach = 1.5 * (high - low)
        out = [one for one in self.speakers if not low - reach <= one[0] <= high + reach]
        return sorted(out, key=lambda one: -abs(one[0] - middle))


def speaker_rows(details: Sequence[Details]) -> dict[str, list[Row]]:
    """Return the rows of each condition, in the order of the details; nothing where no speakers are known."""
    rows: dict[str, list[Row]] = {}
    for one in details:
        for role, speakers in _roles(one).items():
            label = one.subset if role == _ALL_ROLES else f"{one.subset}\n{role}"
            rows.setdefault(one.condition, []).append(Row(label, speakers))
    return rows


def _roles(details: Details) -> Mapping[str, list[tuple[float, str]]]:
    table = details.tables.get(TABLE, {})
    roles: dict[str, list[tuple[float, str]]] = {}
    for speaker, role, error in zip(*(table.get(name, ()) for name in ("speaker", "role", "error_rate")), strict=True):
        roles.setdefault(role, []).append((100 * error, speaker))
    return {role: sorted(speakers) for role, speakers in roles.items()}


def speaker_panels(details: Sequence[Details]) -> dict[str, str]:
    """Return a plot for each condition, as SVG."""
    with styled():
        return {
            condition: _panel_svg(condition, rows, number)
            for number, (condition, rows) in enumerate(speaker_rows(details).items())
        }


def _panel_svg(condition: str, rows: Sequence[Row], number: int) -> str:
    height = _BELOW + _ABOVE + _ROW * len(rows)
    figure = new_figure(height)
    left, right = _MARGIN / WIDTH, _RIGHT / WIDTH
    axes = figure.add_axes((left, _BELOW / height, 1 - left - right, 1 - (_BELOW + _ABOVE) / height))
    axes.set_xlim(0, 1.06 * max(1.0, *(row.speakers[-1][0] for row in rows)))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.grid(axis="x")
    axes.set_xlabel("error, %")
    for place, row in enumerate(rows):
        _draw(axes, row, place)
    return to_svg(figure, f"speakers-{number}", f"Error rates of speakers in percent, {condition}: {KEY}")


def _draw(axes: Axes, row: Row, place: int) -> None:
    low, middle, high = row.quartiles
    axes.barh(place, high - low, left=low, height=0.4, color=LIGHT["line"])
    axes.plot([middle, middle], [place - 0.2, place + 0.2], color=LIGHT["ink"], linewidth=1.6, solid_capstyle="butt")
    errors = [error for error, _ in row.speakers]
    lanes = [place + _LANES[number % len(_LANES)] for number in range(len(errors))]
    axes.plot(errors, lanes, "o", markersize=3.4, color=LIGHT["accent"], alpha=0.75, markeredgewidth=0, clip_on=False)
    for (error, name), side in zip(row.outlying, (-1, 1), strict=False):
        _name(axes, error, place + 0.19 * side, name, "bottom" if side < 0 else "top")


def _name(axes: Axes, error: float, height: float, name: str, vertical: Literal["bottom", "top"]) -> None:
    """Write a name above or below its dot, within the plot."""
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    share = error / axes.get_xlim()[1]
    horizontal: Literal["left", "center", "right"] = "left" if share < 0.1 else "right" if share > 0.9 else "center"
    axes.text(error, height, short, fontsize=9, horizontalalignment=horizontal, verticalalignment=vertical)
