"""Answers of the server, which are foreign data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.upload.answers import Answer, clean, is_id, reason, require_done
from pytest_zrc.upload.errors import LoginError, OddAnswerError, RefusedError, ServerError
from pytest_zrc.upload.transport import Reply

HERE = "https://example.org"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of)
)


def _reply(status: int, content: object, phrase: str = "") -> Reply:
    return Reply(status, phrase, content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"detail": "submission not found"}, "submission not found"),
        (
            {"message": "ValueNotValid: Hash does not match expected!", "data": "None"},
            "ValueNotValid: Hash does not match expected!",
        ),
        (
            {"message": "The Challenge tde17 is not active", "trace": "Traceback\n..."},
            "The Challenge tde17 is not active",
        ),
        (
            {"detail": [{"loc": ["body", "team"], "msg": "field required", "type": "x"}, {"loc": [], "msg": "odd"}]},
            "team: field required; odd",
        ),
        ({"detail": "a", "message": "b"}, "a; b"),
        (b"Internal Server Error", ""),
        ([], ""),
        ({"detail": [7, {"msg": 7}, {"loc": [7], "msg": "seven"}], "message": 7}, "seven"),
    ],
)
def test_each_form_of_a_reason_is_read(content: object, told: str) -> None:
    assert reason(_reply(400, content)) == told


@pytest.mark.parametrize("status", [200, 201, 204])
def test_what_is_done_is_no_error(status: int) -> None:
    require_done(_reply(status, {}), HERE, "to do it")


@pytest.mark.parametrize("said", ["Not authenticated", "Token is invalid or has expired !", "User inactive"])
def test_401_calls_for_a_login(said: str) -> None:
    with pytest.raises(LoginError, match=r"does not take the token \(.*\): pytest-zrc login --server"):
        require_done(_reply(401, {"detail": said}), HERE, "to do it")


def test_401_for_what_is_another_user_s_does_not() -> None:
    with pytest.raises(RefusedError, match=r"refused to do it: Operation not allowed \(401\)") as caught:
        require_done(_reply(401, {"detail": "Operation not allowed"}), HERE, "to do it")
    assert caught.value.status == 401


def test_without_a_reason_the_status_is_told() -> None:
    with pytest.raises(ServerError, match=r"failed to do it \(502 Bad Gateway\): try again later"):
        require_done(_reply(502, b"<html>", "Bad Gateway"), HERE, "to do it")


def test_secrets_that_the_server_repeats_are_not_shown() -> None:
    with pytest.raises(RefusedError) as caught:
        require_done(_reply(422, {"detail": "bad password: hunter2"}), HERE, "to log you in", ["hunter2"])
    assert "hunter2" not in str(caught.value)


@given(st.text(), st.text(min_size=1, max_size=5).filter(lambda text: not set(text) & set("*. ")))
def test_what_is_shown_is_one_short_line_without_secrets(text: str, secret: str) -> None:
    shown = clean(text, [secret])
    assert shown.isprintable()
    assert len(shown) <= 303
    assert secret not in shown


@given(JSON, st.sampled_from([200, 301, 400, 401, 404, 422, 500]))
def test_any_json_ends_in_a_value_or_an_error_of_ours(content: object, status: int) -> None:
    reply = _reply(status, content)
    try:
        require_done(reply, HERE, "to do it")
        answer = Answer.of(reply, HERE)
        shown = answer.text("a")
        answer.word("a"), answer.flag("a"), answer.texts("a"), answer.items()
    except (LoginError, RefusedError, ServerError) as error:
        shown = str(error)
    assert shown.isprintable()


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b"\xff", b"[" * 100_000, b'{"items": {}}', b'{"items": [7]}'])
def test_answers_of_other_servers_are_odd(body: bytes) -> None:
    with pytest.raises(OddAnswerError, match="none of an upload server"):
        Answer.of(_reply(200, body), HERE).items()


@pytest.mark.parametrize("text", ["Mar26a", "20261122235128502986_ada", "ada.l+1@example.com", "Éo26"])
def test_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["", ".", "..", "a/b", "a b", "a\n", "a?b", "-rf", "a" * 201, None, 7])
def test_no_ids(text: object) -> None:
    assert not is_id(text)
