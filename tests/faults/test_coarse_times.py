"""File systems that tell times in whole seconds, as some in networks do: a change within a second is seen still."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.scoring import run
from tests.builders import TinyDataset, case_for
from tests.scoring.helpers import run_of

SECOND = 10**9  # ns


def test_a_file_that_changes_at_once_is_scored_again(
    tmp_path: Path, submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = run._stamp

    def coarse(path: Path) -> tuple[int, ...]:
        size, *times = fine(path)
        return (size, *(time // SECOND * SECOND for time in times))

    monkeypatch.setattr(run, "_stamp", coarse)
    monkeypatch.setattr(run, "_COARSE", 1.0)
    features = submission / "dev-clean" / f"{dataset.ids('dev-clean')[0]}.npy"
    np.save(features, np.load(features))
    before = run_of(case_for(submission, dataset), tmp_path / "store")
    name = next(before.scored())
    first = before.score(*name)
    np.save(features, np.random.default_rng(1).normal(size=np.load(features).shape).astype(np.float32))
    before.forget_findings()
    assert run_of(case_for(submission, dataset), tmp_path / "store").score(*name).score != first.score


def test_one_waits_once_where_they_are_ahead(
    tmp_path: Path, submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a FAT that was written in another time zone."""
    waits: list[float] = []
    monkeypatch.setattr(run, "_stamp", lambda _: (1, 4 * 10**9 * SECOND))
    monkeypatch.setattr("time.sleep", waits.append)
    scoring = run_of(case_for(submission, dataset), tmp_path / "store")
    for subset, condition in scoring.scored():
        scoring.score(subset, condition)
    assert waits == [2.0] * 4  # subsets


def test_nobody_waits_where_times_are_fine(
    tmp_path: Path, submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: float) -> None:
        raise AssertionError

    monkeypatch.setattr("time.sleep", never)
    assert run_of(case_for(submission, dataset), tmp_path / "store").count_scores() == (0, 24)
