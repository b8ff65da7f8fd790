"""Files that cannot be scored, found without validation or after it: one sentence each, in memory and streamed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.case import Case
from pytest_zrc.errors import ZrcError
from tests.builders import TinyDataset, case_for
from tests.checks.helpers import Array, change
from tests.scoring.helpers import ENOUGH, LITTLE, scores, values
from tests.submission.pipes import fed_pipe

WHERE = "dev-clean/dc1-0.npy"
BOTH = pytest.mark.parametrize("memory", [ENOUGH, LITTLE], ids=["held", "streamed"])


@pytest.fixture
def case(submission: Path, dataset: TinyDataset) -> Case:
    return case_for(submission, dataset)


def _problem(case: Case, memory: int) -> str:
    with pytest.raises(ZrcError) as caught:
        scores(case, memory)
    return str(caught.value).replace(str(case.submission.root / WHERE), "FILE")


@BOTH
@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda a: a[:, 0], "FILE has shape ({frames},); save a 2D array (frames, feature dimension)"),
        (lambda a: a.astype(int), "FILE holds int64, not floats; convert it with array.astype('float32')"),
        (lambda a: a[:, :3], "FILE has 3 columns, others 8: extract it like the others"),
    ],
)
def test_an_array_that_cannot_be_scored(
    case: Case, dataset: TinyDataset, edit: Callable[[Array], Array], message: str, memory: int
) -> None:
    change(case.submission.root / WHERE, edit)
    assert _problem(case, memory) == message.format(frames=dataset.utterance("dc1-0").frames())


@BOTH
def test_a_file_that_is_cut_off(case: Case, memory: int) -> None:
    path = case.submission.root / WHERE
    os.truncate(path, path.stat().st_size - 10)
    assert _problem(case, memory).startswith("FILE: cut off: ")
    assert _problem(case, memory).endswith("; write the file again")


@BOTH
@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda a: a[:-1], "FILE changed while it was being scored: run again when it is complete"),
        (lambda a: a[:, :3], "FILE changed while it was being scored: run again when it is complete"),
        (lambda a: a.astype(int), "FILE holds int64, not floats; convert it with array.astype('float32')"),
    ],
)
def test_a_file_that_changes_after_its_header_was_read(
    case: Case, edit: Callable[[Array], Array], message: str, memory: int
) -> None:
    case.shapes()
    change(case.submission.root / WHERE, edit)
    assert _problem(case, memory) == message


@BOTH
def test_a_file_that_disappears(case: Case, memory: int) -> None:
    case.shapes()
    (case.submission.root / WHERE).unlink()
    assert _problem(case, memory) == "FILE: no such file; write the file again"


@BOTH
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_in_the_place_of_a_file(case: Case, memory: int) -> None:
    case.shapes()
    (case.submission.root / WHERE).unlink()
    with fed_pipe(case.submission.root / WHERE):
        assert _problem(case, memory) == "FILE: not a regular file; write the file again"


@BOTH
def test_two_files_of_one_id(case: Case, memory: int) -> None:
    other = case.submission.root / "dev-clean" / "more" / "dc1-0.npy"
    other.parent.mkdir()
    other.write_bytes((case.submission.root / WHERE).read_bytes())
    assert _problem(case, memory) == "FILE and more/dc1-0.npy have the same id: remove one of the two"


@BOTH
def test_no_file_at_all(case: Case, memory: int) -> None:
    for path in (case.submission.root / "dev-clean").iterdir():
        path.unlink()
    assert _problem(case, memory).endswith("dev-clean holds no feature file of the dataset: nothing can be scored")


@BOTH
def test_files_that_the_dataset_does_not_list_are_scored_if_items_name_them(
    case: Case, submission: Path, dataset: TinyDataset, tmp_path: Path, memory: int
) -> None:
    index = (dataset.root / "index.json").read_text(encoding="utf-8")
    assert '"dev-clean/dc1-0.wav"' in index
    expected = values(scores(case, memory))
    shorter = tmp_path / "shorter"
    shorter.mkdir()
    for entry in dataset.root.iterdir():
        (shorter / entry.name).symlink_to(entry)
    (shorter / "index.json").unlink()
    (shorter / "index.json").write_text(
        index.replace('"dev-clean/dc1-0.wav"', '"dev-clean/dc0-0.wav"'), encoding="utf-8"
    )
    again = case_for(submission, TinyDataset(shorter, dataset.utterances))
    assert "dc1-0" not in again.files("dev-clean").by_id
    assert values(scores(again, memory)) == expected


@BOTH
def test_a_missing_file_leaves_its_tokens_out(case: Case, memory: int) -> None:
    (case.submission.root / WHERE).unlink()
    assert all(score.score is not None for score in scores(case, memory))


@BOTH
def test_a_broken_file_that_no_item_names_does_not_matter(case: Case, memory: int) -> None:
    np.save(case.submission.root / "dev-clean" / "other.npy", np.ones(3))
    assert all(score.score is not None for score in scores(case, memory))
