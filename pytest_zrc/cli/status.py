"""``pytest-zrc status``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from pytest_zrc.cli.group import NOT_IN_ORDER, PATH, as_json_option
from pytest_zrc.cli.server import same_server_option
from pytest_zrc.publishing.status import find_status


@click.command()
@click.argument("submission", metavar="ID|DIR", type=PATH)
@same_server_option
@as_json_option
@click.pass_context
def status(context: click.Context, submission: str, server: str, *, as_json: bool) -> None:
    """Ask the server how far a submission is: by its id, or by its folder.

    The exit code is 0 if the server has all of it, and 1 if it does not, yet.
    """
    found = find_status(submission, server)
    if as_json:
        click.echo(json.dumps({**asdict(found), "uploaded": found.uploaded}, indent=2))
    else:
        sent = f" ({found.sent} of {found.parts} parts are sent)" if found.parts and not found.uploaded else ""
        click.echo(f"{found.submission_id}: {found.status}{sent}")
    if not found.uploaded:
        context.exit(NOT_IN_ORDER)
