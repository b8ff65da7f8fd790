"""Where tokens are kept: the environment, the keyring, a private file. Passwords are kept nowhere."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.address import default_address, login_command, normal_address
from pytest_zrc.upload.answers import is_id
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.errors import LoginError
from pytest_zrc.upload.keyrings import delete_key, read_key, write_key
from pytest_zrc.upload.private import Note, locked, read_private, write_private
from pytest_zrc.upload.tokens import Validity, expiry_text, is_word, read_token, validity

TOKEN, USERNAME = "ZRC_TOKEN", "ZRC_USERNAME"

Entries = dict[str, dict[str, Any]]  # address -> user name and token


@dataclass(frozen=True, slots=True)
class Found:
    """A token, and where it was, in words."""

    token: Token
    where: str


def find_token(address: str, note: Note = lambda _: None) -> Token:
    """Return the token for a server.

    Args:
        address: of the server; a token is for no other one.
        note: told what the user should know, in sentences.

    Raises:
        LoginError: there is none, or it has expired.
        ZrcError: the file of tokens cannot be trusted.
    """
    return find(address, note).token


def find(address: str, note: Note = lambda _: None) -> Found:
    """Return the token for a server and where it was; see ``find_token``."""
    address = normal_address(address)
    found = _in_environment(address) or _in_keyring(address) or _in_file(address, note)
    if found is None:
        raise LoginError(f"you are not logged in to {address}: {login_command(address)}")
    state, end = validity(found.token), expiry_text(found.token)
    if state is Validity.EXPIRED:
        raise LoginError(f"the token for {address} in {found.where} expired at {end}: {login_command(address)}")
    if state is Validity.DOUBTFUL:
        note(f"the token in {found.where} may have expired ({end}): if it is refused, {login_command(address)}")
    return found


def keep_token(token: Token, note: Note = lambda _: None) -> str:
    """Keep a token for its server, instead of the one before; return where, in words."""
    where = write_key(token.address, json.dumps({"username": token.username, "token": token.value}))
    if where:
        _change_file(token.address, None, note)
        return where
    delete_key(token.address)  # it would be found before the file
    _change_file(token.address, token, note)
    return str(credentials_file())


def forget_token(address: str, note: Note = lambda _: None) -> bool:
    """Forget the token for a server wherever it is kept; return whether there was one."""
    address = normal_address(address)
    in_keyring = delete_key(address)
    return _change_file(address, None, note) or in_keyring


def credentials_file() -> Path:
    """Return the file in which tokens are kept where no keyring works."""
    return platformdirs.user_config_path("pytest-zrc", appauthor=False) / "credentials.json"


def _in_environment(address: str) -> Found | None:
    value = os.environ.get(TOKEN, "").strip()
    if not value or address != default_address():
        return None
    username = os.environ.get(USERNAME, "").strip()
    if not is_word(value):
        raise LoginError(f"{TOKEN} in the environment is not a token: set it to one, or unset it")
    if not is_id(username):
        raise LoginError(f"{TOKEN} in the environment does not say whose it is: set {USERNAME} to the user's name, too")
    return Found(read_token(address, username, value), TOKEN)


def _in_keyring(address: str) -> Found | None:
    text = read_key(address)
    if text is None:
        return None
    try:
        token = _token(address, json.loads(text))
    except (ValueError, RecursionError):
        token = None
    return Found(token, "the keyring") if token else None


def _in_file(address: str, note: Note) -> Found | None:
    entry = _entries(note).get(address)
    if entry is None:
        return None
    token = _token(address, entry)
    if token is None:
        raise _damaged()
    return Found(token, str(credentials_file()))


def _token(address: str, entry: object) -> Token | None:
    if not isinstance(entry, dict):
        return None
    username, value = entry.get("username"), entry.get("token")
    if not isinstance(username, str) or not isinstance(value, str) or not (is_id(username) and is_word(value)):
        return None
    return read_token(address, username, value)


def _change_file(address: str, token: Token | None, note: Note) -> bool:
    """Replace the entry of a server; return whether there was one."""
    path = credentials_file()
    if token is None and address not in _entries(note):
        return False
    with locked(path, note):
        entries = _entries(note)
        before = entries.pop(address, None)
        if token:
            entries[address] = {"username": token.username, "token": token.value}
        write_private(path, json.dumps(entries, indent=1) + "\n", note)
    return before is not None


def _entries(note: Note) -> Entries:
    text = read_private(credentials_file(), note)
    if text is None:
        return {}
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not isinstance(entries, dict):
        raise _damaged()
    return entries


def _damaged() -> ZrcError:
    return ZrcError(f"{credentials_file()} is not as pytest-zrc wrote it: remove it, and log in again")
