"""Creating a submission."""

from __future__ import annotations

import re

import pytest

from tests.server import UploadServer
from tests.server.asking import Asker, index_of

DATA = b"an archive"


@pytest.fixture
def model_id(ada: Asker) -> str:
    return str(ada.new_model().json()["model_id"])


def test_a_new_submission(server: UploadServer, ada: Asker, model_id: str) -> None:
    created = ada.create(DATA, model_id=model_id).json()

    submission_id = created.pop("submission_id")
    assert created == {"status": "uploading", "benchmark": "abxLS", "user": "ada", "auto_eval": False}
    assert re.fullmatch(r"\d{20}_ada", submission_id)
    assert server.submissions[submission_id].model_id == model_id


@pytest.mark.parametrize("benchmark", ["tde17", "over", "coming"], ids=["inactive", "over", "not yet"])
def test_a_closed_benchmark(server: UploadServer, ada: Asker, model_id: str, benchmark: str) -> None:
    answer = ada.create(DATA, model_id=model_id, benchmark_id=benchmark)

    assert (answer.status_code, answer.json()["message"]) == (404, f"The Challenge {benchmark} is not active")
    assert not server.submissions


def test_a_benchmark_is_open_between_its_dates(ada: Asker, model_id: str) -> None:
    assert ada.create(DATA, model_id=model_id, benchmark_id="today").status_code == 200


@pytest.mark.parametrize("label", ["nope", ""])
def test_an_unknown_benchmark(ada: Asker, model_id: str, label: str) -> None:
    answer = ada.create(DATA, model_id=model_id, benchmark_id=label)

    assert answer.status_code == 404
    assert answer.json()["message"] == f"There is no challenge with the following id: {label}"


@pytest.mark.parametrize(
    "fields",
    [
        {"model_id": "nope"},
        {"multipart": True, "index": None},
        {"multipart": True, "index": [{"filename": "sub_0001.zip"}]},
    ],
    ids=["unknown model", "no parts", "part without hash"],
)
def test_a_crash_leaves_a_row_behind_that_takes_nothing(
    server: UploadServer, ada: Asker, model_id: str, fields: dict[str, object]
) -> None:
    answer = ada.create(DATA, **({"model_id": model_id} | fields))

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    [submission_id] = server.submissions
    assert ada.status(submission_id) == "uploading"
    assert ada.add(submission_id, DATA).status_code == 417


def test_an_empty_list_of_parts(ada: Asker, model_id: str) -> None:
    answer = ada.create(DATA, model_id=model_id, multipart=True, index=[])

    assert (answer.status_code, answer.json()["message"]) == (404, "Parts list is empty")


def test_the_model_may_be_somebody_elses(server: UploadServer, bob: Asker, model_id: str) -> None:
    assert bob.create(DATA, model_id=model_id).status_code == 200
    assert [submission.user for submission in server.submissions.values()] == ["bob"]


def test_the_same_archive_again_is_another_submission(server: UploadServer, ada: Asker, model_id: str) -> None:
    ids = {ada.create(DATA, model_id=model_id).json()["submission_id"] for _ in range(3)}

    assert set(server.submissions) == ids
    assert len(ids) == 3


def test_a_locked_server_takes_no_changes(server: UploadServer, ada: Asker, model_id: str) -> None:
    submission_id = ada.new_submission(DATA)
    server.faults.locked = True

    answers = ada.create(DATA, model_id=model_id), ada.new_model(), ada.add(submission_id, DATA)

    assert [answer.status_code for answer in answers] == [423] * 3
    assert "LOCKED mode" in answers[0].json()["message"]


@pytest.mark.parametrize("name", ["model_id", "benchmark_id", "author_label", "filename", "hash"])
def test_texts_are_not_null(ada: Asker, model_id: str, name: str) -> None:
    answer = ada.create(DATA, **{"model_id": model_id, name: None})

    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", name])


def test_leaderboard_may_be_null(ada: Asker, model_id: str) -> None:
    assert ada.create(DATA, model_id=model_id, leaderboard=None).status_code == 200


def test_sizes_of_parts_are_not_looked_at(ada: Asker, model_id: str) -> None:
    parts = [part | {"filesize": 0} for part in index_of([DATA])]

    assert ada.create(DATA, model_id=model_id, multipart=True, index=parts).status_code == 200


@pytest.mark.parametrize("text", ["{", "[]", ""], ids=["broken", "list", "empty"])
def test_a_body_that_is_no_object(ada: Asker, text: str) -> None:
    assert ada.ask("POST", "/users/ada/submissions/create", data=text).status_code == 422
