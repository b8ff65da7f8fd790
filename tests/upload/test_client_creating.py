"""Model ids and submissions: what is created, and how that fails."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.client import Client, ascii_letters
from pytest_zrc.upload.contract import NewSubmission, Token
from pytest_zrc.upload.errors import LostError, OddAnswerError, RefusedError, ServerError, UnreachableError
from pytest_zrc.upload.transport import Timeouts
from tests.server import Fault, UploadServer
from tests.upload.made import FACTS, make_archive
from tests.upload.raw import free_port, http, raw_server


def test_the_facts_of_a_system_arrive(server: UploadServer, ada: Client) -> None:
    model = server.models[ada.create_model(FACTS, "Martin")]
    assert model.id.startswith("Mar")
    assert model.facts["description"] == "A small\n  system."
    assert (model.facts["gpu_budget"], model.facts["team"]) == ("", "")
    assert (model.facts["paper_url"], model.facts["code_url"]) == (None, "https://example.com/code")


def test_an_empty_url_is_none(server: UploadServer, ada: Client) -> None:
    assert server.models[ada.create_model(replace(FACTS, code_url=""), "Martin")].facts["code_url"] is None


def test_what_is_wrong_with_a_field_is_told(ada: Client) -> None:
    with pytest.raises(RefusedError, match=r"refused to make a model id: code_url: .*\(422\)") as caught:
        ada.create_model(replace(FACTS, code_url="not a URL"), "Martin")
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Éo/ Núñez-Li", "EoNunezLi"), ("O'Brien 3", "OBrien"), ("\uff2d\uff41r", "Mar"), ("../../x", "x")],
)
def test_a_model_id_begins_with_plain_letters(server: UploadServer, ada: Client, name: str, letters: str) -> None:
    assert ascii_letters(name) == letters
    assert list(server.models) == [] == ada.models()
    assert ada.create_model(FACTS, name).startswith(letters[:3])


def test_a_name_without_letters_is_not_sent(server: UploadServer, ada: Client) -> None:
    with pytest.raises(ZrcError, match="'山田' has no letters from A to Z"):
        ada.create_model(FACTS, "山田")
    assert not server.requests


@pytest.mark.parametrize(("parts", "several"), [(1, False), (3, True)])
def test_a_submission_is_announced(
    server: UploadServer, ada: Client, tmp_path: Path, parts: int, several: bool
) -> None:
    archive = make_archive(tmp_path / "sub.zip", parts)
    model = ada.create_model(FACTS, "Martin")
    submission = server.submissions[ada.create_submission(NewSubmission(model, "abxLS", "Martin et al.", archive))]
    assert (submission.md5, submission.leaderboard) == (archive.md5, "scores/leaderboard.json")
    assert submission.author_label == "Martin et al."
    listed = [(part.name, part.md5) for part in submission.listed or ()]
    assert listed == ([(part.name, part.md5) for part in archive.parts] if several else [])


@pytest.mark.parametrize(
    ("benchmark", "reason", "status"),
    [("nope", "There is no challenge with the following id: nope", 404), ("", "There is no challenge", 404)],
)
def test_an_unknown_benchmark_is_refused(ada: Client, tmp_path: Path, benchmark: str, reason: str, status: int) -> None:
    model = ada.create_model(FACTS, "Martin")
    with pytest.raises(RefusedError, match=reason) as caught:
        ada.create_submission(NewSubmission(model, benchmark, "", make_archive(tmp_path / "a.zip")))
    assert caught.value.status == status


def test_a_locked_server_refuses(server: UploadServer, ada: Client) -> None:
    server.faults.locked = True
    with pytest.raises(RefusedError, match="LOCKED mode") as caught:
        ada.create_model(FACTS, "Martin")
    assert caught.value.status == 423


def test_an_unknown_model_id_is_a_failure_of_the_server(server: UploadServer, ada: Client, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"failed to create a submission \(500 Internal Server Error\)"):
        ada.create_submission(NewSubmission("Nob26a", "abxLS", "", make_archive(tmp_path / "a.zip")))
    assert len(server.submissions) == 1  # the row that is left behind


@pytest.mark.parametrize(
    ("fault", "error", "made"),
    [
        (Fault.REQUEST_LOST, LostError, 0),
        (Fault.REQUEST_CUT, LostError, 0),
        (Fault.ANSWER_LOST, LostError, 1),
        (Fault.ANSWER_CUT, LostError, 1),
        (Fault.FAILED_BEFORE, ServerError, 0),
        (Fault.FAILED_AFTER, ServerError, 1),
    ],
)
def test_creating_is_sent_once_whatever_goes_wrong(
    server: UploadServer, ada: Client, fault: Fault, error: type[ZrcError], made: int
) -> None:
    server.faults.add(fault, times=1)
    with pytest.raises(error):
        ada.create_model(FACTS, "Martin")
    assert (len(server.requests), len(server.models)) == (1, made)
    ada.create_model(FACTS, "Martin")  # over a connection that works
    assert len(server.models) == made + 1


def test_where_nobody_listens_nothing_was_sent() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1 cannot be reached \(Connection refused\)"):
        Client(address, Token(address, "ada", "a.b.c")).create_model(FACTS, "Martin")


def test_a_host_that_there_is_not_is_not_reached() -> None:
    address = "https://nowhere.invalid"
    with pytest.raises(UnreachableError, match=r"nowhere\.invalid cannot be reached \(no such host\)"):
        Client(address, Token(address, "ada", "a.b.c")).create_model(FACTS, "Martin")


def test_a_silent_server_may_have_got_it() -> None:
    with raw_server(None) as raw, pytest.raises(LostError, match=r"nothing within 0\.1 s"):
        Client(raw.address, Token(raw.address, "ada", "a.b.c"), timeout=Timeouts(answer=0.1)).create_model(FACTS, "M")
    assert len(raw.heads) == 1


def test_an_error_before_does_not_colour_the_next(server: UploadServer, ada: Client) -> None:
    """What happens while another error is dealt with has that one as its context."""
    nobody = f"http://127.0.0.1:{free_port()}"
    server.faults.add(Fault.ANSWER_LOST)
    try:
        Client(nobody, attempts=1).benchmark("abxLS")
    except UnreachableError:
        with pytest.raises(LostError):
            ada.create_model(FACTS, "Martin")


@pytest.mark.parametrize("answer", [{"model_id": None}, {"model_id": "../x"}, {}, [], "Mar26a"])
def test_an_answer_that_names_no_id_tells_nothing(answer: object) -> None:
    with raw_server(http("200 OK", json.dumps(answer).encode())) as raw, pytest.raises(OddAnswerError) as caught:
        Client(raw.address, Token(raw.address, "ada", "a.b.c")).create_model(FACTS, "Martin")
    assert isinstance(caught.value, ServerError)
    assert len(raw.heads) == 1
