"""Comparisons on the terminal, and in Markdown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_zrc.comparison.paired import Difference
from pytest_zrc.comparison.pairs import PairTrend
from pytest_zrc.comparison.several import Comparison, Comparisons, ParameterChange
from pytest_zrc.reports.comparison import comparison_lines, comparison_markdown

WITHIN, ACROSS = "triphone-within-within", "triphone-within-across"
PAIRS = (
    PairTrend("d", "t", 0.1, 0.3, scores=2, rose=2, fell=0, share=0.004),
    PairTrend("iy", "ih", 0.2, 0.2001, scores=2, rose=1, fell=1, share=0.000002),
    PairTrend("a|b", "`", 0.4, 0.3, scores=1, rose=0, fell=1, share=-0.002),
)


def _comparison(*differences: Difference, **changes: object) -> Comparisons:
    other = Comparison("new", differences, PAIRS, (), {})
    return Comparisons("abxLS", "librilight", "old", (replace(other, **changes),), (), 0)  # type: ignore[arg-type]


BETTER = Difference("dev-clean", WITHIN, 0.05, 0.04, -0.015, -0.005)
OPEN = Difference("dev-clean", ACROSS, 0.08, 0.079999, -0.01, 0.012)
BARE = Difference("dev-other", WITHIN, 0.1, 0.12, obstacle="details.json is not there for both")


def test_a_row_for_each_score_with_a_word_where_the_interval_excludes_0() -> None:
    assert list(comparison_lines(_comparison(BETTER, OPEN, BARE), 1)) == [
        "abxLS, profile librilight: ABX error rates in percent",
        "",
        "new compared with old",
        "                                   before  after  difference   95 % interval",
        "dev-clean  triphone-within-within    5.00   4.00       -1.00  -1.50 to -0.50  better",
        "           triphone-within-across    8.00   8.00       +0.00  -1.00 to +1.20",
        "dev-other  triphone-within-within   10.00  12.00       +2.00               -",
        "mean       of 3 scores               7.67   8.00       +0.33",
        "better: 1, worse: 0, not distinguishable: 1, no interval: 1",
        "",
        "pairs of phones that changed most, by their share of the mean difference",
        "A, X  B  before  after  difference    share",
        "d     t   10.00  30.00      +20.00  +0.4000  worse in 2 of 2 scores",
        "a|b   `   40.00  30.00      -10.00  -0.2000  better in 1 of 1 score",
        "no interval for 1 difference: details.json is not there for both",
    ]


def test_as_many_pairs_each_way_as_wanted() -> None:
    everything = "\n".join(comparison_lines(_comparison(BETTER), 5))
    assert everything.count("of 2 scores") == 2
    assert "pairs of phones" not in "\n".join(comparison_lines(_comparison(BETTER), 0))


def test_notes_tell_what_limits_the_comparison() -> None:
    parameters = (ParameterChange("feature_size", 0.01, 0.02), ParameterChange("seed", 1, 2))
    left_out = {"dev-other": "it has scores in old only", "test-clean": "it has scores in old only"}
    lines = list(comparison_lines(_comparison(BETTER, parameters=parameters, left_out=left_out), 0))
    assert lines[-3:] == [
        "scored with other parameters than old: feature_size 0.02 (there 0.01), seed 2 (there 1)",
        "other tokens were drawn than there: part of the differences may come from the draw",
        "not compared: dev-other, test-clean: it has scores in old only",
    ]


def test_several_are_ranked(comparisons: Comparisons) -> None:
    lines = list(comparison_lines(comparisons, 3))
    assert lines[2] == "ranked by the mean of 2 scores that all have, compared with plain"
    assert lines[3].split() == [
        *("rank", "mean", "difference", "better", "worse", "not", "distinguishable", "no", "interval")
    ]
    assert [line.split()[:2] for line in lines[4:7]] == [["1", "plain"], ["2", "near"], ["3", "far"]]
    assert lines[6].split()[4:] == ["0", "2", "0", "0"]
    assert [line for line in lines if line.endswith("compared with plain")][1:] == [
        "near compared with plain",
        "far compared with plain",
    ]
    assert max(map(len, lines)) <= 100


def test_without_a_common_score_there_is_no_ranking(comparisons: Comparisons) -> None:
    lines = list(comparison_lines(replace(comparisons, ranking=()), 0))
    assert "no ranking: there is no score that all of them have" in lines


def test_markdown_has_the_same_tables_with_names_as_they_are() -> None:
    text = list(comparison_markdown(_comparison(BETTER, OPEN, left_out={"test-other": "why"}), 5))
    assert "### new compared with old" in text
    assert "**better: 1, worse: 0, not distinguishable: 1**" in text
    assert "| dev-clean | triphone-within-within | 5.00 | 4.00 | -1.00 | -1.50 to -0.50 | better |" in text
    assert r"| a\|b | \` | 40.00 | 30.00 | -10.00 | -0.2000 | better in 1 of 1 score |" in text
    assert "- not compared: test-other: why" in text
    assert "</details>" in text


@pytest.mark.parametrize("pairs", [0, 5])
def test_tables_in_markdown_are_whole(comparisons: Comparisons, pairs: int) -> None:
    """After a blank line, with one number of columns; the ranking comes first."""
    lines = list(comparison_markdown(comparisons, pairs))
    tables = "\n".join(lines).split("\n\n")
    columns = [{row.count(" | ") for row in table.splitlines()} for table in tables if table.startswith("|")]
    assert len(columns) == 1 + 2 * (2 if pairs else 1)
    assert all(len(found) == 1 for found in columns)
