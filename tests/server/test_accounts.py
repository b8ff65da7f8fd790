"""Login, tokens and profiles."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path

import pytest
import requests

from tests.server import UploadServer
from tests.server.asking import FORM, Asker
from tests.server.tokens import SECRET

WEEK = dt.timedelta(days=7)


def login(server: UploadServer, **fields: str) -> requests.Response:
    return requests.post(f"{server.address}/auth/login", data=FORM | fields, timeout=10)


def claims(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def test_a_login_answers_with_a_token(server: UploadServer, ada: Asker) -> None:
    answer = login(server)

    assert answer.status_code == 200
    assert answer.json().keys() == {"username", "access_token", "token_type"}
    assert (answer.json()["username"], answer.json()["token_type"]) == ("ada", "bearer")
    ada.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    assert ada.ask("GET", "/users/ada/profile").status_code == 200


def test_what_a_client_adds_is_ignored(server: UploadServer) -> None:
    more = {"scope": "", "client_id": "cli", "client_secret": "cli", "scopes": "x"}

    assert login(server, **more).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [{"password": "wrong"}, {"username": "nobody"}, {"username": "new"}, {"username": "old"}],
    ids=["password", "unknown", "unverified", "inactive"],
)
def test_whatever_is_wrong_with_a_login_sounds_the_same(server: UploadServer, fields: dict[str, str]) -> None:
    answer = login(server, **fields)

    assert (answer.status_code, answer.json()) == (401, {"detail": "Incorrect username or password"})


def test_a_login_is_a_form_not_json(server: UploadServer) -> None:
    answer = requests.post(f"{server.address}/auth/login", json=FORM, timeout=10)

    assert answer.status_code == 422
    assert [detail["loc"] for detail in answer.json()["detail"]] == [["body", "username"], ["body", "password"]]


def test_the_grant_is_a_password(server: UploadServer) -> None:
    assert login(server, grant_type="client_credentials").status_code == 422


def test_an_email_address_needs_its_domain_to_be_looked_up(server: UploadServer, tmp_path: Path) -> None:
    with UploadServer(tmp_path / "alone", mail_domains=False) as alone:
        answers = [login(each, username="ada@example.com") for each in (server, alone)]

    assert [answer.status_code for answer in answers] == [200, 401]
    assert answers[0].json()["username"] == "ada"


def test_a_token_is_signed_and_says_when_it_expires_in_local_time(server: UploadServer) -> None:
    token = login(server).json()["access_token"]
    signed, _, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.digest(SECRET, signed.encode(), hashlib.sha256)).rstrip(b"=").decode()
    said = claims(token)
    expires, created = (dt.datetime.fromisoformat(str(said[name])) for name in ("expires_at", "created_at"))

    assert signature == expected
    assert said.keys() == {"expires_at", "created_at", "allow_password_reset", "user_email"}
    assert (said["allow_password_reset"], said["user_email"]) == (False, "ada@example.com")
    assert expires - created == WEEK
    assert created.tzinfo is None
    assert abs(created - dt.datetime.now()) < dt.timedelta(minutes=1)  # noqa: DTZ005 - local, as there


@pytest.mark.parametrize("header", ["", "Basic YWRhOnNlY3JldA=="])
def test_no_token(ada: Asker, header: str) -> None:
    ada.headers["Authorization"] = header

    answer = ada.ask("GET", "/users/ada/profile")

    assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"})
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_tokens_that_are_not_good(server: UploadServer, ada: Asker) -> None:
    good = server.token("ada")
    expired, resets = server.token("ada", -WEEK), server.token("ada", resets=True)

    for token in (expired, resets, good[:-2], good.replace(".", ".A", 1), "nonsense", ""):
        ada.headers["Authorization"] = f"Bearer {token}"
        answer = ada.ask("GET", "/users/ada/profile")

        assert (answer.status_code, answer.json()) == (401, {"detail": "Token is invalid or has expired !"})
        assert "WWW-Authenticate" not in answer.headers


def test_tokens_of_a_server_whose_tokens_do_not_last(tmp_path: Path) -> None:
    with UploadServer(tmp_path, token_life=-WEEK) as server, Asker(server) as asker:
        assert asker.ask("GET", "/users/ada/profile").status_code == 401


@pytest.mark.parametrize(("user", "status"), [("new", 406), ("old", 401)])
def test_users_who_may_not_use_their_tokens(server: UploadServer, user: str, status: int) -> None:
    with Asker(server, user) as asker:
        assert asker.ask("GET", f"/users/{user}/profile").status_code == status


def test_a_user_who_is_gone(server: UploadServer, ada: Asker) -> None:
    del server.api.users["ada"]

    assert ada.ask("GET", "/users/ada/profile").json() == {"detail": "User is not in database"}


def test_a_profile(ada: Asker) -> None:
    assert ada.ask("GET", "/users/ada/profile").json() == {
        "username": "ada",
        "affiliation": "Test Lab",
        "first_name": "Ada",
        "last_name": "Martin",
        "verified": True,
        "email": "ada@example.com",
        "created": "2026-11-22T23:49:20.004686",
    }
