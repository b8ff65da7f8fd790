"""Files that end too early, and frame shifts that do not fit."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.builders import SUBSETS, TinyDataset, make_dataset, make_submission
from tests.checks.helpers import change, drop_field, findings, line_of, only_finding, set_field

WHERE = "dev-clean/dc1-0.npy"


def cut(path: Path, frames: int) -> None:
    change(path, lambda array: array[:frames])


def test_half_of_a_file(submission: Path, dataset: TinyDataset) -> None:
    utterance = dataset.utterance("dc1-0")
    half = utterance.frames() // 2
    cut(submission / WHERE, half)
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A09", WHERE, "dev-clean")
    assert finding.measured == f"{half} frames, which end at {half / 100:.2f} s at a frame shift of 0.01 s"
    assert f"the last item of this file ends at {utterance.last_offset:.2f} s" in finding.expected


def test_one_in_four_files_is_short(submission: Path, dataset: TinyDataset) -> None:
    short = [f"{subset}/{dataset.ids(subset)[0]}.npy" for subset in SUBSETS]
    for name in short:
        cut(submission / name, 100)
    found = findings(submission, dataset)
    assert [(finding.code, finding.where) for finding in found] == [("ZRC-A09", name) for name in short]


@pytest.mark.parametrize("frame_shift", [0.005, 0.01, 0.0125, 0.02, 0.04])
def test_windows_left_out_at_the_end_are_fine(tmp_path: Path, dataset: TinyDataset, frame_shift: float) -> None:
    submission = make_submission(tmp_path / "submission", dataset, frame_shift=frame_shift)
    for subset in SUBSETS:
        for name in dataset.ids(subset):
            frames = math.floor(dataset.utterance(name).last_offset / frame_shift) - 2
            cut(submission / subset / f"{name}.npy", frames)
    assert not findings(submission, dataset)


@pytest.mark.parametrize("frame_shift", [0.005, 0.01, 0.0116, 0.0125, 0.016, 0.02, 0.04, 0.05])
def test_frame_shift_as_params_say(tmp_path: Path, dataset: TinyDataset, frame_shift: float) -> None:
    assert not findings(make_submission(tmp_path / "submission", dataset, frame_shift=frame_shift), dataset)


@pytest.mark.parametrize(
    ("frame_shift", "said", "mismatch"),
    [
        (0.02, 0.01, "100 % of the files end before their last item"),
        (0.01, 0.02, "all of the files are far longer than their items"),
        (0.04, 0.01, "100 % of the files end before their last item"),
        (0.025, 0.01, "100 % of the files end before their last item"),
        (0.05, 0.01, "100 % of the files end before their last item"),
        (0.0125, 0.02, "all of the files are far longer than their items"),
        (0.005, 0.01, "all of the files are far longer than their items"),
    ],
)
def test_another_frame_shift(
    tmp_path: Path, dataset: TinyDataset, frame_shift: float, said: float, mismatch: str
) -> None:
    submission = make_submission(tmp_path / "submission", dataset, frame_shift=frame_shift)
    set_field(submission / "params.yaml", "feature_size", said)
    finding = only_finding(submission, dataset)
    line = line_of(submission / "params.yaml", "feature_size")
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A10", f"params.yaml:{line} feature_size", None)
    assert f"{mismatch} at a frame shift of {said} s" in finding.measured
    assert finding.expected.endswith(f": about {frame_shift} s would fit")


def test_default_frame_shift_does_not_fit(tmp_path: Path, dataset: TinyDataset) -> None:
    submission = make_submission(tmp_path / "submission", dataset, frame_shift=0.02)
    drop_field(submission / "params.yaml", "feature_size")
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where) == ("ZRC-A10", "params.yaml feature_size")
    assert "0.02 s would fit" in finding.expected


def test_no_frame_shift_fits(submission: Path, dataset: TinyDataset) -> None:
    """Files that are as long as one another have very different numbers of frames."""
    for subset in SUBSETS:
        for position, path in enumerate(sorted((submission / subset).iterdir())):
            cut(path, 8 + 16 * position)
    finding = only_finding(submission, dataset)
    assert finding.code == "ZRC-A10"
    assert "would fit" not in finding.expected


def test_two_files_are_too_few_to_judge_a_frame_shift_by(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",), files=2)
    submission = make_submission(tmp_path / "submission", dataset, frame_shift=0.02)
    set_field(submission / "params.yaml", "feature_size", 0.01)
    assert [finding.code for finding in findings(submission, dataset)] == ["ZRC-A09"] * 2


def test_files_without_items_have_no_length_to_compare(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",))
    submission = make_submission(tmp_path / "submission", dataset)
    for granularity in ("triphone", "phoneme"):
        path = dataset.item_file("dev-clean", granularity)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("dc1-0")), encoding="utf-8")
    cut(submission / WHERE, 10)
    assert not findings(submission, dataset)


def test_long_silence_at_the_end_of_one_file_is_fine(submission: Path, dataset: TinyDataset) -> None:
    change(submission / WHERE, lambda array: np.concatenate([array, array, array]))
    assert not findings(submission, dataset)
