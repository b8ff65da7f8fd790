"""The main job on abx15: English and Xitsonga, item files of six columns."""

from __future__ import annotations

import csv

import pytest

from tests.builders import make_abx15_dataset, make_submission
from tests.plugin.conftest import Zrc


@pytest.fixture
def job(pytester: pytest.Pytester) -> Zrc:
    dataset = make_abx15_dataset(pytester.path / "dataset")
    return Zrc(pytester, dataset.root, make_submission(pytester.path / "sub", dataset))


def test_valid_submission_is_scored(job: Zrc) -> None:
    result = job.run_here("-v")
    assert result.ret == 0
    result.assert_outcomes(passed=4 + 2 * 6)
    result.stdout.fnmatch_lines(
        ["abx15::english::arrays-01of01 PASSED*", "abx15::xitsonga::across PASSED*", "xitsonga *.??*"]
    )
    assert job.scores()["profile"] == "abxpy2015"


def test_the_csv_file_has_its_own_columns(job: Zrc) -> None:
    job.run_here("--zrc-tasks=xitsonga")
    with (job.submission / "scores" / "score_abx15.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [list(row) for row in rows] == [["language", "type", "score", "profile"]] * 2
    assert [(row["language"], row["type"], row["profile"]) for row in rows] == [
        ("xitsonga", "within", "abxpy2015"),
        ("xitsonga", "across", "abxpy2015"),
    ]


def test_a_missing_item_file_is_one_sentence(job: Zrc) -> None:
    (job.dataset / "xitsonga.item").unlink()
    result = job.run_here()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no item file at *xitsonga.item: put it there, or *--zrc-dataset=DIR"])
