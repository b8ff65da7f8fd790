"""The frame shift that the official template of abx17 has by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import TinyDataset, make_abx15_dataset, make_abx17_dataset, make_submission
from tests.checks.helpers import findings, line_of, set_field


@pytest.fixture(scope="module")
def abx17(tmp_path_factory: pytest.TempPathFactory) -> TinyDataset:
    return make_abx17_dataset(tmp_path_factory.mktemp("data") / "dataset")


@pytest.mark.parametrize("frame_shift", [0.01, 0.02])
def test_the_shift_that_the_data_suggest_is_named(tmp_path: Path, abx17: TinyDataset, frame_shift: float) -> None:
    submission = make_submission(tmp_path / "submission", abx17, frame_shift=frame_shift)
    set_field(submission / "params.yaml", "feature_size", 0.1)
    error, warning = findings(submission, abx17)
    where = f"params.yaml:{line_of(submission / 'params.yaml', 'feature_size')} feature_size"
    assert (error.code, error.where) == ("ZRC-A10", where)
    assert (warning.code, warning.where, warning.severity) == ("ZRC-P05", where, "warning")
    assert warning.expected == f"the time between two frames: about {frame_shift} s would fit"


def test_features_of_such_a_shift_are_fine(tmp_path: Path, abx17: TinyDataset) -> None:
    assert not findings(make_submission(tmp_path / "submission", abx17, frame_shift=0.1), abx17)


def test_the_default_is_10_ms(tmp_path: Path, abx17: TinyDataset) -> None:
    submission = make_submission(tmp_path / "submission", abx17)
    (submission / "params.yaml").unlink()
    assert not findings(submission, abx17)


def test_too_few_files_to_suggest_one(tmp_path: Path) -> None:
    dataset = make_abx17_dataset(tmp_path / "dataset", subsets=("wolof/1s",), files=2)
    submission = make_submission(tmp_path / "submission", dataset, params={"feature_size": 0.1})
    [warning] = findings(submission, dataset)
    assert (warning.code, warning.expected) == ("ZRC-P05", "the time between two frames")


def test_no_other_benchmark_has_this_template(tmp_path: Path) -> None:
    dataset = make_abx15_dataset(tmp_path / "dataset")
    submission = make_submission(tmp_path / "submission", dataset, params={"feature_size": 0.1})
    assert [finding.code for finding in findings(submission, dataset)] == ["ZRC-A10"]
