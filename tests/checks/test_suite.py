"""Which checks a submission gets, and that none is left out."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.checks import suite
from tests.builders import TinyDataset, case_for


def names(submission: Path, dataset: TinyDataset, **choice: tuple[str, ...]) -> list[str]:
    sets, tasks = choice.get("sets", ()), choice.get("tasks", ())
    return [
        f"{check.subset}::{check.name}"
        for check in suite.checks_of(case_for(submission, dataset, sets=sets, tasks=tasks))
    ]


WHOLE = ["::meta", "::params", "::dimension", "::frame-shift"]


def test_names_and_order(submission: Path, dataset: TinyDataset) -> None:
    assert names(submission, dataset, sets=("dev",)) == [
        *WHOLE,
        *(f"dev-clean::{name}" for name in ("items", "files", "frames", "arrays-01of01")),
        *(f"dev-other::{name}" for name in ("items", "files", "frames", "arrays-01of01")),
    ]


def test_arrays_are_checked_in_shards(submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "FILES_PER_SHARD", 3)
    for name in dataset.ids("dev-clean"):
        (submission / "dev-clean" / f"{name}.npy").write_bytes(b"")
    checks = suite.checks_of(case_for(submission, dataset, sets=("dev",), tasks=("clean",)))
    arrays = [check for check in checks if check.name.startswith("arrays")]
    assert [check.name for check in arrays] == ["arrays-01of02", "arrays-02of02"]
    assert [len(list(check.run())) for check in arrays] == [3, 1]


def test_shards_grow_where_there_would_be_too_many(
    submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "FILES_PER_SHARD", 1)
    monkeypatch.setattr(suite, "MOST_SHARDS", 8)
    arrays = [name for name in names(submission, dataset) if "arrays" in name]
    assert len(arrays) == 8
    assert arrays[-1] == "test-other::arrays-02of02"


def test_missing_folder_has_no_arrays(submission: Path, dataset: TinyDataset) -> None:
    shutil.rmtree(submission / "dev-clean")
    checks = names(submission, dataset, sets=("dev",), tasks=("clean",))
    assert checks == [*WHOLE, "dev-clean::items", "dev-clean::files", "dev-clean::frames"]


def test_subsets_that_are_not_chosen_are_not_looked_at(submission: Path, dataset: TinyDataset) -> None:
    shutil.rmtree(submission / "test-other")
    np.save(submission / "test-clean" / "tc0-0.npy", np.zeros(3))
    case = case_for(submission, dataset, sets=("dev",))
    assert not [finding for check in suite.checks_of(case) for finding in check.run()]


def test_checks_can_run_again_and_in_any_order(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / "dc0-0.npy").unlink()
    checks = suite.checks_of(case_for(submission, dataset))
    forwards = [list(check.run()) for check in checks]
    assert [list(check.run()) for check in reversed(checks)] == forwards[::-1]
