"""The command ``pytest-zrc``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pytest_zrc import __version__
from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import BENCHMARKS, find_benchmark
from pytest_zrc.errors import ZrcError
from pytest_zrc.leaderboards.board import read_leaderboard
from pytest_zrc.leaderboards.own import read_own_scores
from pytest_zrc.leaderboards.table import MEAN, Table, make_table
from pytest_zrc.reports.leaderboard import table_csv, table_json, table_lines
from pytest_zrc.reports.page import PAGE, report_page
from pytest_zrc.scoring.store import write_atomically
from pytest_zrc.scoring.stored import read_results, results_folder
from pytest_zrc.submission.params import default_parameters


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pytest-zrc")
def main() -> None:
    """Check and score ZeroSpeech Task 1 submissions.

    The checks and scores themselves are run by pytest:

        pytest --zrc-submission=DIR
    """


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def benchmarks(name: str | None, *, as_json: bool) -> None:
    """List the benchmarks, or describe the one called NAME."""
    try:
        chosen = [find_benchmark(name)] if name else list(BENCHMARKS.values())
    except ZrcError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps([_describe(benchmark) for benchmark in chosen], indent=2))
    elif name:
        _print_description(chosen[0])
    else:
        for benchmark in chosen:
            click.echo(f"{benchmark.name:10} {benchmark.title}")


def _describe(benchmark: Benchmark) -> dict[str, object]:
    return {
        "name": benchmark.name,
        "title": benchmark.title,
        "dataset": benchmark.dataset or None,
        "profile": benchmark.profile,
        "sets": list(benchmark.sets),
        "tasks": list(benchmark.tasks),
        "subsets": [subset.name for subset in benchmark.subsets],
        "conditions": [condition.name for condition in benchmark.conditions],
        "parameters": default_parameters(benchmark),
    }


def _print_description(benchmark: Benchmark) -> None:
    for name, value in _describe(benchmark).items():
        if isinstance(value, dict):
            click.echo(f"{name}:")
            for key, default in value.items():
                click.echo(f"  {key:16} {default}")
        else:
            click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value or 'in the package'}")


@main.command()
@click.argument("name", required=False)
@click.option("--sort", metavar="COLUMN", default=MEAN, show_default=True, help="Column to rank by.")
@click.option(
    "--with", "own", metavar="SCORES.JSON", type=Path, help="Put the scores of a run among the published ones."
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
    try:
        table = _make_table(name, sort, own)
    except ZrcError as error:
        raise click.UsageError(str(error)) from None
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


@main.command()
@click.argument("folder", metavar="DIR", type=Path)
@click.option("--output", metavar="FILE", type=Path, help=f"Where it goes; by default {PAGE} beside the results.")
def report(folder: Path, output: Path | None) -> None:
    """Make the page of a run again from its results in DIR.

    DIR is a submission that was scored, its folder of results, or a scores.json.
    """
    try:
        page = report_page(read_results(folder))
        target = output or results_folder(folder) / PAGE
        write_atomically(target, page)
    except ZrcError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(
            f"{target} cannot be written ({error.strerror or error}): give another --output"
        ) from None
    click.echo(target)
