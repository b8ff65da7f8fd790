"""The shapes of errors, and the paths that there are not."""

from __future__ import annotations

import socket
from typing import cast

import pytest
import requests

from tests.server import UploadServer
from tests.server.asking import Asker


def socket_of(answer: requests.Response) -> socket.socket:
    """Find the socket of an answer that was not read yet."""
    connection = answer.raw.connection
    assert connection is not None
    return cast(socket.socket, connection.sock)


def test_framework_errors_have_a_detail(ada: Asker) -> None:
    answer = ada.ask("GET", "/users/bob/profile")

    assert (answer.status_code, answer.json()) == (401, {"detail": "Operation not allowed"})


def test_invalid_bodies_have_a_list_of_details(ada: Asker) -> None:
    answer = ada.new_model(team=None)

    [detail] = answer.json()["detail"]
    assert answer.status_code == 422
    assert detail.keys() == {"loc", "msg", "type"}
    assert detail["loc"] == ["body", "team"]


def test_values_that_do_not_exist_have_a_message_and_a_trace(ada: Asker) -> None:
    answer = ada.ask("GET", "/benchmarks/nope/info")

    assert answer.status_code == 404
    assert answer.json().keys() == {"message", "trace"}
    assert answer.json()["message"] == "There is no challenge with the following id: nope"


def test_refused_content_has_a_message_and_a_textual_none(ada: Asker) -> None:
    answer = ada.add(ada.new_submission(b"an archive"), b"something else")

    assert answer.status_code == 400
    assert answer.json() == {"message": "ValueNotValid: Hash does not match expected!", "data": "None"}


def test_a_crash_is_plain_text_and_the_connection_is_gone_though_nothing_says_so(ada: Asker) -> None:
    answer = ada.ask("GET", "/models/list", stream=True)
    connection = socket_of(answer)

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert "Connection" not in answer.headers
    assert answer.text == "Internal Server Error"
    assert connection.recv(1) == b""


def test_other_errors_keep_the_connection(server: UploadServer, ada: Asker) -> None:
    answer = ada.ask("GET", "/benchmarks/nope/info", stream=True)
    connection = socket_of(answer)
    answer.content  # noqa: B018 - reads it

    again = ada.ask("GET", "/benchmarks/abxLS/info", stream=True)

    assert socket_of(again) is connection
    assert [request.status for request in server.requests] == [404, 200]


@pytest.mark.parametrize("path", ["//auth/login", "/users//profile", "/nope", "/_private/submit-available"])
def test_unknown_paths_and_empty_elements(ada: Asker, path: str) -> None:
    answer = ada.ask("POST", path)

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_a_slash_at_the_end_is_redirected(ada: Asker) -> None:
    answer = ada.ask("GET", "/benchmarks/list/")

    assert (answer.status_code, answer.headers["Location"]) == (307, "/benchmarks/list")


def test_the_wrong_method(ada: Asker) -> None:
    assert ada.ask("GET", "/auth/login").status_code == 405


def test_no_number_of_requests_is_too_many(server: UploadServer) -> None:
    with requests.Session() as session:
        form = {"username": "ada", "password": "wrong"}
        answers = [session.post(f"{server.address}/auth/login", data=form, timeout=10) for _ in range(30)]

    assert {answer.status_code for answer in answers} == {401}
    assert not any("Retry-After" in answer.headers for answer in answers)
