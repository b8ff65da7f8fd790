"""Scores that came with a submission: a run does not believe them; what only reads them does."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import pytest_zrc
from pytest_zrc.publishing.ready import require_ready
from pytest_zrc.resolve import resolve
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.store import Result, Store
from pytest_zrc.scoring.stored import read_results
from tests.publishing.submitting import Sender

FORGED = 0.0123


def _forge(folder: Path) -> None:
    """Change every stored score."""
    for path in folder.glob("score-*.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "score": FORGED}), encoding="utf-8")


def _times(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path.relative_to(folder): _time(path) for path in folder.rglob("*.npy")}


def _time(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns


def test_what_a_run_stored_elsewhere_is_not_believed(sender: Sender, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    before = pytest_zrc.evaluate(sender.folder, dataset=sender.dataset, scores=sender.folder / "scores").scores
    _forge(sender.folder / "scores" / ".zrc")
    kept = pytest_zrc.evaluate(sender.folder, dataset=sender.dataset, scores=sender.folder / "scores").scores
    assert set(kept.values()) == {FORGED}  # nobody else could write there
    shutil.copytree(sender.folder, theirs)  # as it is sent: sizes and times as they were, and the store
    assert _times(theirs) == _times(sender.folder)
    found = pytest_zrc.evaluate(theirs, dataset=sender.dataset, scores=theirs / "scores").scores
    assert dict(found) == dict(before)


class _Asked(Store):
    """Notes which results are looked for."""

    def load(self, key: str) -> Result | None:
        self.keys = {*getattr(self, "keys", ()), key}
        return super().load(key)


def _keys(sender: Sender, run_id: str) -> set[str]:
    """Return the keys of the scores that a run would take from its store."""
    store = _Asked(sender.folder / "scores" / ".zrc")
    case = resolve(sender.folder, dataset=sender.dataset)
    assert not Run(case, Selection(validate=False), store, run_id, Resources.of("", "1", 1)).stored_scores()
    return store.keys


@pytest.mark.parametrize("lost", ["removed", "links to nothing"])
def test_no_score_is_believed_where_there_are_no_features(sender: Sender, lost: str) -> None:
    assert _keys(sender, "one") == _keys(sender, "two")
    for path in list(sender.folder.rglob("*.npy")):
        path.unlink()
        if lost != "removed":
            path.symlink_to("nothing")
    assert _keys(sender, "one").isdisjoint(_keys(sender, "two"))  # of no file that was there before the run


def test_fresh_scores_again_what_was_stored_here(sender: Sender) -> None:
    results = sender.folder / "scores"
    before = pytest_zrc.evaluate(sender.folder, dataset=sender.dataset, scores=results).scores
    _forge(results / ".zrc")
    assert dict(pytest_zrc.evaluate(sender.folder, dataset=sender.dataset, scores=results, fresh=True).scores) == dict(
        before
    )


def test_scores_json_is_believed_by_what_reads_it_until_a_run_writes_it_anew(sender: Sender) -> None:
    path = sender.folder / "scores" / "scores.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for score in content["scores"]:
        score["score"] = FORGED
    path.write_text(json.dumps(content), encoding="utf-8")
    ready = require_ready(sender.folder, sender.dataset)
    assert {one.score for one in ready.results.scores} == {FORGED}
    pytest_zrc.evaluate(sender.folder, dataset=sender.dataset).write(sender.folder / "scores")
    assert FORGED not in {one.score for one in read_results(sender.folder).scores}


def test_damaged_results_are_a_sentence(sender: Sender) -> None:
    path = sender.folder / "scores" / "scores.json"
    os.truncate(path, 100)
    with pytest.raises(pytest_zrc.ZrcError, match="is not JSON"):
        require_ready(sender.folder, sender.dataset)


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_results_that_are_nested_deeply_are_a_sentence(sender: Sender, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    (sender.folder / "scores" / "scores.json").write_text(f'{{"benchmark": {nested}}}', encoding="utf-8")
    with pytest.raises(pytest_zrc.ZrcError):
        read_results(sender.folder)


def test_a_folder_among_the_results_is_left_alone(sender: Sender) -> None:
    planted = sender.folder / "scores" / ".zrc" / "check-old"
    planted.mkdir(parents=True)
    os.utime(planted, (0, 0))
    pytest_zrc.evaluate(sender.folder, dataset=sender.dataset, scores=sender.folder / "scores")
    assert planted.is_dir()
