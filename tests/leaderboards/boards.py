"""The benchmarks with a leaderboard, and made-up leaderboards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.model import Benchmark, Condition, Subset
from pytest_zrc.leaderboards.board import Entry, Leaderboard, ScoreName


@dataclass(frozen=True, slots=True)
class _BySpeaker(Condition):
    """A condition that is named by its speakers alone."""

    @property
    def name(self) -> str:
        return self.speaker


_CONDITIONS = (_BySpeaker("triphone", "within", "within"), _BySpeaker("triphone", "within", "across"))

ABX17 = Benchmark(
    name="abx17",
    title="five languages, three durations",
    dataset="",
    subsets=tuple(
        Subset(name=f"{language}/{duration}", set=duration, task=language, index_key="")
        for language in ("english", "french", "mandarin", "german", "wolof")
        for duration in ("1s", "10s", "120s")
    ),
    conditions=_CONDITIONS,
    leaderboard_profile="abxpy2017",
    published_system="baseline17a",
)
ABX15 = Benchmark(
    name="abx15",
    title="two languages",
    dataset="",
    subsets=tuple(
        Subset(name=language, set="test", task=language, index_key="") for language in ("english", "xitsonga")
    ),
    conditions=_CONDITIONS,
    leaderboard_profile="abxpy2015",
    published_system="baseline15a",
)
BENCHMARKS = (ABXLS, ABX17, ABX15)

ENGLISH_WITHIN: ScoreName = ("english", "within")
ENGLISH_ACROSS: ScoreName = ("english", "across")


def make_board(*systems: Mapping[ScoreName, float], benchmark: Benchmark = ABX15, decimals: int = 1) -> Leaderboard:
    """Return a leaderboard of systems ``s0``, ``s1`` ... with these scores."""
    entries = tuple(Entry(f"s{index}", "Doe", scores=scores) for index, scores in enumerate(systems))
    return Leaderboard(benchmark, entries, decimals)
