"""How figures of Matplotlib are made: without its global state, the same bytes each time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_COMMON: Mapping[str, Any] = {
    "svg.hashsalt": "pytest-zrc",  # or else ids are random
    "svg.fonttype": "none",
    "text.parse_math": False,  # names may have dollars
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
}


@contextmanager
def drawing(style: Mapping[str, Any]) -> Iterator[None]:
    """Draw and write figures in a style, whatever the user's settings are, and leave these as they were."""
    from matplotlib import style as styles  # noqa: PLC0415

    with warnings.catch_warnings(), styles.context(["default", {**_COMMON, **style}]):
        # Text is measured with a font of Matplotlib's, the reader's has the glyph.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
