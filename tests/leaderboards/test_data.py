"""The published scores that come with the package."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from pytest_zrc import leaderboards
from pytest_zrc.abx.profiles import PROFILES
from pytest_zrc.benchmarks import registry
from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.errors import ZrcError
from pytest_zrc.leaderboards.board import read_leaderboard, score_columns
from tests.leaderboards.boards import ABX15, ABX17, BENCHMARKS

EVERY = pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)


def _rows(benchmark: Benchmark) -> list[dict[str, str]]:
    path = Path(leaderboards.__path__[0]) / f"{benchmark.name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@EVERY
def test_every_score_is_found_under_its_name(benchmark: Benchmark) -> None:
    board = read_leaderboard(benchmark)
    columns = score_columns(benchmark)
    assert {name for name in _rows(benchmark)[0] if name.endswith(("_within", "_across"))} == set(columns.values())
    assert {name for entry in board.entries for name in entry.scores} == set(columns)


@EVERY
def test_scores_are_percentages(benchmark: Benchmark) -> None:
    scores = [score for entry in read_leaderboard(benchmark).entries for score in entry.scores.values()]
    assert all(0 < score < 52 for score in scores)
    assert {(row["benchmark"], row["unit"]) for row in _rows(benchmark)} == {(benchmark.name, "percent error")}


@EVERY
def test_every_system_has_a_name_an_author_scores_and_their_source(benchmark: Benchmark) -> None:
    entries = read_leaderboard(benchmark).entries
    assert len({entry.model_id for entry in entries}) == len(entries)
    assert all(entry.model_id and entry.author and entry.scores for entry in entries)
    assert all(entry.source.startswith("github.com/") for entry in entries)
    assert all(entry.year is None or 2015 <= entry.year <= 2026 for entry in entries)
    assert all(entry.url.startswith("http") for entry in entries if entry.url)


@EVERY
def test_a_paper_has_one_address(benchmark: Benchmark) -> None:
    addresses = defaultdict(set)
    for entry in read_leaderboard(benchmark).entries:
        if entry.reference:
            addresses[entry.reference].add(entry.url)
    assert all(len(found) == 1 for found in addresses.values())


@EVERY
def test_the_profile_is_known_and_the_shown_system_is_there(benchmark: Benchmark) -> None:
    board = read_leaderboard(benchmark)
    assert board.profile in PROFILES
    assert board.shown


@pytest.mark.parametrize(
    "benchmark", [one for one in registry.BENCHMARKS.values() if one.leaderboard_profile], ids=lambda one: one.name
)
def test_every_benchmark_that_names_a_profile_has_a_leaderboard(benchmark: Benchmark) -> None:
    assert read_leaderboard(benchmark).shown


@pytest.mark.parametrize(
    ("benchmark", "systems", "scores", "decimals"), [(ABXLS, 36, 24, 2), (ABX17, 19, 30, 1), (ABX15, 28, 4, 1)]
)
def test_sizes(benchmark: Benchmark, systems: int, scores: int, decimals: int) -> None:
    board = read_leaderboard(benchmark)
    assert (len(board.entries), len(score_columns(benchmark)), board.decimals) == (systems, scores, decimals)


def test_some_scores_as_they_were_published() -> None:
    def score(benchmark: Benchmark, model: str, subset: str, condition: str) -> float:
        return next(e for e in read_leaderboard(benchmark).entries if e.model_id == model).scores[subset, condition]

    assert score(ABXLS, "Baseline4-lg", "dev-clean", "triphone-within-across") == 4.17
    assert score(ABXLS, "Baseline4-lg", "test-other", "phoneme-any-across") == 10.4
    assert score(ABX17, "Ras17", "french/10s", "across") == 17.8
    assert score(ABX15, "topline15a", "xitsonga", "within") == 3.5


def test_missing_scores_are_left_out() -> None:
    (random,) = [entry for entry in read_leaderboard(ABXLS).entries if entry.model_id == "baseline21a"]
    assert {condition.partition("-")[0] for _, condition in random.scores} == {"triphone"}
    assert random.details == {"train_set": "nothing", "frame_shift": "0.1", "metric": "euclidean"}


def test_a_benchmark_without_a_leaderboard_is_one_sentence() -> None:
    with pytest.raises(ZrcError, match="demo has no leaderboard: "):
        read_leaderboard(registry.BENCHMARKS["demo"])
