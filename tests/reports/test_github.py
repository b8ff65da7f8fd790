"""Annotations for GitHub Actions: few, alike ones once, each one line that GitHub reads as it was meant."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from pytest_zrc.checks.catalogue import finding
from pytest_zrc.reports.github import MOST, Annotation, Setting, annotate
from tests.reports.results import empty_field, make_results, make_score, make_verdict, missing_file

REPO = Path("/repo")
TEXTS = st.text() | st.text("%:,=\r\n25D0AC3 ")


def _read(command: str) -> tuple[str, dict[str, str], str]:
    """Take a command apart as GitHub's runner does: split it, then undo the escapes, those of % last."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", command, re.DOTALL)
    assert match
    assert not {"\r", "\n"} & set(command)
    level, properties, message = match.groups()
    given = dict(one.split("=", 1) for one in properties.split(","))
    return level, {name: _undo(value, ":,") for name, value in given.items()}, _undo(message, "")


def _undo(text: str, more: str) -> str:
    for sign in f"\r\n{more}%":
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


@given(title=TEXTS.filter(bool), message=TEXTS, file=TEXTS, line=st.none() | st.integers(1))
@example(title="::error::", message="%0A\n::stop-commands::x", file="a:b,c%3A", line=1)
def test_a_command_is_one_line_and_parses_back(title: str, message: str, file: str, line: int | None) -> None:
    level, properties, read = _read(str(Annotation("error", title, message, file, line)))
    place = {"file": file, **({"line": str(line)} if line else {})} if file else {}
    assert (level, properties, read) == ("error", {**place, "title": title}, message)


def test_findings_of_one_code_are_one_annotation_at_the_first() -> None:
    missing = [missing_file(f"dev-clean/{n}.npy") for n in range(24)]
    error, warning = annotate(make_results(findings={"meta": [empty_field(12)], "params": missing}), REPO)
    assert (error.level, error.title, error.file, error.line) == (
        "error",
        "ZRC-S02 Missing feature file",
        "sub/dev-clean/0.npy",
        None,
    )
    assert error.message == f"{missing[0]}\n... and 23 more like this"
    assert (warning.level, warning.file, warning.line) == ("warning", "sub/meta.yaml", 12)
    assert warning.message == str(empty_field(12))


def test_files_outside_the_workspace_are_not_named() -> None:
    damaged = finding("ZRC-D01", "/data/x y.item:7", subset="dev-clean", problem="p", expected="e")
    results = make_results(findings={"meta": [damaged, missing_file("a.npy")]}, submission="/elsewhere/sub")
    assert [(one.file, str(one).split(" ")[:2]) for one in annotate(results, REPO)] == [
        ("", ["::error", "title=ZRC-D01"]),
        ("", ["::error", "title=ZRC-S02"]),
    ]
    (inside,) = annotate(make_results(findings={"meta": [damaged]}), Path("/data"))
    assert (inside.file, inside.line) == ("x y.item", 7)


def test_failed_gates_are_grouped_by_kind_and_condition() -> None:
    verdicts = [
        make_verdict("dev-clean", 0, passed=False),
        make_verdict("dev-other", 0, passed=False),
        make_verdict("dev-clean", 1, passed=True),
        make_verdict("dev-clean", 0, passed=False, gate="baseline"),
    ]
    found = annotate(make_results(verdicts=verdicts), REPO, {"max": Setting(REPO / "pyproject.toml", 7)})
    assert [(one.title, one.file, one.line, one.message) for one in found] == [
        (
            "Gate max failed: dev-clean triphone-within-within",
            "pyproject.toml",
            7,
            "7 %, over 6 %\n... and 1 more like this",
        ),
        ("Gate baseline failed: dev-clean triphone-within-within", "", None, "7 %, over 6 %"),
    ]


def test_gates_that_fail_for_missing_scores_are_one_annotation() -> None:
    verdicts = [replace(make_verdict("dev-clean", n, passed=False, text="missing"), measured=None) for n in range(6)]
    (only,) = annotate(make_results(verdicts=verdicts), REPO)
    assert only.message == "missing\n... and 5 more like this"


def test_a_missing_score_is_an_error_unless_a_finding_says_why() -> None:
    scores = [
        make_score("dev-clean", 0, None, "nothing to compare"),
        make_score("dev-clean", 1, None, "nothing to compare"),
        make_score("dev-other", 0, None, "dev-other is not valid", blocked=True),
    ]
    (only,) = annotate(make_results(scores), REPO)
    assert only.title == "No score for dev-clean triphone-within-within"
    assert only.message == "nothing to compare\n... and 1 more like this"


def test_no_more_than_github_shows_errors_first() -> None:
    reasons = [make_score("dev-clean", n % 6, None, f"reason {n}") for n in range(12)]
    found = annotate(make_results(reasons, {"meta": [empty_field(1)]}), REPO)
    assert len(found) == MOST
    assert {one.level for one in found} == {"error"}
    assert found[-1].message.startswith("4 more kinds of errors and warnings: summary.md")


def test_nothing_to_say() -> None:
    assert annotate(make_results([make_score("dev-clean", 0, 0.03)]), REPO) == []
