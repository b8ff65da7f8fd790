"""A leaderboard as a table: sorted, ranked, and told in a few means."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from math import inf

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.errors import ZrcError
from pytest_zrc.leaderboards.board import Entry, Leaderboard, ScoreName, score_columns
from pytest_zrc.leaderboards.own import OwnScores
from pytest_zrc.leaderboards.standing import as_published, mean_percent, why_not_compared

MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Column:
    """A score, or the mean of several.

    Attributes:
        name: as ``--sort`` takes it.
        scores: what it is the mean of.
        group: what is compared; a heading above columns that belong together.
        speaker: ``within`` or ``across``; empty for the mean of both.
    """

    name: str
    scores: tuple[ScoreName, ...]
    group: str = ""
    speaker: str = ""

    def of(self, entry: Entry) -> float | None:
        """Return the value of a system, in percent; ``None`` where it lacks one of the scores."""
        return mean_percent(entry.scores, self.scores)


@dataclass(frozen=True, slots=True)
class Row:
    """A system in the table.

    Attributes:
        entry: the system.
        rank: its place by the column that is sorted by; ``None`` where it has no value there, or cannot be compared.
    """

    entry: Entry
    rank: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """A leaderboard, sorted.

    Attributes:
        leaderboard: what is shown.
        rows: the best first, those without a rank last.
        sorted_by: the column that ranks them.
        mean: over all scores that are looked at.
        means: over those of one kind, or of one language, within or across speakers.
        scores: each of them by itself.
        note: why one's own scores have no rank, a sentence; empty where they have.
    """

    leaderboard: Leaderboard
    rows: tuple[Row, ...]
    sorted_by: Column
    mean: Column
    means: tuple[Column, ...]
    scores: tuple[Column, ...]
    note: str = ""


def make_table(leaderboard: Leaderboard, sort: str = MEAN, own: OwnScores | None = None) -> Table:
    """Sort a leaderboard.

    Args:
        leaderboard: what was published.
        sort: the name of a column.
        own: scores to put among the published ones; if they are given, no other scores are looked at.

    Raises:
        ZrcError: there is no such column.
    """
    columns = score_columns(leaderboard.benchmark)
    names = [name for name in columns if own is None or name in own.scores]
    mean = Column(MEAN, tuple(names))
    means = _means(leaderboard.benchmark, names)
    scores = tuple(Column(columns[name], (name,)) for name in names)
    sorted_by = _find(sort, mean, means, scores)
    rows, note = _ranked(leaderboard.entries, sorted_by), ""
    if own:
        note = why_not_compared(leaderboard, own.profile)
        entry = Entry("(yours)", own.name, source=own.name, scores=as_published(leaderboard, own.scores))
        rows = [*rows, Row(entry, None)] if note else _ranked((*leaderboard.entries, entry), sorted_by)
    return Table(leaderboard, tuple(rows), sorted_by, mean, means, scores, note)


def _means(benchmark: Benchmark, names: Collection[ScoreName]) -> tuple[Column, ...]:
    """Group scores by kind, or by task where there is only one kind, and by speaker mode."""
    kinds = {condition.kind for condition in benchmark.conditions}
    groups: dict[tuple[str, str], list[ScoreName]] = {}
    for subset in benchmark.subsets:
        for condition in benchmark.conditions:
            if (subset.name, condition.name) in names:
                group = condition.kind if len(kinds) > 1 else subset.task
                groups.setdefault((group, condition.speaker), []).append((subset.name, condition.name))
    return tuple(
        Column(f"{group}_{speaker}".replace("-", "_"), tuple(scores), group, speaker)
        for (group, speaker), scores in groups.items()
    )


def _find(name: str, mean: Column, means: tuple[Column, ...], scores: tuple[Column, ...]) -> Column:
    known = {column.name: column for column in (*scores, *means, mean)}
    if name not in known:
        short = ", ".join(column.name for column in (mean, *means))
        raise ZrcError(f"no column is called {name!r}: choose {short}, or one of the scores that --csv shows")
    return known[name]


def _ranked(entries: Collection[Entry], column: Column) -> list[Row]:
    values = [(entry, column.of(entry)) for entry in entries]
    known = sorted(value for _, value in values if value is not None)
    values.sort(key=lambda pair: inf if pair[1] is None else pair[1])
    return [Row(entry, None if value is None else 1 + bisect_left(known, value)) for entry, value in values]
