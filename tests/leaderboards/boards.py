"""The benchmarks with a leaderboard, and made-up leaderboards."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_zrc.benchmarks.abx15 import ABX15
from pytest_zrc.benchmarks.abx17 import ABX17
from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.leaderboards.board import Entry, Leaderboard, ScoreName

BENCHMARKS = (ABXLS, ABX17, ABX15)

ENGLISH_WITHIN: ScoreName = ("english", "within")
ENGLISH_ACROSS: ScoreName = ("english", "across")


def make_board(*systems: Mapping[ScoreName, float], benchmark: Benchmark = ABX15, decimals: int = 1) -> Leaderboard:
    """Return a leaderboard of systems ``s0``, ``s1`` ... with these scores."""
    entries = tuple(Entry(f"s{index}", "Doe", scores=scores) for index, scores in enumerate(systems))
    return Leaderboard(benchmark, entries, decimals)
