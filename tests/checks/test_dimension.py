"""Arrays with another dimension than the others, and arrays that lie on their side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.builders import SUBSETS, TinyDataset, make_submission
from tests.checks.helpers import change, findings, only_finding

WHERE = "test-other/to1-0.npy"


def test_one_file_of_another_dimension(submission: Path, dataset: TinyDataset) -> None:
    change(submission / WHERE, lambda array: array[:, :5])
    finding = only_finding(submission, dataset)
    frames = dataset.utterance("to1-0").frames()
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A06", WHERE, "test-other")
    assert finding.measured == f"5 columns (shape ({frames}, 5))"
    assert finding.expected == "8, as in 94 % of the submission's files"


def test_one_transposed_file(submission: Path, dataset: TinyDataset) -> None:
    change(submission / WHERE, lambda array: array.T)
    finding = only_finding(submission, dataset)
    frames = dataset.utterance("to1-0").frames()
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A06", WHERE, "test-other")
    assert finding.measured == f"{frames} columns (shape (8, {frames})); it looks transposed"


def test_one_subset_of_another_dimension(submission: Path, dataset: TinyDataset) -> None:
    for path in (submission / "dev-clean").iterdir():
        change(path, lambda array: np.hstack([array, array]))
    found = findings(submission, dataset)
    assert {(finding.code, finding.subset) for finding in found} == {("ZRC-A06", "dev-clean")}
    assert [finding.where for finding in found] == [f"dev-clean/{name}.npy" for name in dataset.ids("dev-clean")]
    assert "75 %" in found[0].expected


def test_all_files_transposed(submission: Path, dataset: TinyDataset) -> None:
    for subset in SUBSETS:
        for path in (submission / subset).iterdir():
            change(path, lambda array: array.T)
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.subset) == ("ZRC-A11", None)
    assert "16 files with 8 rows each" in finding.measured
    assert "array.T" in finding.fix


@pytest.mark.parametrize("dim", [1, 2, 1024])
def test_any_dimension_is_fine(tmp_path: Path, dataset: TinyDataset, dim: int) -> None:
    assert not findings(make_submission(tmp_path / "submission", dataset, dim=dim), dataset)
