"""Files that are missing, extra, twice there, or where nobody can look."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pytest_zrc.checks.structure import check_files
from tests.builders import TinyDataset, case_for, unreadable
from tests.checks.helpers import findings, only_finding, set_field


def pairs(submission: Path, dataset: TinyDataset) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in findings(submission, dataset)]


def test_valid_submission(submission: Path, dataset: TinyDataset) -> None:
    assert not findings(submission, dataset)


def test_missing_folder(submission: Path, dataset: TinyDataset) -> None:
    shutil.rmtree(submission / "dev-other")
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-S01", "dev-other", "dev-other")
    assert "4 feature files" in finding.expected
    assert "but one" not in finding.measured


def test_folder_by_another_name(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-other").rename(submission / "dev_other")
    finding = only_finding(submission, dataset)
    assert finding.code == "ZRC-S01"
    assert "one called 'dev_other'" in finding.measured


def test_file_in_the_place_of_a_folder(submission: Path, dataset: TinyDataset) -> None:
    shutil.rmtree(submission / "dev-other")
    (submission / "dev-other").touch()
    assert pairs(submission, dataset) == [("ZRC-S01", "dev-other")]


def test_missing_file(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / "dc1-0.npy").unlink()
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-S02", "dev-clean/dc1-0.npy", "dev-clean")
    assert "dc1-0" in finding.fix


def test_empty_folder(submission: Path, dataset: TinyDataset) -> None:
    shutil.rmtree(submission / "dev-clean")
    (submission / "dev-clean").mkdir()
    assert pairs(submission, dataset) == [("ZRC-S02", f"dev-clean/{name}.npy") for name in dataset.ids("dev-clean")]


def test_file_with_the_suffix_of_the_other_kind(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / "dc1-0.npy").rename(submission / "dev-clean" / "dc1-0.txt")
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where) == ("ZRC-S02", "dev-clean/dc1-0.npy")
    assert "dc1-0.txt" in finding.measured
    assert "score_file_type" in finding.measured


def test_text_files_where_params_say_so(submission: Path, dataset: TinyDataset) -> None:
    set_field(submission / "params.yaml", "score_file_type", ".txt")
    found = findings(submission, dataset)
    assert {finding.code for finding in found} == {"ZRC-S02"}
    assert len(found) == 16


def test_extra_file(submission: Path, dataset: TinyDataset) -> None:
    shutil.copy(submission / "dev-clean" / "dc1-0.npy", submission / "dev-clean" / "dc1-9.npy")
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-S03", "dev-clean/dc1-9.npy", "dev-clean")
    assert finding.measured == "no file of the dataset has the id 'dc1-9'"


@pytest.mark.parametrize("name", ["dc1-0.wav", "dc1-0.txt", "dc1-0.NPY", "dc1-0"])
def test_extra_file_with_an_id_of_the_dataset(submission: Path, dataset: TinyDataset, name: str) -> None:
    (submission / "dev-clean" / name).touch()
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where) == ("ZRC-S03", f"dev-clean/{name}")
    assert "no file of the dataset has the id" not in finding.measured


def test_renamed_file(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / "dc1-0.npy").rename(submission / "dev-clean" / "dc1.npy")
    assert pairs(submission, dataset) == [("ZRC-S02", "dev-clean/dc1-0.npy"), ("ZRC-S03", "dev-clean/dc1.npy")]


def test_hidden_files_and_files_beside_the_subsets_are_no_concern(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / ".DS_Store").touch()
    (submission / "notes.txt").touch()
    (submission / "scores").mkdir()
    (submission / "train-clean").mkdir()
    assert not findings(submission, dataset)


def test_folders_within_a_subset_are_fine(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / "sub").mkdir()
    (submission / "dev-clean" / "dc1-0.npy").rename(submission / "dev-clean" / "sub" / "dc1-0.npy")
    assert not findings(submission, dataset)


def test_two_files_with_one_id(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / "sub").mkdir()
    shutil.copy(submission / "dev-clean" / "dc1-0.npy", submission / "dev-clean" / "sub")
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-S05", "dev-clean/sub/dc1-0.npy", "dev-clean")
    assert "dc1-0.npy" in finding.measured


def test_link_loop(submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-clean" / "loop").symlink_to(".")
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-S04", "dev-clean/loop", "dev-clean")
    assert finding.measured == "a link to a folder that it is in"


@pytest.mark.parametrize("target", ["dc1-0.npy", "nothing.npy"])
def test_file_that_is_a_link_to_nowhere(submission: Path, dataset: TinyDataset, target: str) -> None:
    path = submission / "dev-clean" / "dc1-0.npy"
    path.unlink()
    path.symlink_to(target)
    finding = only_finding(submission, dataset)
    assert (finding.where, finding.subset) == ("dev-clean/dc1-0.npy", "dev-clean")
    assert finding.code in ("ZRC-S04", "ZRC-A01")


def test_folder_that_cannot_be_listed(submission: Path, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def scandir(folder: Path) -> object:
        raise PermissionError(13, "Permission denied", str(folder))

    case = case_for(submission, dataset)
    monkeypatch.setattr(os, "scandir", scandir)
    [finding] = check_files(case, "dev-clean")
    assert (finding.code, finding.where, finding.subset) == ("ZRC-S04", "dev-clean", "dev-clean")
    assert finding.measured == "Permission denied"


def test_unreadable_folder(submission: Path, dataset: TinyDataset) -> None:
    with unreadable(submission / "dev-clean"):
        finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.measured) == ("ZRC-S04", "dev-clean", "Permission denied")


def test_each_subset_has_its_own_findings(submission: Path, dataset: TinyDataset) -> None:
    for name in ("dev-clean/dc1-0.npy", "test-other/to1-0.npy"):
        (submission / name).unlink()
    assert [finding.subset for finding in findings(submission, dataset)] == ["dev-clean", "test-other"]


@pytest.mark.parametrize("name", ["été à la plage.npy", "a\nb.npy", os.fsdecode(b"caf\xe9.npy")])
def test_strange_names_are_printable(submission: Path, dataset: TinyDataset, name: str) -> None:
    try:
        (submission / "dev-clean" / name).touch()
    except OSError:
        pytest.skip("the file system takes no such names")
    finding = only_finding(submission, dataset)
    assert finding.code == "ZRC-S03"
    assert str(finding).isprintable()
    assert str(finding).encode()
