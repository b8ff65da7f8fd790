"""Results with a name, read from files, to be compared."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.stored import SCORES, read_results, results_folder
from pytest_zrc.submission.layout import SCORES as SCORES_FOLDER

LAYERS = "layers"


@dataclass(frozen=True, slots=True)
class Source:
    """Results to be compared.

    Attributes:
        name: what they are called.
        results: of a run.
    """

    name: str
    results: Results


def read_sources(paths: Sequence[Path]) -> list[Source]:
    """Read results, each a submission folder, its folder of results, a ``scores.json``, or a baseline.

    Raises:
        ZrcError: one of them cannot be read.
    """
    return [Source(name, read_results(path)) for name, path in zip(short_names(paths), paths, strict=True)]


def short_names(paths: Sequence[Path]) -> list[str]:
    """Return what tells paths apart: without the folders that they share, and without ``scores/scores.json``."""
    whole = [_without_results(Path(os.path.abspath(path))) for path in paths]
    shared = os.path.commonpath([path.parent for path in whole])
    names = [min(str(path), str(long.relative_to(shared)), key=len) for path, long in zip(paths, whole, strict=True)]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def read_layers(folder: Path) -> tuple[list[Source], list[str]]:
    """Read the results of the layers of a model, submissions of their own in ``layers/*/``, by number.

    Returns:
        The results, each with the name of its folder; the names of the folders that have none.

    Raises:
        ZrcError: there are no layers, or the results of one are damaged.
    """
    layers = folder / LAYERS
    if not layers.is_dir():
        raise ZrcError(f"no {LAYERS}/ in {folder}: give two results to compare, or a folder with a submission a layer")
    names = sorted((path.name for path in layers.iterdir() if path.is_dir() and path.name[0] != "."), key=_by_number)
    scored = [name for name in names if _is_scored(layers / name)]
    return [Source(name, read_results(layers / name)) for name in scored], [
        name for name in names if name not in scored
    ]


def _without_results(path: Path) -> Path:
    folder = path.parent if path.name == SCORES else path
    return folder.parent if folder.name == SCORES_FOLDER else folder


def _by_number(name: str) -> tuple[list[str | int], str]:
    """Return a key that sorts layer-2 before layer-10."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if place % 2 else part.casefold() for place, part in enumerate(parts)], name


def _is_scored(folder: Path) -> bool:
    try:
        results_folder(folder)
    except ZrcError:
        return False
    return True
