"""Where tokens are kept and found."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.address import OFFICIAL
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.credentials import credentials_file, find, find_token, forget_token, keep_token
from pytest_zrc.upload.errors import LoginError
from pytest_zrc.upload.tokens import read_token
from tests.upload.claims import claim

LOCAL = "http://localhost:8000"
ADA = Token(OFFICIAL, "ada", "to.ke.n")


def test_a_token_is_found_where_it_was_kept() -> None:
    assert keep_token(ADA) == str(credentials_file())
    assert find_token(OFFICIAL) == ADA
    assert find(OFFICIAL).where == str(credentials_file())


def test_a_token_is_for_its_server_only() -> None:
    keep_token(ADA)
    keep_token(Token(LOCAL, "bob", "o.the.r"))
    assert find_token(f"{OFFICIAL}/") == ADA
    assert find_token(LOCAL).username == "bob"
    with pytest.raises(LoginError, match=r"you are not logged in to https://example\.org: pytest-zrc login --server"):
        find_token("https://example.org")


def test_the_token_before_is_replaced() -> None:
    keep_token(ADA)
    keep_token(Token(OFFICIAL, "ada", "ne.we.r"))
    assert find_token(OFFICIAL).value == "ne.we.r"
    assert "to.ke.n" not in credentials_file().read_text()


def test_a_token_is_forgotten() -> None:
    assert not forget_token(OFFICIAL)
    keep_token(ADA)
    keep_token(Token(LOCAL, "bob", "o.the.r"))
    assert forget_token(OFFICIAL)
    with pytest.raises(LoginError):
        find_token(OFFICIAL)
    assert find_token(LOCAL).username == "bob"
    assert not forget_token(OFFICIAL)


def test_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_token(ADA)
    monkeypatch.setenv("ZRC_TOKEN", "of.the.job\n")
    monkeypatch.setenv("ZRC_USERNAME", "bot")
    assert find_token(OFFICIAL) == Token(OFFICIAL, "bot", "of.the.job")


def test_the_token_of_the_environment_is_for_the_server_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZRC_TOKEN", "of.the.job")
    monkeypatch.setenv("ZRC_USERNAME", "bot")
    monkeypatch.setenv("ZRC_SERVER", LOCAL)
    assert find_token(LOCAL).username == "bot"
    with pytest.raises(LoginError):
        find_token(OFFICIAL)


def test_a_token_in_the_environment_needs_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZRC_TOKEN", "of.the.job")
    with pytest.raises(LoginError, match="set ZRC_USERNAME"):
        find_token(OFFICIAL)


def test_what_is_no_token_in_the_environment_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZRC_TOKEN", "two words")
    with pytest.raises(LoginError, match="ZRC_TOKEN in the environment is not a token") as caught:
        find_token(OFFICIAL)
    assert "words" not in str(caught.value)


def test_a_token_that_has_expired_is_not_used() -> None:
    keep_token(read_token(OFFICIAL, "ada", claim("2020-01-01T12:30:00")))
    with pytest.raises(LoginError, match=r"expired at 2020-01-01 12:30 \(the server's time\): pytest-zrc login"):
        find_token(OFFICIAL)


def test_a_token_that_may_have_expired_is_used_with_a_note() -> None:
    keep_token(read_token(OFFICIAL, "ada", claim(hours_from_now=1)))
    notes: list[str] = []
    assert find_token(OFFICIAL, notes.append).username == "ada"
    (note,) = notes
    assert "may have expired" in note


@pytest.mark.parametrize(
    "content", ["", "[]", "{", "\x00", '{"https://api.cognitive-ml.fr": {"username": "a/b", "token": "a.b.c"}}']
)
def test_a_damaged_file_is_a_sentence(content: str) -> None:
    keep_token(ADA)
    credentials_file().write_text(content)
    with pytest.raises(ZrcError, match=r"credentials\.json is not as pytest-zrc wrote it: remove it, and log in again"):
        find_token(OFFICIAL)


def test_logins_at_the_same_time_are_all_kept() -> None:
    addresses = [f"http://localhost:{port}" for port in range(8000, 8016)]
    threads = [threading.Thread(target=keep_token, args=(Token(each, "ada", "to.ke.n"),)) for each in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(json.loads(credentials_file().read_text())) == set(addresses)


def test_the_file_is_below_the_user_s_settings(home: Path) -> None:
    assert credentials_file().is_relative_to(home)
