"""Figures as files: SVG, PNG, PDF."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_zrc.errors import ZrcError
from pytest_zrc.reports.plots.style import drawing

if TYPE_CHECKING:  # it is loaded late
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's, which colour-blind people can tell apart; markers and dashes say the same.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MARKERS = "osD^vP*"

_UNDATED: dict[str, dict[str, Any]] = {
    ".svg": {"Date": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
}
_STYLE: dict[str, Any] = {
    "pdf.fonttype": 42,
    "font.size": 9,
    "axes.grid": True,
    "axes.titlesize": 10,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "savefig.dpi": 200,
}
_COLUMNS = 4  # of panels, at most


def require_plot(path: Path) -> None:
    """Raise ZrcError where a plot cannot be drawn, or not into such a file."""
    if path.suffix.lower() not in _UNDATED:
        raise ZrcError(f"{path} is no name for a plot: let it end with one of {', '.join(_UNDATED)}")
    if importlib.util.find_spec("matplotlib") is None:
        raise ZrcError("plots cannot be drawn without Matplotlib: pip install 'pytest-zrc[report]'")


def styled() -> AbstractContextManager[None]:
    """Draw and write figures in our style, whatever the user's settings are."""
    return drawing(_STYLE)


def panels(number: int, width: float, height: float, margin: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels of one scale.

    Args:
        number: of panels.
        width: of each, in inches.
        height: likewise.
        margin: what the labels at the left take, in inches.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    columns = min(number, _COLUMNS)
    rows = -(-number // columns)
    figure = Figure(figsize=(margin + columns * width, 1.1 + rows * height), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    every = [axes for row in grid for axes in row]
    for axes in every[number:]:
        axes.remove()
    for axes in every[:number]:
        axes.tick_params(labelbottom=True)
    return figure, every[:number]


def put_below(figure: Figure, note: str, handles: Mapping[str, Artist]) -> None:
    """Write what the horizontal axis is, and below it a legend, if there are handles for one, by their labels."""
    if handles:
        columns = min(3, len(handles))
        figure.legend(handles.values(), handles.keys(), title=note, loc="outside lower center", ncols=columns)
    else:
        figure.supxlabel(note, fontsize=9)


def to_bytes(figure: Figure, suffix: str) -> bytes:
    """Return a figure as the content of a file whose name ends with ``.svg``, ``.png`` or ``.pdf``."""
    content = io.BytesIO()
    figure.savefig(content, format=suffix[1:], bbox_inches="tight", metadata=_UNDATED[suffix])
    return content.getvalue()
