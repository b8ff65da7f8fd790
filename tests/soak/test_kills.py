"""Some runs are killed, as `python -m tests.soak.kills` kills hundreds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.soak.kills import Scene, play, undisturbed


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["serial", "parallel"])
def test_the_next_run_makes_everything_good(tmp_path: Path, workers: tuple[str, ...]) -> None:
    scene = undisturbed(Scene("demo", ("--zrc-benchmark=demo", *workers)), tmp_path)
    assert play(scene, tmp_path / "killed", random.Random(1)).problems == ()
