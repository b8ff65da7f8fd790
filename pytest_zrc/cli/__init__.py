"""The command ``pytest-zrc``: a module for each of its commands."""

from __future__ import annotations

import click

from pytest_zrc import __version__
from pytest_zrc.cli.benchmarks import benchmarks
from pytest_zrc.cli.compare import compare
from pytest_zrc.cli.leaderboard import leaderboard
from pytest_zrc.cli.report import report
from pytest_zrc.cli.template import template


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pytest-zrc")
def main() -> None:
    """Check and score ZeroSpeech Task 1 submissions.

    The checks and scores themselves are run by pytest:

        pytest --zrc-submission=DIR
    """


for command in (benchmarks, compare, leaderboard, report, template):
    main.add_command(command)
