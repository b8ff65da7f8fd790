"""``pytest-zrc logout``."""

from __future__ import annotations

import os

import click

from pytest_zrc.cli.server import server_option, tell
from pytest_zrc.upload.credentials import TOKEN, forget_token


@click.command()
@server_option
def logout(server: str) -> None:
    """Forget the token for the server.

    The server itself cannot take a token back: a copy of it stays good until it expires.
    """
    click.echo(f"Logged out of {server}." if forget_token(server, tell) else f"No token is kept for {server}.")
    if os.environ.get(TOKEN):
        tell(f"{TOKEN} is set in the environment, and still used: unset it.")
