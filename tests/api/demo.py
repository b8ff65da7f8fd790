"""The demo, as arrays and item files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import pytest_zrc

ROOT = Path(pytest_zrc.__file__).parent / "demo"
SUBMISSION, FEATURES = ROOT / "submission", ROOT / "submission" / "demo"


def item_file(granularity: str = "triphone") -> Path:
    """Return the path of an item file."""
    return ROOT / "dataset" / "demo" / f"{granularity}-demo.item"


def arrays() -> dict[str, npt.NDArray[np.float32]]:
    """Return the features by file id."""
    return {path.stem: np.load(path) for path in sorted(FEATURES.glob("*.npy"))}


def rows(granularity: str = "triphone") -> list[tuple[Any, ...]]:
    """Return the items, times as numbers."""
    lines = item_file(granularity).read_text(encoding="utf-8").splitlines()[1:]
    split = [line.split() for line in lines]
    return [(file, float(onset), float(offset), *names) for file, onset, offset, *names in split]
