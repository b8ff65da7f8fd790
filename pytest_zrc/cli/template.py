"""``pytest-zrc template``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from pytest_zrc.cli.group import PATH
from pytest_zrc.templates import TEMPLATES, find_template


@click.command()
@click.argument("name", required=False)
@click.argument("folder", metavar="[DIR]", required=False, type=PATH)
def template(name: str | None, folder: Path | None) -> None:
    """List the templates, or copy the one called NAME to DIR.

    A template is a complete repository, to start one's own from. DIR must not be there yet, or be empty.
    """
    if name is None:
        _list_templates()
    elif folder is None:
        raise click.UsageError(f"give the folder, too: pytest-zrc template {find_template(name).name} DIR")
    else:
        _copy(name, folder)


def _list_templates() -> None:
    for one in TEMPLATES.values():
        click.echo(f"{one.name:16} {one.summary}")


def _copy(name: str, folder: Path) -> None:
    chosen = find_template(name)
    count = chosen.copy(folder)
    click.echo(f"{name}: {count} files in {folder}. Go on with")
    for command in (f"cd {shlex.quote(str(folder))}", *chosen.commands):
        click.echo(f"    {command}")
