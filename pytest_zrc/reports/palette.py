"""The colours of pages and plots, light and dark: an accent, one for what is wrong, neutrals beside them.

Blue and vermilion are told apart with every kind of colour vision. Tests hold the contrast of text with its ground
to at least 4.5 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "ink": "#1a2027",
    "muted": "#56606b",
    "line": "#d6dce2",
    "paper": "#fefefe",
    "raised": "#f3f5f8",
    "accent": "#1d5fa6",
    "alert": "#b03a08",
}
DARK: Mapping[str, str] = {
    "ink": "#e8ecf0",
    "muted": "#a0abb7",
    "line": "#363f49",
    "paper": "#11151a",
    "raised": "#1a2028",
    "accent": "#82b6f3",
    "alert": "#ff9b6d",
}

# Of heat maps, by their names in matplotlib: the least error is near the paper, the highest stands out from it.
LIGHT_SCALE, DARK_SCALE = "YlGnBu", "YlGnBu_r"


def variable(name: str) -> str:
    """Return a colour for SVG: that of the page around it, or else the light one."""
    return f"var(--{name}, {LIGHT[name]})"
