"""Results are read again from their files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.reports.files import report_files
from pytest_zrc.scoring.stored import read_results
from tests.scored import scored


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of the demo, of which two conditions were scored."""
    for name, content in report_files(scored(tmp_path / "work", "-any-")).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_what_was_written_comes_back(folder: Path) -> None:
    results = read_results(folder)
    assert [score.condition for score in results.scores if score.score is not None] == [
        "phoneme-any-within",
        "phoneme-any-across",
    ]
    assert len(results.scores) == 6
    assert len(results.details) == 2
    for name, content in report_files(results).items():
        assert (folder / name).read_text(encoding="utf-8") == content


def test_it_is_found_from_the_submission_and_by_name(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "sub" / "scores", ignore=shutil.ignore_patterns("work", "sub"))
    places = (folder, tmp_path / "sub", tmp_path / "sub" / "scores", folder / "scores.json")
    assert len({len(read_results(place).details) for place in places}) == 1


def test_details_of_other_scores_are_not_taken(folder: Path) -> None:
    text = (folder / "scores.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    stored["scores"][0]["score"] += 0.01
    (folder / "scores.json").write_text(json.dumps(stored), encoding="utf-8")
    assert [one.condition for one in read_results(folder).details] == ["phoneme-any-across"]


def test_findings_alone_are_results(folder: Path) -> None:
    (folder / "scores.json").unlink()
    results = read_results(folder)
    assert not results.scores
    assert results.benchmark.name == "demo"
    assert results.warnings


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "is damaged, or not a file of results"),
        ("{}", "it has no 'benchmark'"),
        ('{"benchmark": "demo", "scores": [{"subset": "x", "condition": "y"}]}', "demo has no x y"),
        (
            '{"benchmark": "demo", "scores": [{"subset": "demo", "condition": "phoneme-any-within", "score": 7}]}',
            "the score 7 is no fraction",
        ),
        (
            '{"benchmark": "demo", "scores": [{"subset": "demo", "condition": "phoneme-any-within", "score": 1%s}]}'
            % ("0" * 400),
            "too large",
        ),
        (
            '{"benchmark": "demo", "scores": [{"subset": "demo", "condition": "phoneme-any-within", "kernel": {}}]}',
            r"\{\} as 'kernel'",
        ),
        ('{"benchmark": "demo", "scores": [{"subset": "%s", "condition": "y"}]}' % ("x" * 10_000), r"x\.\.\.\)"),
    ],
)
def test_damage_is_told_in_a_sentence(folder: Path, content: str, reason: str) -> None:
    (folder / "scores.json").write_text(content, encoding="utf-8")
    with pytest.raises(ZrcError, match=reason):
        read_results(folder)


def test_no_results(tmp_path: Path) -> None:
    with pytest.raises(ZrcError, match=r"no results in .*: give the folder of a submission that was scored"):
        read_results(tmp_path)
    with pytest.raises(ZrcError, match=r"cannot be read \(no such file\)"):
        read_results(tmp_path / "scores.json")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tables": {}}, "it has no 'phone-pairs'"),
        ({"tables": {"phone-pairs": {"phone": ["a"], "other_phone": [], "error_rate": [0.5]}}}, "different lengths"),
        (
            {"tables": {"phone-pairs": {"phone": [1], "other_phone": ["b"], "error_rate": [0.5]}}},
            "1 in a column of names",
        ),
        ({"tables": {"phone-pairs": {"phone": ["a"], "other_phone": ["b"], "error_rate": [7]}}}, "7 is no fraction"),
        ({"replicates": ["x"]}, "not supported"),
        ({"replicates": 3}, "not iterable"),
    ],
)
def test_damaged_details_are_told_with_their_score(folder: Path, changes: dict[str, object], reason: str) -> None:
    stored = json.loads((folder / "details.json").read_text(encoding="utf-8"))
    stored["details"][0].update(changes)
    (folder / "details.json").write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ZrcError, match=rf"\(details\.json, demo phoneme-any-within: .*{reason}"):
        read_results(folder)
