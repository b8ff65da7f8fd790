"""May a submission be uploaded?"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc import evaluate
from pytest_zrc.errors import ZrcError
from pytest_zrc.publishing.ready import require_ready


@dataclass(frozen=True)
class Scored:
    """A submission with all of its scores, and its dataset."""

    folder: Path
    dataset: Path

    def ready(self) -> str:
        return require_ready(self.folder, self.dataset).digest

    def rescore(self, **how: str) -> None:
        evaluate(self.folder, dataset=self.dataset, **how).write(self.folder / "scores")  # type: ignore[arg-type]


@pytest.fixture
def original(scored_abx15: tuple[Path, Path]) -> Scored:
    return Scored(*scored_abx15)


@pytest.fixture
def scored(original: Scored, tmp_path: Path) -> Scored:
    shutil.copytree(original.folder, tmp_path / "sub")  # with other times of files
    return Scored(tmp_path / "sub", original.dataset)


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_scores_belong_to_features_by_their_content(scored: Scored, original: Scored) -> None:
    ready = require_ready(scored.folder, scored.dataset)
    assert len(ready.results.scores) == 4
    assert ready.meta["benchmark_name"] == "abx15"
    assert ready.digest == original.ready()


def test_features_that_changed_have_no_scores(scored: Scored) -> None:
    path = next((scored.folder / "xitsonga").glob("*.npy"))
    times = path.stat()
    np.save(path, np.load(path) + np.float32(0.001))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(ZrcError, match="not those of the features of xitsonga: run pytest-zrc run abx15"):
        scored.ready()


def test_an_upload_does_not_change_what_is_uploaded(scored: Scored) -> None:
    before = scored.ready()
    meta = scored.folder / "meta.yaml"
    _change(meta, "model_id: ''", "model_id: Doe26a")
    _change(meta, "submission_id: ''", "submission_id: '20261122_doe'")
    assert scored.ready() == before
    _change(meta, "noise around", "noises around")
    assert scored.ready() != before


def _remove_scores(scored: Scored) -> None:
    shutil.rmtree(scored.folder / "scores")


def _score_english_only(scored: Scored) -> None:
    scored.rescore(tasks="english")


def _score_exactly(scored: Scored) -> None:
    scored.rescore(profile="exact")


def _change_parameters(scored: Scored) -> None:
    with (scored.folder / "params.yaml").open("a", encoding="utf-8") as stream:
        stream.write("\ndistance_mode: euclidean\n")


def _change_items(scored: Scored) -> None:
    shutil.copytree(scored.dataset, scored.folder.parent / "dataset")
    with (scored.folder.parent / "dataset" / "english.item").open("a", encoding="utf-8") as stream:
        stream.write("\n")


def _drop_digests(scored: Scored) -> None:
    path = scored.folder / "scores" / "scores.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "feature_digests": {}}), encoding="utf-8")


def _break_meta(scored: Scored) -> None:
    _change(scored.folder / "meta.yaml", "open_source: true", "open_source: perhaps")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_remove_scores, "has no scores yet: run pytest-zrc run abx15 "),
        (_score_english_only, "holds 2 of 4 scores, not that of xitsonga within: run"),
        (_score_exactly, "was made with profile exact, not abxpy2015: run"),
        (_change_parameters, "was made with distance_mode: cosine, and params.yaml means euclidean: run"),
        (_change_items, "was made with other item files of english than those in"),
        (_drop_digests, "does not say which features its scores are those of: run"),
        (_break_meta, "is not valid: ZRC-M03 meta.yaml:"),
    ],
)
def test_what_keeps_it_from_being_uploaded_is_one_sentence(
    scored: Scored, spoil: Callable[[Scored], None], message: str
) -> None:
    spoil(scored)
    changed = scored.folder.parent / "dataset"
    with pytest.raises(ZrcError) as caught:
        require_ready(scored.folder, changed if changed.exists() else scored.dataset)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
