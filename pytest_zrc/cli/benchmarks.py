"""``pytest-zrc benchmarks``."""

from __future__ import annotations

import json

import click

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import BENCHMARKS, find_benchmark
from pytest_zrc.cli.group import BENCHMARK, as_json_option
from pytest_zrc.submission.params import default_parameters


@click.group(invoke_without_command=True)
@as_json_option
@click.pass_context
def benchmarks(context: click.Context, *, as_json: bool) -> None:
    """List the benchmarks."""
    if context.invoked_subcommand:
        return
    if as_json:
        click.echo(json.dumps([_describe(benchmark) for benchmark in BENCHMARKS.values()], indent=2))
        return
    for benchmark in BENCHMARKS.values():
        click.echo(f"{benchmark.name:10} {benchmark.title}")


@benchmarks.command()
@click.argument("name", type=BENCHMARK)
@as_json_option
def info(name: str, *, as_json: bool) -> None:
    """Describe a benchmark: its dataset, sets, tasks, conditions, and parameters with their defaults."""
    described = _describe(find_benchmark(name))
    if as_json:
        click.echo(json.dumps(described, indent=2))
        return
    for field, value in described.items():
        if isinstance(value, dict):
            click.echo(f"{field}:")
            for key, default in value.items():
                click.echo(f"  {key:16} {default}")
        else:
            click.echo(f"{field}: {', '.join(value) if isinstance(value, list) else value or 'in the package'}")


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
