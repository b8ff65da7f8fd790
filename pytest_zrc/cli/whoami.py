"""``pytest-zrc whoami``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from pytest_zrc.cli.group import as_json_option
from pytest_zrc.cli.server import server_option, tell
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Profile
from pytest_zrc.upload.credentials import Found, find
from pytest_zrc.upload.tokens import expiry_text


@click.command()
@server_option
@as_json_option
def whoami(server: str, *, as_json: bool) -> None:
    """Ask the server who you are.

    The exit code is 2 if you are not logged in, 3 if the server cannot be reached.
    """
    found = find(server, tell)
    profile = Client(server, found.token).profile()
    click.echo(_json(server, found, profile) if as_json else _text(server, found, profile))


def _text(server: str, found: Found, profile: Profile) -> str:
    name = " ".join(part for part in (profile.first_name, profile.last_name) if part)
    lines = [
        ("user", f"{profile.username} ({name})" if name else profile.username),
        ("e-mail", profile.email),
        ("affiliation", profile.affiliation),
        ("verified", "" if profile.verified else "no: the server takes no submissions of yours"),
        ("server", server),
        ("token", found.where),
        ("good until", expiry_text(found.token)),
    ]
    return "\n".join(f"{label + ':':13}{value}" for label, value in lines if value)


def _json(server: str, found: Found, profile: Profile) -> str:
    expires = found.token.expires
    place = {"server": server, "token_in": found.where, "expires": expires.isoformat() if expires else None}
    return json.dumps({**asdict(profile), **place}, indent=2, ensure_ascii=False)
