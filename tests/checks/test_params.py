"""What is wrong in params.yaml, with its line; it keeps everything from being scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc.checks.catalogue import Finding
from tests.builders import TinyDataset, case_for, make_submission
from tests.checks.helpers import findings, findings_of, only_finding

FIRST_LINES = "cuda: false\nfeature_size: 0.01\n"


def check(submission: Path, dataset: TinyDataset, text: str) -> Finding:
    (submission / "params.yaml").write_text(text, encoding="utf-8")
    finding = only_finding(submission, dataset)
    assert all(finding.blocks(subset) for subset in dataset.subsets)
    return finding


@pytest.mark.parametrize("text", ["", "# defaults\n", FIRST_LINES, "distance_mode: euclidian\nmax_size_group: null\n"])
def test_nothing_wrong(submission: Path, dataset: TinyDataset, text: str) -> None:
    (submission / "params.yaml").write_text(text, encoding="utf-8")
    assert not findings(submission, dataset)


def test_no_file(submission: Path, dataset: TinyDataset) -> None:
    (submission / "params.yaml").unlink()
    assert not findings(submission, dataset)


@pytest.mark.parametrize("text", ["- a\n", "a: [1\n", "just text\n", "a: !!python/name:os.system\n"])
def test_unreadable_file(submission: Path, dataset: TinyDataset, text: str) -> None:
    finding = check(submission, dataset, text)
    assert (finding.code, finding.where) == ("ZRC-P01", "params.yaml")


def test_folder_in_the_place_of_the_file(submission: Path, dataset: TinyDataset) -> None:
    (submission / "params.yaml").unlink()
    (submission / "params.yaml").mkdir()
    assert only_finding(submission, dataset).code == "ZRC-P01"


@pytest.mark.parametrize(
    ("name", "hint"), [("distance", "did you mean distance_mode?"), ("max_group_size", "max_size_group?"), ("x", "")]
)
def test_unknown_parameter(submission: Path, dataset: TinyDataset, name: str, hint: str) -> None:
    finding = check(submission, dataset, f"{FIRST_LINES}{name}: 7\n")
    assert (finding.code, finding.where) == ("ZRC-P02", f"params.yaml:3 {name}")
    assert finding.measured.startswith("no such parameter (value 7)")
    assert finding.measured.endswith(hint)
    assert ("did you mean" in finding.measured) is bool(hint)


def test_wrong_parameter(submission: Path, dataset: TinyDataset) -> None:
    finding = check(submission, dataset, f"{FIRST_LINES}distance_mode: manhattan\n")
    assert (finding.code, finding.where) == ("ZRC-P03", "params.yaml:3 distance_mode")
    assert finding.measured == "'manhattan'"
    assert finding.expected == "one of cosine, euclidean, kl, kl_symmetric, identical"


def test_parameter_given_twice(submission: Path, dataset: TinyDataset) -> None:
    finding = check(submission, dataset, f"{FIRST_LINES}cuda: true\n")
    assert (finding.code, finding.where) == ("ZRC-P04", "params.yaml:3 cuda")
    assert "line 3" in finding.measured


def test_every_problem_has_its_finding(submission: Path, dataset: TinyDataset) -> None:
    (submission / "params.yaml").write_text("cuda: 1\nspeed: 1\nseed: 1\nseed: x\n", encoding="utf-8")
    assert sorted((finding.code, finding.where) for finding in findings(submission, dataset)) == [
        ("ZRC-P02", "params.yaml:2 speed"),
        ("ZRC-P03", "params.yaml:1 cuda"),
        ("ZRC-P03", "params.yaml:4 seed"),
        ("ZRC-P04", "params.yaml:4 seed"),
    ]


def test_wrong_frame_shift_is_not_judged_by_the_default(tmp_path: Path, dataset: TinyDataset) -> None:
    """One mistake, one finding: the features fit the frame shift that was meant."""
    submission = make_submission(tmp_path / "submission", dataset, frame_shift=0.02)
    finding = check(submission, dataset, "feature_size: 20 ms\n")
    assert (finding.code, finding.where) == ("ZRC-P03", "params.yaml:1 feature_size")


def test_units_have_no_mean(submission: Path, dataset: TinyDataset) -> None:
    finding = check(submission, dataset, f"{FIRST_LINES}distance_mode: identical\npooling: mean\n")
    assert (finding.code, finding.where, finding.measured) == ("ZRC-P03", "params.yaml:4 pooling", "'mean'")


def test_limits_that_the_profile_does_not_look_at(submission: Path, dataset: TinyDataset) -> None:
    (submission / "params.yaml").write_text("max_size_group: 10\nmax_x_across: null\n", encoding="utf-8")
    case = case_for(submission, dataset, benchmark="abxLS", profile="exact")
    [finding] = findings_of(case)
    assert (finding.code, finding.severity) == ("ZRC-P06", "warning")
    assert finding.measured.startswith("max_size_group, which profile exact")
    assert findings_of(case_for(submission, dataset, benchmark="abxLS")) == []
