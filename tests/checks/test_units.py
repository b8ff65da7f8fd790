"""Discrete units: integers, where frames are the same or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.checks.arrays import check_arrays
from pytest_zrc.submission.features import Header
from tests.builders import TinyDataset, case_for
from tests.checks.helpers import Array, change, change_all, findings, only_finding, save_as_text, set_field

WHERE = "dev-clean/dc1-0.npy"


def units(array: Array) -> Array:
    found: Array = np.argmax(array, axis=1)
    return found


@pytest.fixture
def unit_submission(submission: Path) -> Path:
    set_field(submission / "params.yaml", "distance_mode", "identical")
    change_all(submission, units)
    return submission


def test_a_list_of_units_a_file(unit_submission: Path, dataset: TinyDataset) -> None:
    assert not findings(unit_submission, dataset)
    frames = dataset.utterance("dc1-0").frames()
    assert case_for(unit_submission, dataset).shapes()["dev-clean", "dc1-0"] == (frames, 1)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", ">i4", "int64", "uint64", "float16", "float32"])
@pytest.mark.parametrize("columns", [1, 3])
def test_several_units_a_frame(submission: Path, dataset: TinyDataset, dtype: str, columns: int) -> None:
    set_field(submission / "params.yaml", "distance_mode", "identical")
    change_all(submission, lambda array: (100 * array[:, :columns]).astype(dtype))
    assert not findings(submission, dataset)


def test_units_as_text(unit_submission: Path, dataset: TinyDataset) -> None:
    save_as_text(unit_submission)
    assert not findings(unit_submission, dataset)


def test_zero_is_a_unit(unit_submission: Path, dataset: TinyDataset) -> None:
    change(unit_submission / WHERE, np.zeros_like)
    assert not findings(unit_submission, dataset)


def test_large_values_have_no_norm_to_overflow(unit_submission: Path, dataset: TinyDataset) -> None:
    change_all(unit_submission, lambda array: np.float32(1e30) * array.astype(np.float32)[:, None])
    assert not findings(unit_submission, dataset)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda a: a.astype(float), "ZRC-A03"),
        (lambda a: a > 3, "ZRC-A03"),
        (lambda a: a[:, None] > 3, "ZRC-A04"),
        (lambda a: a[:, None].astype("m8[s]"), "ZRC-A04"),
        (lambda a: a[:1], "ZRC-A05"),
        (lambda a: np.stack([a, a], axis=1), "ZRC-A06"),
        (lambda a: np.where(a[:, None] == 3, np.nan, 1.0), "ZRC-A07"),
    ],
)
def test_what_is_no_unit(
    unit_submission: Path, dataset: TinyDataset, edit: Callable[[Array], Array], code: str
) -> None:
    change(unit_submission / WHERE, edit)
    finding = only_finding(unit_submission, dataset)
    assert (finding.code, finding.where, finding.subset) == (code, WHERE, "dev-clean")


@pytest.mark.parametrize("distance", ["cosine", "euclidean", "kl", "kl_symmetric"])
def test_integers_are_no_features_for_other_distances(
    unit_submission: Path, dataset: TinyDataset, distance: str
) -> None:
    set_field(unit_submission / "params.yaml", "distance_mode", distance)
    change_all(unit_submission, lambda array: array[:, None])
    found = findings(unit_submission, dataset)
    assert {finding.code for finding in found} == {"ZRC-A04"}
    assert "distance_mode: identical" in found[0].fix


class Recorder:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.parts: list[tuple[int, Array]] = []
        self.finished = False

    def take(self, first: int, values: Array) -> float:
        self.parts.append((first, values.copy()))
        return float("nan")  # means nothing for units

    def finish(self) -> None:
        self.finished = True


def test_units_are_kept_as_they_are(unit_submission: Path, dataset: TinyDataset) -> None:
    saved = np.arange(200_000, dtype=">u4")
    np.save(unit_submission / WHERE, saved)
    case, recorder = case_for(unit_submission, dataset), Recorder()
    asked: list[Header] = []

    def keep(_subset: str, _name: str, header: Header) -> Recorder:
        asked.append(header)
        return recorder

    case.keep = keep
    assert not list(check_arrays(case, "dev-clean", ["dc1-0"]))
    assert asked == [Header((200_000, 1), saved.dtype)]
    assert len(recorder.parts) > 1
    assert {values.dtype for _, values in recorder.parts} == {saved.dtype}
    np.testing.assert_array_equal(np.concatenate([values for _, values in recorder.parts]), saved[:, None])
    assert recorder.finished
