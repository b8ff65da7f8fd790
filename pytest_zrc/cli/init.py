"""``pytest-zrc init``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.cli.group import BENCHMARK, PATH
from pytest_zrc.submission.layout import META
from pytest_zrc.submission.template import init_submission


@click.command()
@click.argument("benchmark", type=BENCHMARK)
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--like",
    metavar="DIR",
    type=PATH,
    help="A submission of the same system to another benchmark: what its meta.yaml says of the system is taken over.",
)
def init(benchmark: str, folder: Path, like: Path | None) -> None:
    """Make an empty submission to BENCHMARK in DIR.

    DIR must not be there yet, or be empty. Comments in its meta.yaml and params.yaml say what belongs there. No dataset
    is needed.
    """
    chosen = find_benchmark(benchmark)
    made = init_submission(chosen, folder, like=like)
    click.echo(f"An empty submission to {chosen.name}, in {folder}:")
    for name in made:
        click.echo(f"    {name}")
    place, folders = shlex.quote(str(folder)), [name for name in made if name.endswith("/")]
    click.echo("Go on with")
    click.echo(f"    replace every <...> in {folder / META}")
    click.echo(f"    save the features of each file as {folders[0]}<fileid>.npy: rows are frames, columns dimensions")
    click.echo(f"    pytest-zrc params {place} feature_size=0.01    # the time between two of your frames, in seconds")
    click.echo(f"    pytest-zrc verify {place}")
    click.echo(f"    pytest-zrc run {chosen.name} {place}")
