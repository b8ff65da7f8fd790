"""Heat maps of phone pairs: a picture of the cells alone for the page, and whole plots to be shown elsewhere."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING, Any

from pytest_zrc.reports.palette import LIGHT, LIGHT_SCALE
from pytest_zrc.reports.phone_pairs import PhonePairs, end_of_scale
from pytest_zrc.reports.plots.figure import new_figure, styled, to_png, to_svg
from pytest_zrc.scoring.scores import Details

if TYPE_CHECKING:  # matplotlib is loaded late
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

_STEPS = 64  # of colour: more are not told apart, and take more bytes
_SIZE = 560  # pixels
_TICKS = (0, 1, 2, 5, 10, 20, 30, 40, 50)  # percent
_METADATA = {"Software": "pytest-zrc"}  # without the version of matplotlib
_HEIGHT = 0.8  # of the cells, in the plot


def phone_pairs_svg(details: Details) -> str:
    """Return a heat map of a score as SVG; empty where its pairs of phones are not known."""
    pairs = PhonePairs.of(details)
    if not pairs.pairs:
        return ""
    with styled():
        return to_svg(_figure(pairs), "phone-pairs", f"Error of phone pairs, {details.subset} {details.condition}")


def phone_pairs_png(details: Details) -> bytes:
    """Return a heat map of a score as PNG; empty where its pairs of phones are not known."""
    pairs = PhonePairs.of(details)
    if not pairs.pairs:
        return b""
    with styled():
        return to_png(_figure(pairs))


def cells_uri(pairs: PhonePairs, order: Sequence[str], end: float, scale: str) -> str:
    """Return the cells of a heat map as a PNG of one pixel each, as a ``data:`` URI.

    Args:
        pairs: of a score.
        order: of the phones; those of A and X are rows, those of B columns.
        end: the error rate at the end of the scale, a fraction.
        scale: the name of a colour map.
    """
    from matplotlib.image import imsave  # noqa: PLC0415

    written = io.BytesIO()
    imsave(written, _colours(pairs, order, end, scale), format="png", metadata=_METADATA)
    return _uri(written.getvalue())


def scale_uri(scale: str) -> str:
    """Return a scale of colours as a PNG one pixel high, as a ``data:`` URI; its places are square roots of errors."""
    from matplotlib import colormaps  # noqa: PLC0415
    from matplotlib.image import imsave  # noqa: PLC0415

    written = io.BytesIO()
    steps = [[step / (_STEPS - 1) for step in range(_STEPS)]]
    imsave(written, colormaps[scale](steps, bytes=True), format="png", metadata=_METADATA)
    return _uri(written.getvalue())


def ticks(end: float) -> list[tuple[int, float]]:
    """Return what stands beside the scale: percent, and the place from 0 to 1."""
    return [(tick, (tick / 100 / end) ** 0.5) for tick in _TICKS if tick <= 100 * end]


def _uri(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _norm(end: float) -> Normalize:
    """Return the scale: square roots, since most errors are small."""
    from matplotlib.colors import PowerNorm  # noqa: PLC0415

    return PowerNorm(0.5, 0, end)


def _errors(pairs: PhonePairs, order: Sequence[str]) -> list[list[float]]:
    return [[pair.error if pair else nan for pair in row] for row in pairs.rows(order)]


def _colours(pairs: PhonePairs, order: Sequence[str], end: float, scale: str) -> Any:  # noqa: ANN401 - an array
    from matplotlib import colormaps  # noqa: PLC0415

    return colormaps[scale].resampled(_STEPS)(_norm(end)(_errors(pairs, order)), bytes=True)


def _figure(pairs: PhonePairs) -> Figure:
    order, end = pairs.by_error(), end_of_scale([pairs])
    figure = new_figure(_SIZE, _SIZE)
    axes = figure.add_axes((0.1, 0.04, _HEIGHT, _HEIGHT), facecolor=LIGHT["raised"])
    errors = _errors(pairs, order)
    image = axes.imshow(errors, cmap=LIGHT_SCALE, norm=_norm(end), interpolation="none")
    size = min(9.0, 0.66 * _HEIGHT * _SIZE / len(order))
    axes.set_xticks(range(len(order)), order, rotation=90, fontsize=size)
    axes.set_yticks(range(len(order)), order, fontsize=size)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("phone of B")
    axes.set_ylabel("phone of A and X")
    axes.set_title(f"{pairs.subset} {pairs.condition}", color=LIGHT["ink"])
    bar = figure.colorbar(image, cax=figure.add_axes((0.92, 0.04, 0.02, _HEIGHT)))
    bar.set_ticks([tick / 100 for tick, _ in ticks(end)], labels=[f"{tick} %" for tick, _ in ticks(end)])
    bar.outline.set_visible(False)
    return figure
