"""Damaged item files of the dataset, with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import HEADER, TinyDataset, make_dataset, make_submission
from tests.checks.helpers import findings, only_finding

GOOD = "dc0-0 0.2 0.3 aa b t dc0\n"


@pytest.fixture
def broken(tmp_path: Path) -> TinyDataset:
    """A dataset that may be changed."""
    return make_dataset(tmp_path / "dataset")


@pytest.mark.parametrize(
    ("content", "line", "measured"),
    [
        (b"", 1, "no items"),
        (HEADER.encode(), 1, "no items"),
        (b"\n" + GOOD.encode(), 1, "no header"),
        (GOOD.encode() * 2, 1, "no header, but 'dc0-0 0.2 0.3'"),
        (f"{HEADER}\n{GOOD}dc0-0 0.2 0.3 aa b dc0\n".encode(), 3, "6 columns"),
        (f"{HEADER}\n{GOOD}dc0-0 0.2 0.3 aa b t dc0 x\n".encode(), 3, "8 columns"),
        (f"{HEADER}\n{GOOD}dc0-0 0.2 0.x aa b t dc0\n".encode(), 3, "times '0.2' and '0.x'"),
        (f"{HEADER}\ndc0-0 nan 0.3 aa b t dc0\n".encode(), 2, "times nan and 0.3"),
        (f"{HEADER}\ndc0-0 0.2 inf aa b t dc0\n".encode(), 2, "times 0.2 and inf"),
        (f"{HEADER}\ndc0-0 0.3 0.2 aa b t dc0\n".encode(), 2, "onset 0.3 and offset 0.2"),
    ],
)
def test_damaged_line(submission: Path, broken: TinyDataset, content: bytes, line: int, measured: str) -> None:
    path = broken.item_file("dev-other")
    path.write_bytes(content)
    finding = only_finding(submission, broken)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-D01", f"{path}:{line}", "dev-other")
    assert finding.measured == measured


def test_file_that_is_no_text(submission: Path, broken: TinyDataset) -> None:
    path = broken.item_file("dev-other")
    path.write_bytes(b"#file \xff\xfe\n")
    finding = only_finding(submission, broken)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-D01", str(path), "dev-other")


def test_each_item_file_has_its_own_finding(submission: Path, broken: TinyDataset) -> None:
    paths = [broken.item_file("dev-clean", granularity) for granularity in ("triphone", "phoneme")]
    for path in paths:
        path.write_bytes(b"")
    assert [finding.where for finding in findings(submission, broken)] == [f"{path}:1" for path in paths]


def test_blank_lines_and_tabs_are_fine(submission: Path, broken: TinyDataset) -> None:
    path = broken.item_file("dev-clean")
    path.write_text(path.read_text(encoding="utf-8").replace(" ", "\t").replace("\n", "\n\n"), encoding="utf-8")
    assert not findings(submission, broken)


def test_one_speaker_is_fine(tmp_path: Path) -> None:
    """Then there is nothing to compare across speakers, as the score says."""
    dataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",), speakers=1)
    assert not findings(make_submission(tmp_path / "submission", dataset), dataset)
