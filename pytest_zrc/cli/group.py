"""What all commands have in common: how they end, and what several of them take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.errors import RemoteError, ZrcError

NOT_IN_ORDER, NOT_POSSIBLE, NOT_REACHED = 1, 2, 3
"""Exit codes: the submission has errors; it cannot be done as asked; a server failed, and may not the next time."""

INTERRUPTED = 130
"""The exit code where the user has stopped it, as shells have it: 128 and the number of SIGINT."""


class _NotPossible(click.ClickException):
    exit_code = NOT_POSSIBLE


class _NotReached(click.ClickException):
    exit_code = NOT_REACHED


class _Interrupted(click.ClickException):
    exit_code = INTERRUPTED


class Commands(click.Group):
    """A group of commands in which errors of the core are sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever the command returns
        """Run a command."""
        try:
            return super().invoke(ctx)
        except ZrcError as error:
            raise (_NotReached if isinstance(error, RemoteError) else _NotPossible)(str(error)) from None
        except KeyboardInterrupt:
            raise _Interrupted("interrupted; what can go on does so when you give the same command again") from None


class _BenchmarkName(click.types.StringParamType):
    """The name of a benchmark; the core knows which there are, and shells complete it."""

    name = "benchmark"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """Complete a name."""
        return [CompletionItem(name) for name in BENCHMARKS if name.casefold().startswith(incomplete.casefold())]


BENCHMARK = _BenchmarkName()
PATH = click.Path(path_type=Path)
"""A file or folder, of which the core says what is wrong with it; shells complete it."""

_FULL = 1000  # steps of a bar

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


@contextmanager
def progress_bars(*, lines: bool = True) -> Iterator[Callable[[str, float], None]]:
    """Show a bar for each step on a terminal, else a line; what this returns takes the step and the share of it."""
    bars = _Bars(lines=lines)
    try:
        yield bars.show
    finally:
        bars.end()


class _Bars:
    def __init__(self, *, lines: bool) -> None:
        self._lines = lines
        self._moving = sys.stderr.isatty()
        self._step = ""
        self._open = ExitStack()
        self._move: Callable[[float], None] = _stay

    def show(self, step: str, share: float) -> None:
        if step != self._step:
            self.end()
            self._step = step
            self._begin(step)
        self._move(share)

    def end(self) -> None:
        self._open.close()
        self._move = _stay

    def _begin(self, step: str) -> None:
        if self._moving:
            bar = self._open.enter_context(click.progressbar(length=_FULL, label=step, file=sys.stderr, show_eta=False))
            self._move = lambda share: bar.update(max(0, round(_FULL * share) - bar.pos))
        elif self._lines:
            click.echo(step, err=True)


def _stay(share: float) -> None:
    """Show no bar."""
