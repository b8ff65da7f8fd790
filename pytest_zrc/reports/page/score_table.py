"""The table of scores: subsets and conditions, the fewer of them as columns, so that it fits a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pytest_zrc.benchmarks.model import Condition
from pytest_zrc.gates.verdict import Verdict
from pytest_zrc.leaderboards.board import ScoreName
from pytest_zrc.leaderboards.standing import Rank
from pytest_zrc.reports.standing import ordinal
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import NOT_COMPUTED, Score


@dataclass(frozen=True, slots=True)
class Mark:
    """What a gate says of a score, in short."""

    passed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A score; texts are empty where there is nothing to say.

    Attributes:
        value: percent.
        interval: likewise.
        rank: among published scores.
        marks: of gates.
    """

    value: str = ""
    interval: str = ""
    rank: str = ""
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that belong together, below a heading, which may be empty."""

    heading: str
    rows: Sequence[tuple[str, Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The table.

    Attributes:
        columns: their headings.
        groups: of rows.
        missing: for each reason the scores that are missing because of it.
    """

    columns: Sequence[str]
    groups: Sequence[Rows]
    missing: Mapping[str, Sequence[str]]


def make_score_table(results: Results) -> ScoreTable:
    """Lay out the scores of a run; without rows where nothing was scored."""
    shown = {score.subset for score in results.scores if score.reason != NOT_COMPUTED}
    subsets = [name for name in dict.fromkeys(score.subset for score in results.scores) if name in shown]
    names = {score.condition for score in results.scores}
    conditions = [condition for condition in results.benchmark.conditions if condition.name in names]
    cells = {(score.subset, score.condition): _cell(score, results) for score in results.scores}
    if len(subsets) > len(conditions):
        columns, groups = [_name(condition) for condition in conditions], [_subset_rows(subsets, conditions, cells)]
    else:
        columns, groups = subsets, list(_condition_rows(subsets, conditions, cells))
    return ScoreTable(columns, groups if subsets else [], _missing(results.scores))


def _name(condition: Condition) -> str:
    return condition.label or condition.name


def _subset_rows(subsets: Sequence[str], conditions: Sequence[Condition], cells: Mapping[ScoreName, Cell]) -> Rows:
    return Rows(
        "",
        [(subset, [cells.get((subset, one.name), Cell()) for one in conditions]) for subset in subsets],
    )


def _condition_rows(
    subsets: Sequence[str], conditions: Sequence[Condition], cells: Mapping[ScoreName, Cell]
) -> Iterator[Rows]:
    for kind, same in groupby(conditions, key=lambda one: one.kind):
        rows = [
            (f"{one.speaker} speakers", [cells.get((subset, one.name), Cell()) for subset in subsets]) for one in same
        ]
        yield Rows(kind, rows)


def _cell(score: Score, results: Results) -> Cell:
    name = (score.subset, score.condition)
    marks = [_mark(one) for one in results.verdicts if (one.subset, one.condition) == name]
    if score.score is None:
        return Cell(marks=marks)
    rank = results.standing.ranks.get(name) if results.standing else None
    return Cell(f"{100 * score.score:.2f}", _interval(score), _rank(rank), marks)


def _interval(score: Score) -> str:
    return "" if score.low is None or score.high is None else f"{100 * score.low:.1f}–{100 * score.high:.1f}"  # noqa: RUF001


def _rank(rank: Rank | None) -> str:
    return f"{ordinal(rank.rank)} of {rank.of}" if rank else ""


def _mark(verdict: Verdict) -> Mark:
    """Say in short what was allowed; a baseline by how much the score has changed."""
    if verdict.before is not None and verdict.measured is not None:
        return Mark(verdict.passed, f"baseline {100 * (verdict.measured - verdict.before):+.2f}")
    if verdict.limit is not None:
        return Mark(verdict.passed, f"limit {100 * verdict.limit:.2f}")
    return Mark(verdict.passed, verdict.gate)


def _missing(scores: Sequence[Score]) -> dict[str, list[str]]:
    missing: dict[str, list[str]] = {}
    for score in scores:
        if score.score is None:
            missing.setdefault(score.reason, []).append(f"{score.subset} {score.condition}")
    return missing
