"""``pytest-zrc run``."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.cli.group import BENCHMARK, PATH


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", type=BENCHMARK)
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("options", metavar="[PYTEST OPTIONS]...", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def run(context: click.Context, name: str, folder: Path, options: tuple[str, ...]) -> None:
    """Check and score a submission: pytest --zrc-submission=DIR --zrc-benchmark=NAME, without tests of your own.

    All that follows is for pytest: -n auto, -k triphone, --zrc-sets=dev, --zrc-report ... The exit codes are pytest's:
    0 if all tests passed, 1 if some failed, 2 where it was interrupted, 4 where it could not be done as asked.
    """
    every_test = f"{find_benchmark(name).name}::"
    chosen = [] if any(option.startswith(every_test) for option in options) else [every_test]
    context.exit(pytest.main([f"--zrc-submission={folder}", f"--zrc-benchmark={name}", *options, *chosen]))
