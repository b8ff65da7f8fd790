#!/usr/bin/env python3
"""Make again what programs made in conftest_templates/: features, licences, baselines.

Run it after a change to the demo, to the encoder of model_repo, or to what a baseline holds. The weights of that
encoder are made by its own encoder/train.py.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from pytest_zrc.templates import TEMPLATES

DEMO = Path(__file__).resolve().parents[1] / "pytest_zrc" / "demo"
BASELINE = "zrc-baseline.json"
COEFFICIENTS = 9  # of the demo's 13: the template is to be small


def make_features(folder: Path) -> None:
    """Write the features of submission_repo: the demo's, without the finest structure of their spectra."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((DEMO / "submission" / "demo").glob("*.npy")):
        np.save(folder / path.name, np.ascontiguousarray(np.load(path)[:, :COEFFICIENTS]))


def make_baseline(name: str) -> None:
    """Write the baseline of a template, from a copy, so that no results are left in it."""
    template = TEMPLATES[name]
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work, name)
        template.copy(copy)
        subprocess.run([sys.executable, "-m", "pytest", "-q", "--zrc-update-baseline"], cwd=copy, check=True)
        shutil.copyfile(copy / BASELINE, template.folder / BASELINE)


def main() -> None:
    """Make everything."""
    submission_repo = TEMPLATES["submission_repo"].folder
    make_features(submission_repo / "submission" / "demo")
    shutil.copyfile(DEMO / "NOTICE", submission_repo / "NOTICE")
    for name in ("model_repo", "submission_repo"):
        make_baseline(name)


if __name__ == "__main__":
    main()
