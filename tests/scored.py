"""Results of real runs over the demo, for tests of what is made from results."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

import pytest_zrc
from pytest_zrc.reports.files import report_files
from pytest_zrc.resolve import resolve
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.store import Store

DEMO = Path(pytest_zrc.__file__).parent / "demo" / "submission"


def scored(work: Path, only: str = "", change: Callable[[str, np.ndarray], np.ndarray] | None = None) -> Results:
    """Check and score the demo.

    Args:
        work: a folder for a copy of it.
        only: what the names of the conditions to score contain.
        change: makes other features of each array, shape (frames, dimension); also told the file's id.
    """
    folder = work / "submission"
    shutil.copytree(DEMO, folder)
    for path in sorted(folder.rglob("*.npy")) if change else []:
        array = np.load(path)
        np.save(path, change(path.stem, array).astype(array.dtype) if change else array)
    case = resolve(folder, "demo")
    run = Run(case, Selection(), Store(work / "store"), "run", Resources.of("", "1", 1))
    for check in run.checks:
        run.findings(check)
    for subset, condition in run.scored():
        if only in condition.name:
            run.score(subset, condition)
    return run.results()


def noisy(scale: float, seed: int = 0) -> Callable[[str, np.ndarray], np.ndarray]:
    """Return a change that makes features worse, or nearly as good, by noise."""

    def change(name: str, frames: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng([seed, *name.encode()])
        return frames + rng.normal(scale=scale, size=frames.shape)

    return change


def write_results(folder: Path, results: Results) -> Path:
    """Write the files of results into a folder, as a run does."""
    folder.mkdir(parents=True)
    for name, content in report_files(results).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder
