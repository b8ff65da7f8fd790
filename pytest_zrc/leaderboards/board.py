"""The leaderboards that come with the package: published scores, with their sources."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mode
from typing import TypeAlias

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.errors import ZrcError

ScoreName: TypeAlias = tuple[str, str]
"""A subset and a condition, by their names."""

_FIELDS = ("benchmark", "model_id", "author", "year", "description", "reference", "paper_url", "unit", "source")


@dataclass(frozen=True, slots=True)
class Entry:
    """A system with published scores.

    Attributes:
        model_id: its name on the leaderboard.
        author: who published it.
        year: when; ``None`` where that is not known.
        description: what it is, or an empty text, as in all that follow.
        reference, url: of the paper.
        details: whatever else is known, by the column of the file: train set, frame shift, supervision.
        source: where the scores were taken from.
        scores: percent; only those that were published.
    """

    model_id: str
    author: str
    year: int | None = None
    description: str = ""
    reference: str = ""
    url: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    scores: Mapping[ScoreName, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The published scores of a benchmark.

    Attributes:
        benchmark: of which.
        entries: in the order of publication.
        decimals: with how many the scores were published.
    """

    benchmark: Benchmark
    entries: tuple[Entry, ...]
    decimals: int = 2

    @property
    def profile(self) -> str:
        """Return the scoring profile that the scores were made with."""
        return self.benchmark.leaderboard_profile

    @property
    def shown(self) -> Entry | None:
        """Return the system whose scores are shown beside those of a run, if there is one."""
        wanted = self.benchmark.published_system
        return next((entry for entry in self.entries if entry.model_id == wanted), None)


def read_leaderboard(benchmark: Benchmark) -> Leaderboard:
    """Return the leaderboard of a benchmark.

    Raises:
        ZrcError: it has none.
    """
    if not benchmark.leaderboard_profile:
        raise ZrcError(f"{benchmark.name} has no leaderboard: pytest-zrc leaderboard lists those that there are")
    path = Path(__file__).with_name(f"{benchmark.name}.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = score_columns(benchmark)
    published = [row[column] for row in rows for column in columns.values() if row[column]]
    decimals = mode(len(text.partition(".")[2]) for text in published)
    return Leaderboard(benchmark, tuple(_entry(row, columns) for row in rows), decimals)


def score_columns(benchmark: Benchmark) -> dict[ScoreName, str]:
    """Return what the column of each score is called, in the files and on the command line.

    ``triphone_within_dev_clean_across`` for the subset ``dev-clean`` under ``triphone-within-across``,
    ``english_1s_across`` for ``english/1s`` under ``across``.
    """
    return {
        (subset.name, condition.name): _column(subset.name, condition.name)
        for subset in benchmark.subsets
        for condition in benchmark.conditions
    }


def _column(subset: str, condition: str) -> str:
    kind, _, speaker = condition.rpartition("-")
    return "_".join(part for part in (kind, subset, speaker) if part).replace("-", "_").replace("/", "_")


def _entry(row: Mapping[str, str], columns: Mapping[ScoreName, str]) -> Entry:
    known = {*_FIELDS, *columns.values()}
    return Entry(
        model_id=row["model_id"],
        author=row["author"],
        year=int(row["year"]) if row["year"] else None,
        description=row.get("description", ""),
        reference=row["reference"],
        url=row["paper_url"],
        details={name: value for name, value in row.items() if name not in known},
        source=row["source"],
        scores={name: float(row[column]) for name, column in columns.items() if row[column]},
    )
