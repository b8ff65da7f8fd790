"""What stands on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from pytest_zrc.abx.profiles import PROFILES as KNOWN_PROFILES
from pytest_zrc.reports.page import report_page
from pytest_zrc.reports.page.facts import PROFILES
from pytest_zrc.scoring.results import Results
from tests.reports.page_results import all_missing, found, gated, make_results, without_scores


def text_of(page: str) -> str:
    """Return the text of a page, without style and scripts, one space between words."""
    body = re.sub(r"<(style|script)[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.fixture(scope="module")
def full() -> str:
    """The text of a page with everything."""
    return text_of(report_page(gated(make_results())))


def test_the_summary_names_the_submission_and_not_where_it_is(full: str) -> None:
    assert "my-model" in full
    assert "/home/someone" not in full


def test_the_summary_tells_the_verdicts(full: str) -> None:
    assert "✓ Valid ✗ 1 of 2 gates failed" in full
    assert "measured 3.12 %, 0.40 points more" in full.partition("What the gates refuse")[2]


def test_the_summary_has_the_mean_and_its_place(full: str) -> None:
    results = make_results()
    mean = sum(100 * (score.score or 0) for score in results.scores) / 24
    assert f"{mean:.2f} % ABX error rate, mean of 24 scores" in full
    assert results.standing is not None
    assert results.standing.overall is not None
    assert f"place, of {results.standing.overall.rank.of} with the published systems" in full


def test_the_table_has_every_score_with_its_interval(full: str) -> None:
    for score in make_results().scores:
        assert score.score is not None
        assert score.low is not None
        assert score.high is not None
        assert f"{100 * score.score:.2f} {100 * score.low:.1f}–{100 * score.high:.1f}" in full  # noqa: RUF001


def test_the_table_has_the_gates(full: str) -> None:
    assert "✓ limit 4.00" in full
    assert "✗ baseline +0.40" in full


def test_the_neighbours_are_around_the_submission(full: str) -> None:
    table = full[full.index("Around it on the leaderboard") : full.index("Phone pairs Rows are")]
    assert re.search(r"\d+ my-model \d", table)
    assert "Cho21b" in table, "the best"
    assert "Baseline4-lg" in table, "the one that is usually shown"


def test_what_was_run_is_there(full: str) -> None:
    for text in ("profile librilight", "feature_size 0.01", "cuda true", "Kernel numpy", "pytest-zrc report DIR"):
        assert text in full


def test_each_profile_is_explained() -> None:
    assert set(PROFILES) == set(KNOWN_PROFILES)


def test_worst_pairs_are_told_in_words(full: str) -> None:
    details = make_results().details[0].tables["phone-pairs"]
    errors = details["error_rate"]
    worst = max(range(len(errors)), key=errors.__getitem__)
    words = (
        f"{details['phone'][worst]} taken for {details['other_phone'][worst]} {100 * errors[worst]:.2f} % "
        f"{details['cells'][worst]} cell"
    )
    assert words in full
    assert full.count("worst pairs") == 24


@pytest.mark.parametrize(
    ("change", "texts", "absent"),
    [
        (without_scores, ("✓ Valid", "The checks found nothing.", "What was run"), ("No gates", "Phone pairs")),
        (
            all_missing,
            (
                "24 of 24 scores missing",
                "dev-clean triphone-within-within and 22 more: no score, dev-clean is not valid",
                "test-other phoneme-any-across: no score, it was not computed in this run",
            ),
            ("Phone pairs", "With their intervals", "Around it"),
        ),
        (lambda results: replace(results, details=[]), ("With their intervals",), ("Phone pairs", "taken for")),
        (lambda results: replace(results, findings={}, checks=[]), ("Not checked", "No gates"), ("Valid",)),
        (lambda results: replace(results, findings={"arrays": []}), ("No errors, 1 check not run",), ("✓ Valid",)),
        (found, ("✗ Not valid: 5 errors", "Missing feature file", "and 2 more, in validation.json"), ("✓ Valid",)),
        (lambda results: found(results, "warning", 1), ("✓ Valid", "1 time"), ("and 1 more",)),
    ],
)
def test_results_may_be_partial(
    change: Callable[[Results], Results], texts: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    text = text_of(report_page(change(make_results())))
    for one in texts:
        assert one in text
    for one in absent:
        assert one not in text


def test_one_subset_is_enough() -> None:
    results = make_results("demo", phones=("a", "b"), speakers=("one",))
    text = text_of(report_page(results))
    assert "Around it" not in text
    assert "The 1 worst pairs" not in text
    assert "The worst pair b taken for a" in text


def test_many_subsets_are_rows() -> None:
    page = report_page(make_results("abx17", profile="abxpy2017"))
    assert re.findall(r'<th scope="col">(\w+)</th>', page)[:2] == ["within", "across"]
    assert '<th scope="row">english/1s</th>' in page
    assert "place, of" in text_of(page)


def test_scores_of_another_profile_are_not_compared() -> None:
    text = text_of(report_page(make_results("abxLS", profile="exact")))
    assert "they cannot be compared (--zrc-profile=librilight)" in text
    assert "Around it" not in text
