"""The published systems around a run: the best one, those just above and below it, the one that is usually shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_zrc.leaderboards.own import OwnScores
from pytest_zrc.leaderboards.standing import Standing
from pytest_zrc.leaderboards.table import MEAN, Column, Row, make_table
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Scores

_AROUND = 2  # systems above, and below


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A line of the leaderboard.

    Attributes:
        rank: by the mean.
        system: its name; empty for the run itself.
        who: has published it.
        values: percent, as texts; the mean first.
        follows: whether its predecessor on the leaderboard is the line above.
    """

    rank: int
    system: str
    who: str
    values: Sequence[str]
    follows: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Some lines of the leaderboard, with the headings of their values."""

    columns: Sequence[str]
    rows: Sequence[Neighbour]


def find_neighbours(results: Results) -> Neighbours | None:
    """Return the neighbours by the mean; ``None`` where there is no place on a leaderboard."""
    standing = results.standing
    if standing is None or standing.overall is None:
        return None
    percent = {name: 100 * score for name, score in Scores(results.scores).items()}
    table = make_table(standing.leaderboard, MEAN, OwnScores("", results.profile, percent))
    columns = (table.mean, *(table.means if len(table.means) > 1 else ()))
    ranked = [row for row in table.rows if row.rank is not None]
    own = next(place for place, row in enumerate(ranked) if row.entry not in standing.leaderboard.entries)
    places = _places(own, ranked, standing)
    rows = [
        _neighbour(ranked[place], columns, own=place == own, follows=place - 1 in (-1, *places)) for place in places
    ]
    return Neighbours([_heading(column) for column in columns], rows)


def _places(own: int, ranked: Sequence[Row], standing: Standing) -> list[int]:
    around = range(max(0, own - _AROUND), min(len(ranked), own + _AROUND + 1))
    shown = [place for place, row in enumerate(ranked) if row.entry is standing.leaderboard.shown]
    return sorted({0, *around, *shown})


def _heading(column: Column) -> str:
    return f"{column.group} {column.speaker}" if column.group else "mean"


def _neighbour(row: Row, columns: Sequence[Column], *, own: bool, follows: bool) -> Neighbour:
    entry = row.entry
    values = ["" if (value := column.of(entry)) is None else f"{value:.2f}" for column in columns]
    who = "" if own else " ".join(str(part) for part in (entry.author, entry.year) if part)
    return Neighbour(row.rank or 0, "" if own else entry.model_id, who, values, follows)
