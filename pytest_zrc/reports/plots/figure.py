"""Figures for pages, written as SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from pytest_zrc.reports.palette import LIGHT, variable
from pytest_zrc.reports.plots.style import drawing

if TYPE_CHECKING:  # matplotlib is loaded late
    from matplotlib.figure import Figure

WIDTH = 360  # of plots, in pixels: a phone's, so that their text is as large as that around them
INCH = 72  # pixels

_STYLE = {
    "font.size": 10,
    "text.color": LIGHT["ink"],
    "axes.edgecolor": LIGHT["line"],
    "axes.labelcolor": LIGHT["muted"],
    "axes.labelsize": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.left": False,
    "grid.color": LIGHT["line"],
    "grid.linewidth": 0.8,
    "xtick.color": LIGHT["line"],
    "xtick.labelcolor": LIGHT["muted"],
    "xtick.major.size": 0,
    "ytick.color": LIGHT["line"],
    "ytick.labelcolor": LIGHT["ink"],
    "ytick.major.size": 0,
    "figure.facecolor": LIGHT["paper"],
    "axes.facecolor": "none",
}
_COLOURS = {colour: variable(name) for name, colour in LIGHT.items()}
_FONT_SIZE = re.compile(r"[\d.]+px")


def styled() -> AbstractContextManager[None]:
    """Make figures in our style, whatever the user's settings are."""
    return drawing(_STYLE)


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure of a size in pixels; make and draw it ``styled``."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    return Figure(figsize=(width / INCH, height / INCH), dpi=INCH)


def to_svg(figure: Figure, name: str, label: str) -> str:
    """Write a figure as an SVG element, the same bytes each time.

    Args:
        figure: made with the colours of ``palette.LIGHT``; they become those of the page.
        name: of the figure, unique in a page.
        label: what it shows, for those who do not see it.
    """
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None}, transparent=True)
    return themed(written.getvalue(), name, label)


def to_png(figure: Figure, scale: float = 2) -> bytes:
    """Write a figure as PNG with so many pixels for each of its own."""
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=scale * INCH, metadata={"Software": None})
    return written.getvalue()


def themed(svg: str, name: str, label: str) -> str:
    """Make of an SVG file of matplotlib an element that can stand in a page.

    Nothing in it is styled by the ``style`` attribute, which pages with a strict policy ignore; colours follow the
    page's; ids begin with the name; what is neither needed nor always the same is left out.
    """
    root = ET.fromstring(svg)  # noqa: S314 - matplotlib wrote it
    _each(root, _without_namespace)
    _remove(root, ("metadata", "style"))
    _each(root, _style_to_attributes)
    _each(root, lambda element: _rename(element, name))
    size = root.attrib["viewBox"].split()
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": root.attrib["viewBox"],
        "width": size[2],
        "height": size[3],
        "role": "img",
        "aria-label": label,
        "font-family": "system-ui, sans-serif",
        "stroke-linejoin": "round",
    }
    return ET.tostring(root, encoding="unicode")


def _each(element: ET.Element, change: Callable[[ET.Element], None]) -> None:
    for one in list(element.iter()):
        change(one)


def _without_namespace(element: ET.Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    if element.tag != "text":
        element.text = None
    element.tail = None
    if element.tag == "path":
        element.attrib["d"] = " ".join(element.attrib["d"].split())


def _remove(element: ET.Element, tags: tuple[str, ...]) -> None:
    for child in list(element):
        if child.tag in tags:
            element.remove(child)
        else:
            _remove(child, tags)


def _style_to_attributes(element: ET.Element) -> None:
    style = element.attrib.pop("style", "")
    for declaration in filter(None, style.split(";")):
        name, value = (part.strip() for part in declaration.split(":", 1))
        if name == "font":
            element.attrib.update({"font-size": size[0]} if (size := _FONT_SIZE.search(value)) else {})
        elif name != "font-family":
            element.attrib[name] = value
    for kind in ("fill", "stroke"):
        colour = element.attrib.get(kind, "")
        element.attrib.update({kind: _COLOURS[colour]} if colour in _COLOURS else {})


def _rename(element: ET.Element, name: str) -> None:
    identifier = element.attrib.pop("id", "")
    if element.tag not in ("g", "svg") and identifier:
        element.attrib["id"] = f"{name}-{identifier}"
    for attribute in ("href", "clip-path"):
        value = element.attrib.get(attribute, "")
        if "#" in value and not value.startswith("data:"):
            element.attrib[attribute] = value.replace("#", f"#{name}-")
