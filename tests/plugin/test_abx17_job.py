"""The main job on abx17: 30 scores, of which a small dataset has eight."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.builders import TinyDataset, make_abx17_dataset, make_submission
from tests.plugin.conftest import Zrc

SUBSETS = ["english/1s", "english/10s", "german/1s", "german/10s"]
CHOSEN = ("--zrc-sets=1s,10s", "--zrc-tasks=english,german")


@pytest.fixture
def abx17(pytester: pytest.Pytester) -> TinyDataset:
    return make_abx17_dataset(pytester.path / "dataset")


@pytest.fixture
def job(pytester: pytest.Pytester, abx17: TinyDataset) -> Zrc:
    return Zrc(pytester, abx17.root, make_submission(pytester.path / "sub", abx17))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_valid_submission_is_scored(job: Zrc, workers: str) -> None:
    result = job.run("-v", "-n", workers, *CHOSEN)
    assert result.ret == 0
    result.assert_outcomes(passed=4 + 4 * 6)
    result.stdout.fnmatch_lines_random(
        [
            "zrc: abx17, validation, 8 scores, profile librilight; *",
            "*abx17::german/10s::arrays-01of01*",
            "*abx17::english/1s::across*",
        ]
    )
    result.stdout.fnmatch_lines(["ABX error rates in percent, profile librilight, *", "english/1s *.??*"])
    scores = job.scores()["scores"]
    expected = [(subset, condition) for subset in SUBSETS for condition in ("within", "across")]
    assert [(one["subset"], one["condition"]) for one in scores] == expected
    assert {(one["granularity"], one["context_mode"]) for one in scores} == {("triphone", "within")}
    assert [one["speaker_mode"] for one in scores] == ["within", "across"] * 4


def test_the_official_file_has_the_official_columns(job: Zrc) -> None:
    job.run_here(*CHOSEN)
    with (job.submission / "scores" / "score_phonetic.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    raw = job.read("score_phonetic.raw.json")
    assert list(rows[0]) == ["language", "duration", "type", "score", "profile"]
    assert [(row["language"], row["duration"], row["type"]) for row in rows] == [
        (*subset.split("/"), condition) for subset in SUBSETS for condition in ("within", "across")
    ]
    assert {row["profile"] for row in rows} == {record["profile"] for record in raw} == {"librilight"}
    assert [row["score"] for row in rows] == [f"{record['score']:.4f}" for record in raw]
    assert [record["score"] for record in raw] == [score["score"] for score in job.scores()["scores"]]


def test_one_test_by_its_id(job: Zrc) -> None:
    job.run_here("abx17::german/1s::within", *CHOSEN).assert_outcomes(passed=1)


def test_the_fixture_has_scores_by_language_duration_and_type(job: Zrc) -> None:
    job.pytester.makepyfile("def test_it(zrc_scores): assert 0 <= zrc_scores['english/1s', 'across'] < 0.5")
    job.run_here("-k", "test_it", *CHOSEN).assert_outcomes(passed=1, deselected=28)


def test_mode_chooses_the_conditions(job: Zrc) -> None:
    with (job.submission / "params.yaml").open("a", encoding="utf-8") as params:
        params.write("mode: across\nresult_filename: score_phonetic.csv\n")
    assert job.run_here(*CHOSEN).ret == 0
    assert {score["condition"] for score in job.scores()["scores"]} == {"across"}
    assert (job.submission / "scores" / "score_phonetic.csv").exists()


def test_a_repository_that_is_its_own_submission(job: Zrc, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of features are no place to look for tests, whatever they are called."""
    (job.submission / "german").rename(job.submission / "LANG1")
    for folder in ("english/1s", "LANG1"):
        (job.submission / folder / "test_mine.py").write_text("raise SystemExit", encoding="utf-8")
    (job.submission / "test_mine.py").write_text("def test_me(): pass", encoding="utf-8")
    monkeypatch.chdir(job.submission)
    arguments = ("--zrc-submission=.", f"--zrc-dataset={job.dataset}", *CHOSEN)
    result = job.pytester.runpytest_inprocess(*arguments, "-k", "test_me or meta")
    result.assert_outcomes(passed=2, deselected=27)


def test_collection_leaves_nothing_behind(job: Zrc) -> None:
    result = job.run_here("--co", "-q", *CHOSEN)
    assert result.ret == 0
    assert "abx17::english/10s::arrays-01of01" in result.stdout.lines
    assert not (job.submission / "scores").exists()


def test_results_that_cannot_be_written_are_one_sentence(job: Zrc) -> None:
    (job.submission / "scores").touch()
    result = job.run_here(*CHOSEN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: results cannot be written to *: name another folder with --zrc-scores=DIR"])


def test_a_damaged_item_file_is_one_finding(job: Zrc, abx17: TinyDataset) -> None:
    path: Path = abx17.item_file("english/1s")
    path.write_text(path.read_text(encoding="utf-8") + "e1s0-0 0.1 0.x aa b t e1s0\nend", encoding="utf-8")
    result = job.run_here(*CHOSEN)
    result.assert_outcomes(passed=25, failed=1, skipped=2)
    assert [one["code"] for one in job.read("validation.json")["findings"]] == ["ZRC-D01"]


def test_an_unreadable_item_file_is_one_finding(job: Zrc, abx17: TinyDataset) -> None:
    path = abx17.item_file("english/1s")
    path.write_bytes(b"")
    job.run_here(*CHOSEN, "--zrc-validate-only")
    assert [one["code"] for one in job.read("validation.json")["findings"]] == ["ZRC-D01"]
