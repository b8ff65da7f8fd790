"""Features are read once, and no more of them are held than there is memory for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.abx.frames import Form, cut_tokens
from pytest_zrc.case import Case
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.files import known_files
from pytest_zrc.scoring.memory import Memory
from pytest_zrc.scoring.run import Run
from pytest_zrc.scoring.speech import Held, Streamed
from pytest_zrc.submission.features import Header, read_header
from tests.builders import TinyDataset, case_for
from tests.checks.helpers import change
from tests.scoring.helpers import ENOUGH, run_of, scores, values

SUBSETS = ("dev-clean", "dev-other", "test-clean", "test-other")


@pytest.fixture
def case(submission: Path, dataset: TinyDataset) -> Case:
    return case_for(submission, dataset)


def _size(case: Case, subset: str) -> int:
    files = known_files(case, subset)
    assert files is not None
    return files.size(Form())


def _once(case: Case) -> Counter[str]:
    """Return the frames of each file."""
    return Counter({name: frames for (_, name), (frames, _) in case.shapes().items()})


def _in_order(run: Run) -> None:
    """Do what pytest does in one process: the checks of a subset, then its scores."""
    for subset in ("", *SUBSETS):
        for check in run.checks:
            if check.subset == subset:
                run.findings(check)
        for condition in run.conditions if subset else ():
            run.score(subset, condition)


def test_all_conditions_read_a_file_once(case: Case, frames_read: Counter[str]) -> None:
    scores(case)
    assert frames_read == _once(case)


@pytest.mark.parametrize("memory", ["of a subset", "enough"])
def test_checks_and_scores_read_a_file_once(case: Case, tmp_path: Path, frames_read: Counter[str], memory: str) -> None:
    size = max(_size(case, subset) for subset in SUBSETS) if memory == "of a subset" else ENOUGH
    run = run_of(case, tmp_path / "store", size)
    _in_order(run)
    assert frames_read == _once(case)
    assert values(run.known_scores()) == values(scores(case))


def test_scores_first_read_what_memory_cannot_hold_a_second_time(
    case: Case, tmp_path: Path, frames_read: Counter[str]
) -> None:
    memory = 2 * max(_size(case, subset) for subset in SUBSETS) + 1000
    run = run_of(case, tmp_path / "store", memory)
    assert values(run.scores()) == values(scores(case_for(case.submission.root, _dataset(case))))
    once = _once(case)
    subset_of = {name: subset for subset, name in case.shapes()}
    for name, frames in once.items():
        again = subset_of[name] in ("test-clean", "test-other")
        # The scores to compare with have read all of it once more.
        assert frames_read[name] == (3 if again else 2) * frames, name


def _dataset(case: Case) -> TinyDataset:
    return TinyDataset(case.dataset.root, dict.fromkeys(SUBSETS, ()))


@pytest.mark.parametrize(
    "reason", ["no scores", "not asked for", "too many processes", "no memory", "all scores are stored"]
)
def test_checks_keep_nothing_in_vain(case: Case, tmp_path: Path, reason: str) -> None:
    store = tmp_path / "store"
    if reason == "all scores are stored":
        run_of(case, store).scores()
    run = run_of(
        case,
        store,
        1000 if reason == "no memory" else ENOUGH,
        score=reason != "no scores",
        processes=7 if reason == "too many processes" else 1,
    )
    run.forget_findings()
    if reason == "not asked for":
        run.expected = frozenset({"dev-other"})
    for check in run.checks:
        if check.subset == "dev-clean":
            run.findings(check)
    header = _header(case, "dev-clean", "dc0-0")
    assert case.keep("dev-clean", "dc0-0", header) is None


def test_checks_keep_what_six_processes_are_going_to_score(case: Case, tmp_path: Path) -> None:
    run_of(case, tmp_path / "store", processes=6)
    assert case.keep("dev-clean", "dc0-0", _header(case, "dev-clean", "dc0-0")) is not None


def _header(case: Case, subset: str, name: str) -> Header:
    return read_header(case.submission.root / subset / f"{name}.npy")


def test_a_file_with_an_error_is_not_kept(case: Case, tmp_path: Path, frames_read: Counter[str]) -> None:
    change(case.submission.root / "dev-clean" / "dc0-0.npy", lambda array: array * float("nan"))
    run = run_of(case, tmp_path / "store")
    run.obstacles("dev-clean")
    before = frames_read.copy()
    held = run.memory.source("dev-clean")
    assert isinstance(held, Held)
    held.wait(held.files.counts)
    assert (frames_read - before).keys() == {"dc0-0"}


def test_a_subset_that_was_scored_makes_room_for_the_next(case: Case) -> None:
    memory = Memory(case, Resources(max(_size(case, subset) for subset in SUBSETS)), Form())
    for subset in SUBSETS:
        assert isinstance(memory.source(subset), Held)
    assert memory.source("test-other") is memory.source("test-other")


def test_a_subset_that_fits_nowhere_is_streamed(case: Case) -> None:
    memory = Memory(case, Resources(_size(case, "dev-clean") - 1), Form())
    assert isinstance(memory.source("dev-clean"), Streamed)


@pytest.mark.parametrize("whole", [True, False])
def test_frames_wait_for_their_files_or_for_all(case: Case, frames_read: Counter[str], whole: bool) -> None:
    source = Memory(case, Resources(ENOUGH), Form(), whole=whole).source("dev-clean")
    assert isinstance(source, Held)
    tokens = cut_tokens(case.items("dev-clean", "phoneme"), source.files.counts, 0.01)
    frames, spans = source.speech(tokens).frames(np.array([len(tokens) - 1]))
    assert not (whole and source.missing)
    last = frames.values[spans.starts[-1] : spans.starts[-1] + spans.lengths[-1]]
    np.testing.assert_allclose(np.linalg.norm(last, axis=1), 1, rtol=1e-5)
    source.wait(source.files.counts)
    assert set(frames_read) == set(source.files.counts)
