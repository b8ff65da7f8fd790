"""A leaderboard as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pytest_zrc.leaderboards.board import Entry
from pytest_zrc.leaderboards.table import MEAN, Column, Row, Table

_WIDTH = 100  # columns of the terminal
_LEAST = 12  # for who made a system; less says nothing
_UNIT = "percent error"


def table_lines(table: Table) -> Iterator[str]:
    """Yield the table for the terminal: ranks, means, who made what; then sources."""
    board = table.leaderboard
    yield (
        f"{board.benchmark.name}: {len(board.entries)} published systems, "
        f"ABX error rates in percent, made with profile {board.profile}"
    )
    scores = "1 score" if len(table.scores) == 1 else f"{len(table.scores)} scores"
    yield f"means of {scores}, and of those of one kind; ranked by {table.sorted_by.name}"
    yield from _body(table)
    if table.note:
        yield f"(yours): {table.note}"
    yield f"scores taken from {', '.join(dict.fromkeys(_origin(entry) for entry in board.entries))}"
    yield "every score, the papers and the sources: --csv or --json"


def table_csv(table: Table) -> str:
    """Return everything that is known, a row for each system."""
    columns = (table.mean, *table.scores)
    rows = [{**_facts(row), **{column.name: column.of(row.entry) for column in columns}} for row in table.rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def table_json(table: Table) -> str:
    """Return everything that is known, for scripts."""
    board = table.leaderboard
    value = {
        "benchmark": board.benchmark.name,
        "profile": board.profile,
        "unit": _UNIT,
        "ranked_by": table.sorted_by.name,
        "note": table.note or None,
        "entries": [{**_facts(row), **_values(table, row.entry)} for row in table.rows],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _body(table: Table) -> Iterator[str]:
    others = (table.mean, *table.means)
    columns = others if table.sorted_by in others else (table.sorted_by, *others)
    groups = [(group, len(list(same))) for group, same in groupby(column.group for column in columns)]
    cell = max(7, *(-(-(len(group) + 1) // n) for group, n in groups))
    margin = 5 + max(len(row.entry.model_id) for row in table.rows)
    rest = _WIDTH - margin - cell * len(columns) - 2
    yield " " * margin + "".join(group.rjust(cell * n) for group, n in groups)
    yield "rank".ljust(margin) + "".join(_heading(column).rjust(cell) for column in columns)
    for row in table.rows:
        rank = "-" if row.rank is None else str(row.rank)
        cells = "".join(_cell(column.of(row.entry)).rjust(cell) for column in columns)
        yield f"{f'{rank:>4} {row.entry.model_id}'.ljust(margin)}{cells}  {_who(row.entry, rest)}".rstrip()


def _heading(column: Column) -> str:
    return column.speaker or (column.name if column.name == MEAN else "score")


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _who(entry: Entry, width: int) -> str:
    who = " ".join(str(name) for name in (entry.author, entry.year) if name)
    return "" if width < _LEAST else who if len(who) <= width else f"{who[: width - 3]}..."


def _origin(entry: Entry) -> str:
    return entry.source.partition(":")[0]


def _facts(row: Row) -> dict[str, Any]:
    entry = row.entry
    return {
        "rank": row.rank,
        "model_id": entry.model_id,
        "author": entry.author,
        "year": entry.year,
        "description": entry.description,
        **entry.details,
        "reference": entry.reference,
        "url": entry.url,
        "source": entry.source,
    }


def _values(table: Table, entry: Entry) -> dict[str, Any]:
    return {
        "mean": table.mean.of(entry),
        "means": {column.name: column.of(entry) for column in table.means},
        "scores": [
            {"subset": subset, "condition": condition, "percent": percent}
            for (subset, condition), percent in entry.scores.items()
        ],
    }
