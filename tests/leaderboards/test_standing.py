"""Ranks among published scores."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.leaderboards.board import Leaderboard, ScoreName, read_leaderboard
from pytest_zrc.leaderboards.standing import Rank, stand
from tests.leaderboards.boards import ENGLISH_ACROSS, ENGLISH_WITHIN, make_board

PROFILE = "abxpy2015"
NAMES = [(subset, speaker) for subset, speaker in product(("english", "xitsonga"), ("within", "across"))]
PERCENT = st.integers(0, 1000).map(lambda tenths: tenths / 10)
SCORES: st.SearchStrategy[dict[ScoreName, float]] = st.dictionaries(st.sampled_from(NAMES), PERCENT)
BOARDS = st.lists(SCORES, max_size=6).map(lambda systems: make_board(*systems))


def test_equal_scores_share_the_better_rank() -> None:
    board = make_board({ENGLISH_WITHIN: 5.0}, {ENGLISH_WITHIN: 7.0}, {ENGLISH_WITHIN: 7.0}, {ENGLISH_WITHIN: 9.0})
    ranks = [stand(board, {ENGLISH_WITHIN: score}, PROFILE).ranks[ENGLISH_WITHIN] for score in (4, 5, 6, 7, 8, 10)]
    assert ranks == [Rank(1, 5), Rank(1, 5), Rank(2, 5), Rank(2, 5), Rank(4, 5), Rank(5, 5)]


def test_missing_scores_do_not_count() -> None:
    board = make_board({ENGLISH_WITHIN: 5.0}, {ENGLISH_ACROSS: 1.0}, {ENGLISH_WITHIN: 6.0, ENGLISH_ACROSS: 8.0})
    standing = stand(board, {ENGLISH_WITHIN: 5.5, ENGLISH_ACROSS: 8.5}, PROFILE)
    assert standing.ranks == {ENGLISH_WITHIN: Rank(2, 3), ENGLISH_ACROSS: Rank(3, 3)}
    assert standing.overall
    assert (standing.overall.mean, standing.overall.rank, standing.overall.best.model_id) == (7.0, Rank(1, 2), "s2")


def test_no_overall_rank_where_nobody_has_published_all_scores() -> None:
    standing = stand(make_board({ENGLISH_WITHIN: 5.0}, {ENGLISH_ACROSS: 1.0}), dict.fromkeys(NAMES[:2], 3.0), PROFILE)
    assert standing.overall is None
    assert set(standing.ranks) == {ENGLISH_WITHIN, ENGLISH_ACROSS}


def test_no_rank_where_nobody_has_published_a_score() -> None:
    assert not stand(make_board({ENGLISH_WITHIN: 5.0}), {ENGLISH_ACROSS: 3.0}, PROFILE).ranks


def test_another_profile_is_not_compared() -> None:
    standing = stand(make_board({ENGLISH_WITHIN: 5.0}), {ENGLISH_WITHIN: 3.0}, "exact")
    assert (standing.ranks, standing.overall) == ({}, None)
    assert standing.obstacle == (
        "published scores were made with profile abxpy2015, these with exact: "
        "they cannot be compared (--zrc-profile=abxpy2015)"
    )


def test_a_published_system_scored_again_stands_where_it_stood() -> None:
    board = read_leaderboard(ABXLS)
    assert board.shown
    again = {name: score + 0.0049 for name, score in board.shown.scores.items()}
    overall = stand(board, again, "librilight").overall
    assert overall
    assert (overall.mean, overall.rank, overall.scores, overall.best.model_id) == (5.62, Rank(6, 36), 24, "Cho21b")


@given(BOARDS, SCORES)
def test_a_rank_counts_the_better_ones(board: Leaderboard, scores: dict[ScoreName, float]) -> None:
    standing = stand(board, scores, PROFILE)
    for name, place in standing.ranks.items():
        everybody = sorted([scores[name], *(entry.scores[name] for entry in board.entries if name in entry.scores)])
        assert (place.rank, place.of) == (everybody.index(scores[name]) + 1, len(everybody))
    if standing.overall:
        assert 1 <= standing.overall.rank.rank <= standing.overall.rank.of <= 1 + len(board.entries)
        assert (standing.overall.rank.rank == 1) == (standing.overall.mean <= standing.overall.best_mean)


@given(BOARDS, SCORES, st.data())
def test_a_lower_error_never_stands_worse(
    board: Leaderboard, scores: dict[ScoreName, float], data: st.DataObject
) -> None:
    better = {name: data.draw(st.floats(0, score)) for name, score in scores.items()}
    before, after = stand(board, scores, PROFILE), stand(board, better, PROFILE)
    assert all(after.ranks[name].rank <= place.rank for name, place in before.ranks.items())
    if before.overall and after.overall:
        assert after.overall.rank.rank <= before.overall.rank.rank


@given(BOARDS, SCORES)
def test_the_order_of_systems_does_not_matter(board: Leaderboard, scores: dict[ScoreName, float]) -> None:
    turned = Leaderboard(board.benchmark, board.entries[::-1], board.decimals)
    one, other = stand(board, scores, PROFILE), stand(turned, scores, PROFILE)
    assert one.ranks == other.ranks
    assert (one.overall and one.overall.rank) == (other.overall and other.overall.rank)
