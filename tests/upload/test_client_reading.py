"""What the client asks for, and does not change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import BenchmarkInfo, NewSubmission, Profile, Token
from pytest_zrc.upload.errors import LostError, OddAnswerError, RefusedError, ServerError
from tests.server import Benchmark, Fault, UploadServer, User
from tests.upload.made import FACTS, make_archive
from tests.upload.raw import http, raw_server


def test_the_profile(ada: Client) -> None:
    assert ada.profile() == Profile("ada", "ada@example.com", "Ada", "Martin", "Test Lab", verified=True)


def test_a_profile_may_leave_names_out(tmp_path: Path) -> None:
    with UploadServer(tmp_path, {"ada": User("ada", "secret", first_name=None, last_name=None)}) as server:
        profile = Client(server.address, Token(server.address, "ada", server.token("ada"))).profile()
    assert (profile.first_name, profile.last_name) == ("", "")


def test_a_benchmark(tmp_path: Path) -> None:
    known = [Benchmark("abxLS", dt.date(2021, 1, 1), dt.date(2030, 12, 31)), Benchmark("tde17", active=False)]
    with UploadServer(tmp_path, benchmarks=known) as server:
        client = Client(server.address)
        found = client.benchmark("abxLS")
        assert found == BenchmarkInfo("abxLS", True, dt.date(2021, 1, 1), dt.date(2030, 12, 31))
        assert found.is_open(dt.date(2030, 12, 31))
        assert not found.is_open(dt.date(2031, 1, 1))
        closed = client.benchmark("tde17")
        assert closed is not None
        assert not closed.is_open(dt.date(2025, 1, 1))


@pytest.mark.parametrize("label", ["nope", "", "../users", "a b"])
def test_a_benchmark_that_the_server_does_not_know(anybody: Client, label: str) -> None:
    assert anybody.benchmark(label) is None


def test_a_server_without_benchmarks_is_not_taken_for_one_that_does_not_know_this(server: UploadServer) -> None:
    with pytest.raises(RefusedError, match=r"Not Found \(404\)"):
        Client(f"{server.address}/elsewhere").benchmark("abxLS")


def test_models_and_submissions_are_listed(tmp_path: Path, ada: Client) -> None:
    assert (ada.models(), ada.submissions()) == ([], [])
    model = ada.create_model(FACTS, "Martin")
    (known,) = ada.models()
    assert (known.id, known.description) == (model, FACTS.description)  # to the letter: it is compared
    submission = ada.create_submission(NewSubmission(model, "abxLS", "", make_archive(tmp_path / "a.zip")))
    (listed,) = ada.submissions()
    assert (listed.id, listed.status, listed.model_id, listed.benchmark) == (submission, "uploading", model, "abxLS")
    assert ada.status(submission) == "uploading"


def test_a_sparse_list_is_enough(tmp_path: Path) -> None:
    with UploadServer(tmp_path / "server", sparse_lists=True) as server:
        ada = Client(server.address, Token(server.address, "ada", server.token("ada")))
        new = NewSubmission(ada.create_model(FACTS, "Martin"), "abxLS", "", make_archive(tmp_path / "a.zip"))
        submission = ada.create_submission(new)
        (listed,) = ada.submissions()
    assert (listed.id, listed.model_id, listed.benchmark) == (submission, "", "")


def test_ids_that_cannot_be_part_of_a_path_are_left_out() -> None:
    body = b'{"items": [{"id": "../x"}, {"id": "Mar26a"}, {"id": null}]}'
    with raw_server(http("200 OK", body)) as raw:
        client = Client(raw.address, Token(raw.address, "ada", "a.b.c"))
        assert [model.id for model in client.models()] == ["Mar26a"]
        assert [submission.id for submission in client.submissions()] == ["Mar26a"]


def test_columns_that_are_not_needed_may_be_anything() -> None:
    body = b'{"items": [{"id": "26_ada", "status": "uploading", "track_id": 7, "model_id": null}]}'
    with raw_server(http("200 OK", body)) as raw:
        (listed,) = Client(raw.address, Token(raw.address, "ada", "a.b.c")).submissions()
    assert (listed.status, listed.model_id, listed.benchmark) == ("uploading", "", "")


def test_an_unknown_submission_fails_at_the_server(anybody: Client) -> None:
    with pytest.raises(ServerError, match="which it may not know"):
        anybody.status("20261122235128502986_ada")


def test_what_is_no_id_is_not_asked_for(server: UploadServer, anybody: Client) -> None:
    with pytest.raises(ZrcError, match=r"'\.\./\.\.' is no submission id"):
        anybody.status("../..")
    assert not server.requests


def test_reading_is_repeated_with_growing_pauses_that_vary(
    server: UploadServer, ada: Client, pauses: list[float]
) -> None:
    for fault in (Fault.REQUEST_LOST, Fault.ANSWER_LOST, Fault.ANSWER_CUT, Fault.FAILED_BEFORE, Fault.FAILED_AFTER):
        server.faults.add(fault, times=1)
    assert ada.models() == []
    assert len(pauses) == 5
    assert all(0 <= pause <= most for pause, most in zip(pauses, (0.5, 1, 2, 4, 8), strict=True))
    assert len(set(pauses)) == 5


def test_repeating_ends(server: UploadServer, ada: Client, pauses: list[float]) -> None:
    server.faults.add(Fault.ANSWER_LOST)
    with pytest.raises(LostError, match=r"the connection was cut\): try again"):
        ada.models()
    assert len(server.requests) == 6
    assert len(pauses) == 5


def test_pauses_stay_short(server: UploadServer, pauses: list[float]) -> None:
    server.faults.add(Fault.FAILED_BEFORE)
    with pytest.raises(ServerError):
        Client(server.address, attempts=60, pause=pauses.append).benchmark("abxLS")
    assert 4 < max(pauses) <= 8


def test_a_refusal_is_not_repeated(server: UploadServer) -> None:
    with pytest.raises(RefusedError):
        Client(server.address, Token(server.address, "bob", server.token("ada"))).models()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body", [b'{"label": "abxLS", "active": "yes"}', b'{"label": "abxLS", "active": true, "start_date": "soon"}']
)
def test_an_answer_of_another_kind_is_not_asked_for_again(body: bytes) -> None:
    with raw_server(http("200 OK", body)) as raw, pytest.raises(OddAnswerError):
        Client(raw.address).benchmark("abxLS")
    assert len(raw.heads) == 1


def test_an_answer_without_end_is_not_read(pauses: list[float]) -> None:
    endless = http("200 OK", b"[" * (9 * 2**20))
    with raw_server(endless) as raw, pytest.raises(OddAnswerError, match="more than 8 MiB"):
        Client(raw.address, pause=pauses.append).benchmark("abxLS")
