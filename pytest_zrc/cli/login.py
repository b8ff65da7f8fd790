"""``pytest-zrc login``."""

from __future__ import annotations

import os
import sys

import click

from pytest_zrc.cli.server import server_option, tell
from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.credentials import TOKEN, USERNAME, keep_token
from pytest_zrc.upload.tokens import expiry_text

_LONGEST = 4096  # bytes of a password


@click.command()
@click.option("--username", "-u", metavar="NAME", envvar=USERNAME, help=f"Whose account; by default {USERNAME}.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, as scripts do.")
@server_option
def login(username: str | None, server: str, *, password_stdin: bool) -> None:
    """Log in to the server, in order to submit.

    You are asked for your password; where there is no terminal, it is the first line of standard input:

        pytest-zrc login -u ada < password-file

    The password is kept nowhere. The token that the server gives for it is kept in the system's keyring, or else in a
    file that only you can read.
    """
    name = _username(username)
    token = Client(server).login(name, _password(from_stdin=password_stdin))
    where, end = keep_token(token, tell), expiry_text(token)
    click.echo(
        f"Logged in to {server} as {token.username}. The token is in {where}{f', good until {end}' if end else ''}."
    )
    if os.environ.get(TOKEN):
        tell(f"{TOKEN} is set in the environment, and goes before it.")


def _username(given: str | None) -> str:
    if given and given.strip():
        return given.strip()
    if not _at_terminal():
        raise ZrcError(f"there is no terminal to ask for your user name: give it with --username or in {USERNAME}")
    name: str = click.prompt("User name", err=True)
    return name.strip()


def _password(*, from_stdin: bool) -> str:
    if _at_terminal():
        if from_stdin:
            raise ZrcError("--password-stdin needs a pipe or a file as standard input: leave it out, and you are asked")
        password: str = click.prompt("Password", hide_input=True, err=True)
        return password
    if sys.stdin is None:  # closed
        raise _no_password()
    try:
        line = sys.stdin.buffer.readline(_LONGEST).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ZrcError("the password on standard input is not text in UTF-8: write it so") from None
    if not line:
        raise _no_password()
    return line


def _no_password() -> ZrcError:
    return ZrcError("no password came on standard input: write it there, as one line")


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
