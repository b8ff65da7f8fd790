"""``evaluate`` gives what pytest gives, bit for bit, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytest_zrc as zrc
from tests.builders import TinyDataset
from tests.scoring.helpers import frames_read

__all__ = ["frames_read"]  # a fixture


def _files(folder: Path) -> dict[str, bytes]:
    """Return the result files, without what is the time of day's."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if not name.startswith((".zrc", "junit.xml"))}


def _without_seconds(content: bytes) -> dict[str, Any]:
    scores: dict[str, Any] = json.loads(content)
    for score in scores["scores"]:
        del score["seconds"]
    return scores


@pytest.fixture
def by_pytest(pytester: pytest.Pytester, submission: Path, dataset: TinyDataset) -> Path:
    """The results of a run of pytest on the submission."""
    result = pytester.runpytest_subprocess(
        f"--zrc-submission={submission}",
        f"--zrc-dataset={dataset.root}",
        "--zrc-sets=dev",
        "--zrc-memory=1G",
        "--zrc-details",
    )
    assert result.ret == 0
    return submission / "scores"


def test_its_files_are_those_of_pytest(by_pytest: Path, submission: Path, dataset: TinyDataset, tmp_path: Path) -> None:
    evaluation = zrc.evaluate(submission, dataset=dataset.root, sets="dev", memory="1G")
    evaluation.write(tmp_path / "mine", details="csv")
    ours, theirs = _files(tmp_path / "mine"), _files(by_pytest)
    assert _without_seconds(ours.pop("scores.json")) == _without_seconds(theirs.pop("scores.json"))
    assert ours == theirs
    assert {"validation.json", "details.json", "details/phone-pairs.csv", "score_all_phonetic.csv"} <= ours.keys()


def test_it_goes_on_where_pytest_was(by_pytest: Path, submission: Path, dataset: TinyDataset, tmp_path: Path) -> None:
    zrc.evaluate(submission, dataset=dataset.root, sets="dev", scores=by_pytest).write(tmp_path / "mine")
    # With the seconds that pytest took, and the memory that it had.
    assert (tmp_path / "mine" / "scores.json").read_bytes() == (by_pytest / "scores.json").read_bytes()


def test_fresh_scores_are_computed_again(
    submission: Path, dataset: TinyDataset, tmp_path: Path, frames_read: dict[str, int]
) -> None:
    for fresh, reads in ((False, True), (False, False), (True, True)):
        frames_read.clear()
        zrc.evaluate(submission, dataset=dataset.root, sets="dev", scores=tmp_path, validate=False, fresh=fresh)
        assert bool(frames_read) == reads


def test_each_file_is_read_once(submission: Path, dataset: TinyDataset, frames_read: dict[str, int]) -> None:
    zrc.evaluate(submission, dataset=dataset.root)
    names = {path.stem: len(np.load(path)) for path in submission.rglob("*.npy")}
    assert frames_read == names


def test_nothing_is_kept_without_a_folder(submission: Path, dataset: TinyDataset, temporary: Path) -> None:
    before = sorted(submission.rglob("*"))
    zrc.evaluate(submission, dataset=dataset.root, tasks=["clean"])
    assert sorted(submission.rglob("*")) == before
    assert not list(temporary.iterdir())


def test_scores_are_kept_in_a_folder(submission: Path, dataset: TinyDataset, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    first = zrc.evaluate(submission, dataset=dataset.root, sets="dev", tasks="clean", scores=kept)
    again = zrc.evaluate(submission, dataset=dataset.root, sets="dev", scores=kept)
    assert again.records[:6] == first.records  # the seconds, too
    assert not list((kept / ".zrc").glob("check-*"))


def test_two_in_a_row(submission: Path, dataset: TinyDataset) -> None:
    one, two = (zrc.evaluate(submission, dataset=dataset.root, sets="dev", threads=n) for n in (1, 2))
    assert dict(one.scores) == dict(two.scores)
    assert len(one.scores) == 12
    assert one.scores["dev-clean", "phoneme-any-across"] == one.records[5].score


def test_a_subset_that_is_not_valid_has_no_score(submission: Path, dataset: TinyDataset) -> None:
    path = submission / "dev-clean" / "dc0-0.npy"
    np.save(path, np.full_like(np.load(path), np.nan))
    evaluation = zrc.evaluate(submission, dataset=dataset.root, sets="dev")
    assert len(evaluation.scores) == 6
    assert [one.code for one in evaluation.validation.errors] == ["ZRC-A07"]
    with pytest.raises(zrc.ZrcError, match=r"dev-clean is not valid: ZRC-A07 dev-clean/dc0-0\.npy: "):
        evaluation.scores["dev-clean", "phoneme-any-across"]


def test_what_cannot_be_scored_without_validation_is_an_error(
    submission: Path, dataset: TinyDataset, temporary: Path
) -> None:
    (submission / "dev-clean" / "dc0-0.npy").write_bytes(b"nothing")
    with pytest.raises(zrc.ZrcError, match=r"dc0-0\.npy: not a \.npy file, by its first bytes; write the file again"):
        zrc.evaluate(submission, dataset=dataset.root, sets="dev", validate=False)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"benchmark": "abxLX"}, "no benchmark is called 'abxLX': choose one of abxLS, abx17, abx15, demo"),
        ({"sets": "train"}, "abxLS has no 'train': sets takes dev, test"),
        ({"tasks": ["clean", "noisy"]}, "abxLS has no 'noisy': tasks takes clean, other"),
        ({"profile": "best"}, "no scoring profile is called 'best': choose one of "),
        ({"device": "tpu"}, "no device is called 'tpu': choose one of auto, cpu, cuda"),
        ({"threads": 0}, "threads=0: give a number of threads, from 1"),
        ({"memory": "much"}, "memory=much: give a size, as 4G"),
        ({"dataset": "nowhere"}, r"no dataset at nowhere .*: give the folder of abxLS-dataset with dataset=DIR"),
        ({"submission": "nowhere"}, r"no submission at nowhere \(no such folder\): give the folder that holds"),
        ({"submission": 3}, "submission is of type int; expected the path of a folder"),
        ({"submission": None, "benchmark": "abxLS"}, "abxLS needs a submission: give its folder with submission=DIR"),
        ({"scores": __file__}, r"results cannot be written to .*test_evaluate\.py .*: name another folder with scores"),
    ],
    ids=str,
)
def test_wrong_arguments(submission: Path, dataset: TinyDataset, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(zrc.ZrcError, match=f"^{sentence}"):
        zrc.evaluate(**{"submission": submission, "dataset": dataset.root, "sets": "dev", **given})


def test_results_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(zrc.ZrcError, match=r"the results could not be written to .*file: "):
        zrc.evaluate(benchmark="demo").write(tmp_path / "file")
