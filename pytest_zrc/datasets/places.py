"""Where datasets are kept: under ``$APP_DIR``, as the official toolkit keeps them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pytest_zrc.errors import ZrcError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_LONGEST = 100  # characters: names of files have little more than twice as many


def app_folder() -> Path:
    """Return ``$APP_DIR``, or ``~/zr-data``."""
    return Path(os.environ.get("APP_DIR") or Path.home() / "zr-data")


def datasets_folder() -> Path:
    """Return the folder that holds a folder for each dataset."""
    return app_folder() / "datasets"


def is_name(text: str) -> bool:
    """Tell whether a dataset may be called so: as a folder, on every system, and nowhere else."""
    return len(text) <= _LONGEST and _NAME.fullmatch(text) is not None


def location(name: str) -> Path:
    """Return where a dataset is, or would be.

    Raises:
        ZrcError: no dataset can be called so.
    """
    if not is_name(name):
        raise ZrcError(f"{name!r} is not the name of a dataset: those are letters, digits, and - _ . between them")
    return datasets_folder() / name
