"""Feature files that change, or go away, while a run is about them: no score is of what was not checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.errors import ZrcError
from tests.builders import TinyDataset, case_for
from tests.plugin.conftest import Zrc
from tests.scoring.helpers import run_of


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _spoil(path: Path) -> None:
    np.save(path, np.full_like(np.load(path), np.nan))


def _replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [Path.unlink, _cut, _spoil, _replace_by_a_folder])
@pytest.mark.parametrize("same_process", [True, False])
def test_nothing_is_scored_after_a_change(
    tmp_path: Path, submission: Path, dataset: TinyDataset, change: Callable[[Path], None], *, same_process: bool
) -> None:
    run = run_of(case_for(submission, dataset), tmp_path / "store")
    for check in run.checks:
        run.findings(check)
    change(submission / "dev-clean" / f"{dataset.ids('dev-clean')[0]}.npy")
    scoring = run if same_process else run_of(case_for(submission, dataset), tmp_path / "store")
    first, *others = scoring.scored()
    with pytest.raises(ZrcError, match="features of dev-clean changed during the run: run again"):
        scoring.score(*first)
    assert all(scoring.score(*one).score is not None for one in others if one[0] != "dev-clean")


def test_a_change_while_a_score_is_computed_is_noticed(
    tmp_path: Path, submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(case_for(submission, dataset), tmp_path / "store")
    subset, condition = next(run.scored())
    compute = run._scorer.score

    def score(*arguments: object) -> object:
        found = compute(*arguments)  # type: ignore[arg-type]
        _spoil(submission / subset / f"{dataset.ids(subset)[0]}.npy")
        return found

    monkeypatch.setattr(run._scorer, "score", score)
    with pytest.raises(ZrcError, match="changed during the run"):
        run.score(subset, condition)
    assert not run.stored_scores()


# After the first shard of dev-clean, in the process that comes first.
CHANGE = """
import pathlib
from contextlib import suppress
import numpy as np

def pytest_runtest_logreport(report):
    if report.when == "call" and "arrays" in report.nodeid:
        with suppress(FileExistsError):
            pathlib.Path("changed").touch(exist_ok=False)
            path = pathlib.Path("sub/dev-clean/dc0-0.npy")
            np.save(path, np.full_like(np.load(path), np.nan))
"""


def test_workers_that_look_later_see_it_too(zrc: Zrc) -> None:
    zrc.pytester.makeconftest(CHANGE)
    result = zrc.run("-n", "2", "--zrc-sets=dev", "--zrc-tasks=clean")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*features of dev-clean changed during the run: run again when they are complete*"])
