"""The properties of the JUnit suite."""

from __future__ import annotations

from pytest_zrc.reports.junit import suite_properties
from tests.reports.results import make_results, make_score, make_verdict


def test_gates_are_counted_and_missing_scores_left_out() -> None:
    scores = [make_score("dev-clean", 0, 0.034567), make_score("dev-clean", 1, None, "no cells")]
    verdicts = [make_verdict("dev-clean", 0, passed=True), make_verdict("dev-clean", 1, passed=False)]
    assert list(suite_properties(make_results(scores, verdicts=verdicts))) == [
        ("zrc.benchmark", "abxLS"),
        ("zrc.profile", "librilight"),
        ("zrc.gates", "1 of 2 passed"),
        ("zrc.score.dev-clean.triphone-within-within", "3.4567"),
    ]
