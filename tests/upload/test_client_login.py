"""Logging in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.errors import LoginError, OddAnswerError, RefusedError
from tests.server import Fault, UploadServer
from tests.upload.raw import http, raw_server


def test_a_login_gives_a_token_for_this_server(server: UploadServer, anybody: Client) -> None:
    token = anybody.login("ada", "secret")
    assert (token.address, token.username) == (server.address, "ada")
    assert token.expires is not None
    assert abs(token.expires - dt.datetime.now() - dt.timedelta(days=7)) < dt.timedelta(minutes=1)  # noqa: DTZ005 - naive, too
    assert Client(server.address, token).profile().email == "ada@example.com"


def test_an_e_mail_address_logs_in_with_the_user_s_name(anybody: Client) -> None:
    assert anybody.login("ada@example.com", "secret").username == "ada"


def test_a_wrong_password_is_not_tried_again(server: UploadServer, anybody: Client) -> None:
    with pytest.raises(LoginError, match=r"does not know this user name with this password$") as caught:
        anybody.login("ada", "guess")
    assert len(server.requests) == 1
    assert "guess" not in str(caught.value)


def test_who_gave_an_e_mail_address_is_told_that_some_servers_know_none(tmp_path: Path) -> None:
    with UploadServer(tmp_path, mail_domains=False) as server, pytest.raises(LoginError, match="give the user name"):
        Client(server.address).login("ada@example.com", "secret")


def test_a_lost_login_is_repeated(server: UploadServer, anybody: Client, pauses: list[float]) -> None:
    server.faults.add(Fault.ANSWER_LOST, times=1)
    server.faults.add(Fault.REQUEST_LOST, times=1)
    assert anybody.login("ada", "secret").username == "ada"
    assert len(pauses) == 2


def test_a_password_may_be_anything(tmp_path: Path) -> None:
    password = " pä&ss=w+o%rd\t☃ "  # noqa: S105 - of a test
    with UploadServer(tmp_path, {"ada": password}) as server:
        assert Client(server.address).login("ada", password).username == "ada"


@pytest.mark.parametrize(
    "body",
    [
        b'{"username": "ada", "access_token": "a\\r\\nb: c"}',
        b'{"username": "ada", "access_token": 7}',
        b'{"username": "../..", "access_token": "a.b.c"}',
        b"{}",
        b"<html>",
    ],
)
def test_what_is_no_token_is_not_taken(body: bytes) -> None:
    with raw_server(http("200 OK", body)) as raw, pytest.raises(OddAnswerError):
        Client(raw.address).login("ada", "secret")


def test_a_token_goes_to_its_own_server_only(server: UploadServer) -> None:
    with pytest.raises(LoginError, match=r"this token is for https://example\.org only"):
        Client(server.address, Token("https://example.org", "ada", "a.b.c"))


def test_a_token_cannot_add_headers(server: UploadServer) -> None:
    with pytest.raises(LoginError, match="characters that no token has") as caught:
        Client(server.address, Token(server.address, "ada", "to.ke.n\r\nX-Other: y"))
    assert "to.ke.n" not in str(caught.value)


def test_without_a_token_the_user_is_told_to_log_in(server: UploadServer, anybody: Client) -> None:
    with pytest.raises(LoginError, match=f"you are not logged in to {server.address}: pytest-zrc login"):
        anybody.profile()
    assert not server.requests


def test_a_token_that_has_expired_calls_for_a_login(server: UploadServer) -> None:
    expired = Token(server.address, "ada", server.token("ada", dt.timedelta(seconds=-1)))
    with pytest.raises(LoginError, match="Token is invalid or has expired"):
        Client(server.address, expired).profile()
    assert len(server.requests) == 1


def test_the_token_of_another_user_is_a_refusal(tmp_path: Path) -> None:
    with UploadServer(tmp_path, {"ada": "secret", "bob": "hidden"}) as server:
        token = Token(server.address, "bob", server.token("ada"))
        with pytest.raises(RefusedError, match="Operation not allowed"):
            Client(server.address, token).models()
