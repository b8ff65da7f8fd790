"""German and Wolof were called LANG1 and LANG2: such folders are found, in a submission and in a dataset."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.benchmarks.abx17 import ABX17
from pytest_zrc.datasets.dataset import open_dataset
from tests.builders import TinyDataset, case_for, make_abx17_dataset, make_submission
from tests.checks.helpers import findings, only_finding
from tests.scoring.helpers import scores, values


@pytest.fixture
def abx17(tmp_path: Path) -> TinyDataset:
    return make_abx17_dataset(tmp_path / "dataset", subsets=("german/1s", "wolof/1s"))


@pytest.fixture
def submission(tmp_path: Path, abx17: TinyDataset) -> Path:
    return make_submission(tmp_path / "submission", abx17)


def rename(root: Path) -> None:
    (root / "german").rename(root / "LANG1")
    (root / "wolof").rename(root / "LANG2")


def test_old_names_in_the_submission(submission: Path, abx17: TinyDataset) -> None:
    before = values(scores(case_for(submission, abx17)))
    rename(submission)
    assert not findings(submission, abx17)
    assert values(scores(case_for(submission, abx17))) == before
    assert {subset for subset, _ in before} == {"german/1s", "wolof/1s"}


def test_findings_show_the_real_folder(submission: Path, abx17: TinyDataset) -> None:
    rename(submission)
    first, second, third, fourth = (f"g1s{speaker}-{n}.npy" for speaker, n in ((0, 0), (0, 1), (1, 0), (2, 0)))
    folder = submission / "LANG1" / "1s"
    np.save(folder / first, np.zeros((400, 8), np.float32))
    (folder / second).rename(folder / "other.npy")
    np.save(folder / third, np.ones((400, 3), np.float32))
    np.save(folder / fourth, np.load(folder / fourth)[:20])
    assert sorted((finding.code, finding.where, finding.subset) for finding in findings(submission, abx17)) == [
        ("ZRC-A06", f"LANG1/1s/{third}", "german/1s"),
        ("ZRC-A08", f"LANG1/1s/{first}", "german/1s"),
        ("ZRC-A09", f"LANG1/1s/{fourth}", "german/1s"),
        ("ZRC-S02", f"LANG1/1s/{second}", "german/1s"),
        ("ZRC-S03", "LANG1/1s/other.npy", "german/1s"),
    ]


def test_both_names_are_one_too_many(submission: Path, abx17: TinyDataset) -> None:
    shutil.copytree(submission / "wolof", submission / "LANG2")
    finding = only_finding(submission, abx17)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-S06", "LANG2/1s", "wolof/1s")
    assert "wolof/1s" in finding.measured


def test_each_duration_by_itself(tmp_path: Path) -> None:
    dataset = make_abx17_dataset(tmp_path / "dataset", subsets=("german/1s", "german/10s"))
    submission = make_submission(tmp_path / "submission", dataset)
    (submission / "LANG1").mkdir()
    (submission / "german" / "10s").rename(submission / "LANG1" / "10s")
    assert not findings(submission, dataset)


@pytest.mark.parametrize(
    ("name", "said"), [("wolof/1sec", "one called 'wolof/1sec'"), ("Wolof", "one called 'Wolof'"), ("other", "folder")]
)
def test_folder_by_another_name(submission: Path, abx17: TinyDataset, name: str, said: str) -> None:
    (submission / ("wolof/1s" if "/" in name else "wolof")).rename(submission / name)
    finding = only_finding(submission, abx17)
    assert (finding.code, finding.where) == ("ZRC-S01", "wolof/1s")
    assert finding.measured.endswith(said)


def test_missing_folder_goes_by_its_right_name(submission: Path, abx17: TinyDataset) -> None:
    shutil.rmtree(submission / "wolof")
    finding = only_finding(submission, abx17)
    assert (finding.code, finding.where) == ("ZRC-S01", "wolof/1s")


@pytest.mark.parametrize("index", [True, False])
def test_old_names_in_the_dataset(tmp_path: Path, submission: Path, index: bool) -> None:
    old = make_abx17_dataset(tmp_path / "old", subsets=("german/1s", "wolof/1s"), index=index)
    rename(old.root)
    if index:
        path = old.root / "index.json"
        path.write_text(path.read_text(encoding="utf-8").replace("german", "LANG1").replace("wolof", "LANG2"))
        assert sorted(json.loads(path.read_text(encoding="utf-8"))["subsets"]) == ["LANG1", "LANG2"]
    subsets = tuple(subset for subset in ABX17.subsets if subset.name in old.subsets)
    found = open_dataset(old.root, ABX17, subsets).subsets
    assert [one.item_files["triphone"] for one in found.values()] == [
        old.root / "LANG1" / "1s" / "1s.item",
        old.root / "LANG2" / "1s" / "1s.item",
    ]
    assert not findings(submission, old)
