"""The system's keyring, by backends of the kinds that there are."""

from __future__ import annotations

from collections.abc import Callable

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.core import load_keyring

from pytest_zrc.upload.address import OFFICIAL
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.credentials import credentials_file, find, find_token, forget_token, keep_token
from pytest_zrc.upload.errors import LoginError

ADA = Token(OFFICIAL, "ada", "to.ke.n")
NEWER = Token(OFFICIAL, "ada", "ne.we.r")


class _Memory(KeyringBackend):
    name = "a keyring in memory"
    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class _Broken(_Memory):
    """Fails with what is no error of keyring's, as those that talk to the desktop do."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"no bus: {service} {username}")

    set_password = delete_password = get_password  # type: ignore[assignment]


def _none() -> KeyringBackend:
    return load_keyring("keyring.backends.fail.Keyring")


def _null() -> KeyringBackend:
    return load_keyring("keyring.backends.null.Keyring")


@pytest.fixture
def memory() -> _Memory:
    backend = _Memory()
    keyring.set_keyring(backend)
    return backend


@pytest.mark.usefixtures("memory")
def test_a_working_keyring_keeps_the_token_and_no_file_does() -> None:
    assert keep_token(ADA) == "the keyring (a keyring in memory)"
    assert find_token(OFFICIAL) == ADA
    assert find(OFFICIAL).where == "the keyring"
    assert not credentials_file().exists()


@pytest.mark.usefixtures("memory")
def test_the_keyring_keeps_a_token_for_each_server() -> None:
    keep_token(ADA)
    keep_token(Token("http://localhost", "bob", "o.the.r"))
    assert (find_token(OFFICIAL).username, find_token("http://localhost").username) == ("ada", "bob")
    assert forget_token(OFFICIAL)
    assert find_token("http://localhost").username == "bob"
    with pytest.raises(LoginError):
        find_token(OFFICIAL)


@pytest.mark.parametrize("backend", [_none, _null, _Broken])
def test_a_keyring_that_does_not_keep_gives_way_to_the_file(backend: Callable[[], KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    assert keep_token(ADA) == str(credentials_file())
    assert find_token(OFFICIAL) == ADA
    assert forget_token(OFFICIAL)


def test_the_last_login_counts_wherever_it_was_kept(memory: _Memory) -> None:
    keyring.set_keyring(_none())
    keep_token(ADA)
    keyring.set_keyring(memory)
    keep_token(NEWER)
    assert find_token(OFFICIAL) == NEWER
    assert "to.ke.n" not in credentials_file().read_text()


def test_a_logout_empties_both(memory: _Memory) -> None:
    keyring.set_keyring(_none())
    keep_token(ADA)
    keyring.set_keyring(memory)
    memory.set_password("pytest-zrc", OFFICIAL, '{"username": "ada", "token": "ne.we.r"}')
    assert forget_token(OFFICIAL)
    assert memory.kept == {}
    assert "to.ke.n" not in credentials_file().read_text()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"username": "ada"}', '{"username": "ada", "token": "a b"}'])
def test_what_others_put_there_is_not_used(memory: _Memory, text: str) -> None:
    memory.set_password("pytest-zrc", OFFICIAL, text)
    with pytest.raises(LoginError, match="you are not logged in"):
        find_token(OFFICIAL)
