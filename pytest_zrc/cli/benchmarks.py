"""``pytest-zrc benchmarks``."""

from __future__ import annotations

import json

import click

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import BENCHMARKS, find_benchmark
from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.params import default_parameters


@click.command()
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
