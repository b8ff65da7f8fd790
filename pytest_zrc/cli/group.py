"""What all commands have in common: how they end, and what several of them take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.errors import RemoteError, ZrcError

NOT_IN_ORDER, NOT_POSSIBLE, NOT_REACHED = 1, 2, 3
"""Exit codes: the submission has errors; it cannot be done as asked; a server failed, and may not the next time."""


class _NotPossible(click.ClickException):
    exit_code = NOT_POSSIBLE


class _NotReached(click.ClickException):
    exit_code = NOT_REACHED


class Commands(click.Group):
    """A group of commands in which errors of the core are sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever the command returns
        """Run a command."""
        try:
            return super().invoke(ctx)
        except ZrcError as error:
            raise (_NotReached if isinstance(error, RemoteError) else _NotPossible)(str(error)) from None


class _BenchmarkName(click.ParamType[str]):
    """The name of a benchmark; the core knows which there are, and shells complete it."""

    name = "benchmark"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """Complete a name."""
        return [CompletionItem(name) for name in BENCHMARKS if name.casefold().startswith(incomplete.casefold())]


BENCHMARK = _BenchmarkName()
PATH = click.Path(path_type=Path)
"""A file or folder, of which the core says what is wrong with it; shells complete it."""

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


@contextmanager
def progress_bar(label: str, *, shown: bool = True) -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal, and nothing elsewhere; what this returns takes the share that is done."""
    if not shown or not sys.stderr.isatty():
        yield lambda share: None  # noqa: ARG005
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(max(0, round(1000 * share) - bar.pos))
