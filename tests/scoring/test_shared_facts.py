"""Facts about thousands of files are found once, and the processes say how far they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_zrc.resources import Resources
from pytest_zrc.scoring import run
from pytest_zrc.scoring.store import Store
from tests.builders import TinyDataset, case_for
from tests.scoring.helpers import ENOUGH, run_of


def test_progress_is_told_where_it_takes_long(
    tmp_path: Path, submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_SILENT", 0)
    told: list[tuple[str, float]] = []

    def of(name: str) -> Callable[[float], None]:
        return lambda share: told.append((name, share))

    store = Store(tmp_path / "store")
    case = case_for(submission, dataset)
    run.Run(case, run.Selection(), store, "r", Resources(ENOUGH, 2), progress=of)
    case.shapes()
    case.shapes()
    assert [name for name, share in told if share < 1] == [f"shapes of {subset}" for subset in dataset.subsets]
    assert [share for _, share in told] == [0, 0.25, 0.5, 0.75, 1]


def test_another_process_does_not_find_them_again(tmp_path: Path, submission: Path, dataset: TinyDataset) -> None:
    first = run_of(case_for(submission, dataset), tmp_path / "store").case.last_offsets("dev-clean")
    second = run_of(case_for(submission, dataset), tmp_path / "store").case
    second._find_items = _never  # type: ignore[method-assign]
    assert second.last_offsets("dev-clean") == first


def _never(subset: str) -> dict[str, object]:
    raise AssertionError(subset)
