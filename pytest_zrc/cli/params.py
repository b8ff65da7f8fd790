"""``pytest-zrc params``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import click

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.checks.params import wrong_parameters
from pytest_zrc.cli.group import BENCHMARK, NOT_IN_ORDER, PATH, as_json_option
from pytest_zrc.errors import ZrcError
from pytest_zrc.resolve import named_benchmark
from pytest_zrc.submission.edit import written
from pytest_zrc.submission.layout import PARAMS, Submission
from pytest_zrc.submission.params import (
    default_parameters,
    describe_parameters,
    explain_parameters,
    parse_parameters,
    set_parameters,
    usual_names,
)
from pytest_zrc.submission.yamlfile import Scalar, YamlFile, YamlFileError, parse_scalar


class _Parameter(NamedTuple):
    """A parameter as it is shown; ``line`` is where params.yaml sets it, or None."""

    name: str
    value: Scalar
    default: Scalar
    line: int | None
    meaning: str
    expected: str


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("settings", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--benchmark", metavar="NAME", type=BENCHMARK, default="", help="By default the one of meta.yaml.")
@as_json_option
@click.pass_context
def params(context: click.Context, folder: Path, settings: tuple[str, ...], benchmark: str, *, as_json: bool) -> None:
    """Show the parameters of the submission in DIR, or set some of them.

    Values are as in params.yaml, whose comments stay:

        pytest-zrc params DIR feature_size=0.02 cuda=false max_x_across=null

    The exit code is 1 if params.yaml has errors. A value that is wrong changes nothing.
    """
    if not folder.is_dir():
        raise ZrcError(f"no submission at {folder}: give a folder that is there")
    chosen = find_benchmark(benchmark or named_benchmark(Submission(folder), "--benchmark"))
    if settings:
        set_parameters(chosen, folder, _parse(settings))
    try:
        file = Submission(folder).params
    except YamlFileError as error:
        raise ZrcError(
            f"{folder / PARAMS} cannot be read ({error}): correct it, or remove it for the defaults"
        ) from None
    problems = list(wrong_parameters(chosen, file))
    shown = _parameters(chosen, file)
    click.echo(_as_json(chosen, shown, problems) if as_json else "\n".join(_lines(shown, problems)))
    if problems:
        context.exit(NOT_IN_ORDER)


def _parse(settings: Sequence[str]) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not (name and equals and text):
            raise click.UsageError(f"{setting!r} sets nothing: write NAME=VALUE, as feature_size=0.01")
        if name in values:
            raise click.UsageError(f"{name} is set twice: give it once")
        try:
            values[name] = parse_scalar(text)
        except YamlFileError as error:
            raise click.UsageError(f"the value in {setting!r} cannot be read ({error})") from None
    return values


def _parameters(benchmark: Benchmark, file: YamlFile) -> list[_Parameter]:
    used, usual = parse_parameters(benchmark, file)[0], usual_names(benchmark)
    expected, meanings = describe_parameters(benchmark), explain_parameters(benchmark)
    lines = {usual.get(name, name): line for name, line in file.lines.items()}
    return [
        _Parameter(
            name,
            value=getattr(used, usual.get(name, name)),
            default=default,
            line=lines.get(usual.get(name, name)),
            meaning=meanings[name],
            expected=expected[name],
        )
        for name, default in default_parameters(benchmark).items()
    ]


def _lines(shown: Sequence[_Parameter], problems: Sequence[Finding]) -> list[str]:
    rows = [
        (one.name, written(one.value), f"line {one.line}" if one.line else "default", one.expected) for one in shown
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]
    return [*table, *(["", *map(str, problems)] if problems else [])]


def _as_json(benchmark: Benchmark, shown: Sequence[_Parameter], problems: Sequence[Finding]) -> str:
    found = {
        "benchmark": benchmark.name,
        "parameters": [one._asdict() for one in shown],
        "problems": [asdict(one) for one in problems],
    }
    return json.dumps(found, indent=2, ensure_ascii=False)
