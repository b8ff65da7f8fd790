"""The command ``pytest-zrc``: a module for each of its commands, loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from pytest_zrc import __version__
from pytest_zrc.cli.group import Commands

COMMANDS = (
    "benchmarks",
    "compare",
    "completion",
    "datasets",
    "init",
    "leaderboard",
    "login",
    "logout",
    "params",
    "report",
    "run",
    "status",
    "submit",
    "template",
    "verify",
    "whoami",
)


class _Main(Commands):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"pytest_zrc.cli.{cmd_name}"), cmd_name)
        return command


@click.group(cls=_Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pytest-zrc")
def main() -> None:
    """Check, score and submit ZeroSpeech Task 1 submissions.

    \b
    From an empty folder to the leaderboard:
        pytest-zrc init abxLS sub         fill in sub/meta.yaml, save features
        pytest-zrc datasets pull abxLS    what they are scored on
        pytest-zrc verify sub
        pytest-zrc run abxLS sub          the same as pytest --zrc-submission=sub
        pytest-zrc login
        pytest-zrc submit sub             goes on where it was interrupted

    Exit codes: 0 done, 1 the submission has errors, 2 not possible as asked, 3 a server failed: try again later.
    """  # noqa: D301 - the backspace is for click
