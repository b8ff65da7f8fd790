"""What the commands that ask a server have in common."""

from __future__ import annotations

import click

from pytest_zrc.upload.address import default_address, normal_address


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str:  # noqa: ARG001 - what click gives
    return normal_address(value) if value else default_address()


server_option = click.option(
    "--server",
    metavar="URL",
    callback=_address,
    help="The server's address; by default ZRC_SERVER in the environment, or the official one.",
)


same_server_option = click.option(
    "--server",
    metavar="URL",
    default="",
    help="The server's address; by default that of an upload that has begun, ZRC_SERVER in the environment, or the "
    "official one.",
)


def tell(sentence: str) -> None:
    """Tell the user something beside what was asked for."""
    click.echo(f"Note: {sentence}", err=True)
