"""Features whose divergence is taken: every frame is a distribution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pytest_zrc.case import Case
from pytest_zrc.checks.arrays import check_arrays
from pytest_zrc.submission.features import Header
from tests.builders import TinyDataset, case_for, make_dataset, make_submission
from tests.checks.helpers import Array, change, change_all, findings, only_finding, set_field
from tests.checks.test_units import Recorder

WHERE = "dev-clean/dc1-0.npy"
DIVERGENCES = pytest.mark.parametrize("distance", ["kl", "kl_symmetric"])


def softmax(array: Array) -> Array:
    exponentials = np.exp(array)
    distributions: Array = exponentials / exponentials.sum(axis=1, keepdims=True)
    return distributions


def with_frame(*frames: int, frame: list[float]) -> Callable[[Array], Array]:
    def edit(array: Array) -> Array:
        for number in frames:
            array[number] = frame
        return array

    return edit


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> TinyDataset:
    return make_dataset(tmp_path_factory.mktemp("data") / "dataset", subsets=("dev-clean",))


@pytest.fixture
def posteriors(tmp_path: Path, one: TinyDataset) -> Path:
    submission = make_submission(tmp_path / "submission", one, params={"distance_mode": "kl"})
    change_all(submission, softmax)
    return submission


@DIVERGENCES
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
def test_distributions_of_any_precision(posteriors: Path, one: TinyDataset, distance: str, dtype: str) -> None:
    set_field(posteriors / "params.yaml", "distance_mode", distance)
    change_all(posteriors, lambda array: array.astype(dtype))
    assert not findings(posteriors, one)


@pytest.mark.parametrize(("columns", "scale"), [(50, 1), (50, 3), (5000, 1), (5000, 3)])
def test_half_precision_rounds_by_less_than_the_tolerance(
    posteriors: Path, one: TinyDataset, columns: int, scale: float
) -> None:
    logits = scale * np.random.default_rng(columns).standard_normal((1000, columns))
    np.save(posteriors / WHERE, softmax(logits).astype(np.float16))
    assert not list(check_arrays(case_for(posteriors, one), "dev-clean", ["dc1-0"]))


@DIVERGENCES
@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        ([0.125] * 7 + [0.127], "its sum is 1.002"),
        ([0.125] * 7 + [0.123], "its sum is 0.998"),
        ([0.0] * 8, "its sum is 0"),
        ([1.0, 1.0, 1.0, 0.2, 0, 0, 0, 0], "its sum is 3.2"),
        ([1.5, -0.5, 0, 0, 0, 0, 0, 0], "it has -0.5"),
        ([-1.0] * 8, "it has -1"),
    ],
)
def test_frames_that_are_no_distributions(
    posteriors: Path, one: TinyDataset, distance: str, frame: list[float], problem: str
) -> None:
    set_field(posteriors / "params.yaml", "distance_mode", distance)
    change(posteriors / WHERE, with_frame(9, 7, 100, frame=frame))
    finding = only_finding(posteriors, one)
    frames = one.utterance("dc1-0").frames()
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A14", WHERE, "dev-clean")
    assert finding.measured == f"3 of {frames} frames, the first is frame 7: {problem}"
    assert f"distance_mode {distance} needs" in finding.expected


def test_log_probabilities(posteriors: Path, one: TinyDataset) -> None:
    change_all(posteriors, np.log)
    found = findings(posteriors, one)
    assert [finding.code for finding in found] == ["ZRC-A14"] * 4
    frames = one.utterance("dc0-0").frames()
    assert found[0].measured.startswith(f"{frames} of {frames} frames, the first is frame 0: it has -")
    assert "exponentiate log-probabilities" in found[0].fix


@pytest.mark.parametrize("distance", ["cosine", "euclidean", "identical"])
def test_other_distances_take_any_features(posteriors: Path, one: TinyDataset, distance: str) -> None:
    set_field(posteriors / "params.yaml", "distance_mode", distance)
    change_all(posteriors, np.log)
    assert not findings(posteriors, one)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda a: a * np.nan, "ZRC-A07"),
        (np.zeros_like, "ZRC-A08"),
        (lambda a: a * np.float32(1e30), "ZRC-A12"),
        (lambda a: a.astype(np.float64) * 1e153, "ZRC-A14"),
    ],
)
def test_what_is_wrong_at_all_is_said_first(
    posteriors: Path, one: TinyDataset, edit: Callable[[Array], Array], code: str
) -> None:
    change(posteriors / WHERE, edit)
    assert only_finding(posteriors, one).code == code


VALUES = arrays(np.float64, (6, 3), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0, -0.25, 1e-4, 2e-3]))


@pytest.fixture(scope="module")
def any_case(tmp_path_factory: pytest.TempPathFactory, one: TinyDataset) -> Case:
    submission = tmp_path_factory.mktemp("any") / "submission"
    return case_for(make_submission(submission, one, params={"distance_mode": "kl"}), one)


@given(values=VALUES.filter(np.any))
def test_frames_are_found_in_any_part(any_case: Case, values: Array) -> None:
    np.save(any_case.submission.root / WHERE, np.tile(values, (4_000, 1)))  # several parts
    improper = [n for n, row in enumerate(values) if min(row) < 0 or abs(sum(row) - 1) > 1e-3]
    found = [finding.measured for finding in check_arrays(any_case, "dev-clean", ["dc1-0"])]
    assert len(found) == bool(improper)
    for measured in found:
        count = 4_000 * len(improper)
        assert measured.startswith(f"{count} of 24000 frames, the first is frame {improper[0]}: ")


@pytest.mark.parametrize("proper", [True, False])
def test_only_distributions_are_kept(posteriors: Path, one: TinyDataset, proper: bool) -> None:
    if not proper:
        change(posteriors / WHERE, lambda array: 2 * array)
    case, recorder = case_for(posteriors, one), Norms()

    def keep(_subset: str, _name: str, _header: Header) -> Recorder:
        return recorder

    case.keep = keep
    assert bool(list(check_arrays(case, "dev-clean", ["dc1-0"]))) is not proper
    assert recorder.finished is proper


class Norms(Recorder):
    """Returns the sum of norms, as is asked for."""

    def take(self, first: int, values: Array) -> float:
        super().take(first, values)
        return float(np.linalg.norm(values, axis=1).sum())
