"""A leaderboard, sorted and ranked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.errors import ZrcError
from pytest_zrc.leaderboards.board import Leaderboard, read_leaderboard, score_columns
from pytest_zrc.leaderboards.own import OwnScores
from pytest_zrc.leaderboards.standing import stand
from pytest_zrc.leaderboards.table import Table, make_table
from pytest_zrc.reports.leaderboard import table_lines
from tests.leaderboards.boards import ABX17, BENCHMARKS, ENGLISH_ACROSS, ENGLISH_WITHIN, make_board

BOTH = {ENGLISH_WITHIN: 4.0, ENGLISH_ACROSS: 8.0}


def _board() -> Leaderboard:
    return make_board({**BOTH, ENGLISH_WITHIN: 5.0}, BOTH, {ENGLISH_ACROSS: 1.0}, BOTH)


def _places(table: Table) -> list[tuple[str, int | None]]:
    return [(row.entry.model_id, row.rank) for row in table.rows]


def _own(profile: str = "abxpy2015", **scores: float) -> OwnScores:
    return OwnScores("scores.json", profile, {("english", condition): score for condition, score in scores.items()})


def test_equal_systems_share_a_rank_and_incomplete_ones_come_last() -> None:
    table = make_table(_board(), "english_within")
    assert _places(table) == [("s1", 1), ("s3", 1), ("s0", 3), ("s2", None)]


def test_any_column_ranks() -> None:
    assert _places(make_table(_board(), "english_across"))[0] == ("s2", 1)
    assert {rank for _, rank in _places(make_table(_board()))} == {None}  # nobody has scores of Xitsonga


def test_columns_of_the_benchmarks() -> None:
    means = {one.name: [column.name for column in make_table(make_board(benchmark=one)).means] for one in BENCHMARKS}
    assert means["abxLS"][:3] == ["triphone_within_within", "triphone_within_across", "phoneme_within_within"]
    assert means["abx17"][:3] == ["english_within", "english_across", "french_within"]
    assert {name: len(columns) for name, columns in means.items()} == {"abxLS": 6, "abx17": 10, "abx15": 4}


def test_an_unknown_column_is_one_sentence() -> None:
    with pytest.raises(ZrcError) as error:
        make_table(make_board(benchmark=ABX17), "english")
    assert str(error.value).startswith("no column is called 'english': choose mean, english_within, english_across, ")


def test_one_s_own_scores_are_ranked_by_what_they_have() -> None:
    table = make_table(_board(), own=_own(within=4.04, across=8.0))
    assert _places(table) == [("s1", 1), ("s3", 1), ("(yours)", 1), ("s0", 4), ("s2", None)]
    assert [column.name for column in table.scores] == ["english_within", "english_across"]
    assert not table.note


def test_scores_of_another_profile_have_no_rank() -> None:
    table = make_table(_board(), own=_own("exact", within=1.0))
    assert _places(table)[-1] == ("(yours)", None)
    assert table.note.startswith("published scores were made with profile abxpy2015, these with exact")


@given(st.lists(st.floats(0, 1), min_size=24, max_size=24))
def test_the_table_and_the_standing_agree(shares: list[float]) -> None:
    board = read_leaderboard(ABXLS)
    assert board.shown
    scores = {name: 5 * share * score for share, (name, score) in zip(shares, board.shown.scores.items(), strict=True)}
    overall = stand(board, scores, "librilight").overall
    table = make_table(board, own=OwnScores("scores.json", "librilight", scores))
    assert overall
    assert dict(_places(table))["(yours)"] == overall.rank.rank


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_it_fits_a_terminal(benchmark: Benchmark) -> None:
    board = read_leaderboard(benchmark)
    for column in ("mean", *score_columns(benchmark).values()):
        assert max(map(len, table_lines(make_table(board, column)))) <= 100
