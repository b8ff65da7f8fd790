"""Features that memory cannot hold are read as they are needed, and come to the same scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.abx.frames import Form, cut_tokens
from pytest_zrc.scoring.files import known_files
from pytest_zrc.scoring.speech import Place, Streamed
from tests.builders import TinyDataset, case_for, make_dataset, make_submission
from tests.checks.helpers import change, set_field
from tests.scoring.helpers import LITTLE, scores, values


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> TinyDataset:
    """A dataset of one subset, with limits to be reached."""
    return make_dataset(tmp_path_factory.mktemp("data") / "dataset", subsets=("dev-clean",), files=6, repeats=3)


@pytest.mark.parametrize("distance", ["cosine", "euclidean", "kl", "kl_symmetric"])
def test_all_conditions(tmp_path: Path, one: TinyDataset, distance: str) -> None:
    params = {"distance_mode": distance, "max_size_group": 4, "max_x_across": 1}
    case = case_for(make_submission(tmp_path / "submission", one, params=params), one)
    held, streamed = scores(case), scores(case, LITTLE)
    assert len(held) == 6
    assert values(held) == values(streamed)
    assert not any(score.streamed for score in held)
    assert all(score.streamed for score in streamed)


@pytest.mark.parametrize("kind", ["float16", "float64", ">f4", "fortran", "text", "mixed"])
def test_all_kinds_of_files(tmp_path: Path, one: TinyDataset, kind: str) -> None:
    dtype = np.dtype("f4" if kind in ("fortran", "text", "mixed") else kind)
    submission = make_submission(tmp_path / "submission", one, dtype=dtype)
    paths = sorted((submission / "dev-clean").iterdir())
    if kind == "fortran":
        for path in paths:
            change(path, np.asfortranarray)
    elif kind == "mixed":
        for path, each in zip(paths, ("f2", "f4", "f8", ">f4", "f8"), strict=False):
            np.save(path, np.load(path).astype(each))
    elif kind == "text":
        set_field(submission / "params.yaml", "score_file_type", ".txt")
        for path in paths:
            np.savetxt(path.with_suffix(".txt"), np.load(path))
            path.unlink()
    case = case_for(submission, one)
    assert values(scores(case)) == values(scores(case, LITTLE))


def test_frames_of_zeros(tmp_path: Path, one: TinyDataset) -> None:
    submission = make_submission(tmp_path / "submission", one)
    change(submission / "dev-clean" / "dc0-0.npy", lambda array: array * (np.arange(len(array)) % 7 > 2)[:, None])
    case = case_for(submission, one)
    assert values(scores(case)) == values(scores(case, LITTLE))


@pytest.mark.parametrize("budget", [1, 5000, LITTLE, 10**6])
def test_the_tokens_are_where_the_spans_say(tmp_path: Path, one: TinyDataset, budget: int) -> None:
    submission = make_submission(tmp_path / "submission", one)
    case = case_for(submission, one)
    files = known_files(case, "dev-clean")
    assert files is not None
    tokens = cut_tokens(case.items("dev-clean", "triphone"), files.counts, 0.01)
    speech = Streamed(files, Place(budget), Form()).speech(tokens)
    rng = np.random.default_rng(0)
    for count in (1, 5, 40, len(tokens)):
        some = np.sort(rng.choice(len(tokens), count, replace=False))
        frames, spans = speech.frames(some)
        assert len(frames) <= (tokens.end - tokens.start)[some].sum()
        for token in some:
            array = np.load(files.paths[tokens.files[tokens.file[token]]])[tokens.start[token] : tokens.end[token]]
            expected = array / np.linalg.norm(array, axis=1, keepdims=True)
            start, length = spans.starts[token], spans.lengths[token]
            np.testing.assert_allclose(frames.values[start : start + length, :8], expected, rtol=1e-6)


def test_it_keeps_within_its_budget(tmp_path: Path, one: TinyDataset) -> None:
    case = case_for(make_submission(tmp_path / "submission", one), one)
    files = known_files(case, "dev-clean")
    assert files is not None
    tokens = cut_tokens(case.items("dev-clean", "phoneme"), files.counts, 0.01)
    speech = Streamed(files, Place(LITTLE), Form()).speech(tokens)
    lengths = tokens.end - tokens.start
    assert speech.room is not None
    fitting = np.flatnonzero(np.cumsum(lengths) <= speech.room)
    last = [speech.frames(fitting - first)[0] for first in (0, 0, 0, 0)]
    places = {frames.values.__array_interface__["data"][0] for frames in last}
    assert len(places) == 2, "two places take turns"
    assert 2 * speech.room * files.size(Form()) / files.frames <= LITTLE + 64
