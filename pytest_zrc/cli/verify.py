"""``pytest-zrc verify``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from pytest_zrc.api import Progress, Validation, validate
from pytest_zrc.cli.group import BENCHMARK, NOT_IN_ORDER, PATH, as_json_option, progress_bars
from pytest_zrc.errors import printable


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--benchmark", metavar="NAME", type=BENCHMARK, default="", help="By default the one of meta.yaml.")
@click.option("--dataset", metavar="DIR", type=PATH, help="The dataset, if it is not where datasets are kept.")
@click.option("--sets", default="", help="Only these sets of the benchmark, as 'dev,test'.")
@click.option("--tasks", default="", help="Only these tasks of the benchmark, as 'clean,other'.")
@as_json_option
@click.pass_context
def verify(
    context: click.Context,
    folder: Path,
    *,
    benchmark: str,
    dataset: Path | None,
    sets: str,
    tasks: str,
    as_json: bool,
) -> None:
    """Check a submission, without scoring it.

    Every finding is a line: its code, where it is, what is wrong, and what to do. The exit code is 1 if there are
    errors; warnings are recommendations.
    """
    with progress_bars(lines=False) as show:

        def tell(progress: Progress) -> None:
            show("checking", progress.share)

        validation = validate(folder, benchmark, dataset=dataset, sets=sets, tasks=tasks, progress=tell)
    if as_json:
        click.echo(json.dumps(_described(validation), indent=2))
    else:
        _print(validation, folder)
    if not validation.valid:
        context.exit(NOT_IN_ORDER)


def _described(validation: Validation) -> dict[str, object]:
    findings = [{"check": name, **asdict(one)} for name, found in validation.findings.items() for one in found]
    return {"valid": validation.valid, "checks": list(validation.findings), "findings": findings}


def _print(validation: Validation, folder: Path) -> None:
    for one in (*validation.errors, *validation.warnings):
        click.secho(one.severity, fg="red" if one.severity == "error" else "yellow", nl=False)
        click.echo(f": {one}")
    errors, warnings = len(validation.errors), len(validation.warnings)
    verdict = "valid" if validation.valid else "not valid"
    counted = f"{len(validation.findings)} checks, {errors} errors, {warnings} warnings"
    click.echo(f"{printable(str(folder))} is {verdict}: {counted}")
