"""``pytest-zrc leaderboard``."""

from __future__ import annotations

from pathlib import Path

import click

from pytest_zrc.benchmarks.registry import BENCHMARKS, find_benchmark
from pytest_zrc.cli.group import PATH
from pytest_zrc.leaderboards.board import read_leaderboard
from pytest_zrc.leaderboards.own import read_own_scores
from pytest_zrc.leaderboards.table import MEAN, Table, make_table
from pytest_zrc.reports.leaderboard import table_csv, table_json, table_lines


@click.command()
@click.argument("name", required=False)
@click.option("--sort", metavar="COLUMN", default=MEAN, show_default=True, help="Column to rank by.")
@click.option(
    "--with", "own", metavar="SCORES.JSON", type=PATH, help="Put the scores of a run among the published ones."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print everything as CSV.")
def leaderboard(name: str | None, sort: str, own: Path | None, *, as_json: bool, as_csv: bool) -> None:
    """List the leaderboards, or the published scores of the benchmark called NAME."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two forms of the same: give one of them")
    if name is None:
        if own or as_json or as_csv or sort != MEAN:
            raise click.UsageError("the options are for one leaderboard: give its benchmark, too")
        _list_leaderboards()
        return
    table = _make_table(name, sort, own)
    text = table_json(table) if as_json else table_csv(table) if as_csv else "\n".join(table_lines(table)) + "\n"
    click.echo(text, nl=False)
    if as_csv and table.note:  # CSV has no place for it
        click.echo(table.note, err=True)


def _list_leaderboards() -> None:
    for benchmark in BENCHMARKS.values():
        if benchmark.leaderboard_profile:
            entries = read_leaderboard(benchmark).entries
            click.echo(f"{benchmark.name:10} {len(entries)} systems, profile {benchmark.leaderboard_profile}")


def _make_table(name: str, sort: str, own: Path | None) -> Table:
    board = read_leaderboard(find_benchmark(name))
    return make_table(board, sort, read_own_scores(own, board.benchmark) if own else None)
