"""Model ids, and the benchmarks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.server import UploadServer
from tests.server.asking import FACTS, Asker

YEAR = f"{dt.date.today():%y}"  # noqa: DTZ011 - the server's clock is local, too


def test_an_id_is_made_of_a_name_and_the_year(ada: Asker) -> None:
    assert ada.new_model().json() == {"model_id": f"Mar{YEAR}a", "user": "ada"}


def test_each_call_makes_another_id(server: UploadServer, ada: Asker) -> None:
    made = [ada.new_model().json()["model_id"] for _ in range(28)]

    assert made[:2] + made[-2:] == [f"Mar{YEAR}{ending}" for ending in ("a", "b", "aa", "ab")]
    assert list(server.models) == made


@pytest.mark.parametrize(("name", "start"), [("mARTIN", "mAR"), ("Éo/x", "Éo/"), ("Li", "Li")])
def test_nobody_cleans_the_name(ada: Asker, name: str, start: str) -> None:
    assert ada.new_model(name).json()["model_id"] == f"{start}{YEAR}a"


@pytest.mark.parametrize("name", FACTS)
def test_facts_are_not_null(server: UploadServer, ada: Asker, name: str) -> None:
    answer = ada.new_model(**{name: None})

    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", name])
    assert not server.models


def test_facts_may_be_empty(server: UploadServer, ada: Asker) -> None:
    assert ada.new_model(gpu_budget="", team="").status_code == 200
    assert server.models[f"Mar{YEAR}a"].facts["gpu_budget"] == ""


@pytest.mark.parametrize("name", ["paper_url", "code_url"])
@pytest.mark.parametrize(
    ("url", "status"), [(None, 200), ("https://example.com/x", 200), ("", 422), ("example.com", 422), ("/x", 422)]
)
def test_urls_are_null_or_absolute(ada: Asker, name: str, url: str | None, status: int) -> None:
    assert ada.new_model(**{name: url}).status_code == status


def test_what_the_client_adds_is_ignored(ada: Asker) -> None:
    assert ada.new_model(author_label="x", created_at="2026-01-01T00:00:00").status_code == 200


def test_a_name_is_needed(ada: Asker) -> None:
    answer = ada.ask("POST", "/users/ada/models/create", json=FACTS)

    assert answer.json()["detail"][0]["loc"] == ["query", "author_name"]


def test_everyone_lists_their_own(ada: Asker, bob: Asker) -> None:
    ada.new_model()
    bob.new_model()

    [row] = ada.ask("GET", "/users/ada/models/list").json()["items"]
    assert (row["id"], row["user_id"]) == (f"Mar{YEAR}a", "ada")
    assert row["description"] == "contrastive"
    assert ada.ask("GET", "/users/bob/models/list").status_code == 401


def test_a_model_is_public(ada: Asker, bob: Asker) -> None:
    model_id = ada.new_model().json()["model_id"]
    del bob.headers["Authorization"]

    assert bob.ask("GET", f"/models/{model_id}/info").json()["id"] == model_id
    answer = bob.ask("GET", "/models/nope/info")
    assert (answer.status_code, answer.json()) == (200, None)


def test_a_benchmark_is_public(ada: Asker) -> None:
    del ada.headers["Authorization"]

    assert ada.ask("GET", "/benchmarks/abxLS/info").json() == {
        "label": "abxLS",
        "start_date": "2021-12-12",
        "end_date": None,
        "active": True,
        "url": "https://zerospeech.com/abxLS",
        "evaluator": None,
        "auto_eval": False,
    }
    assert ada.ask("GET", "/benchmarks/tde17/info").json()["active"] is False


def test_lists_are_wrapped(ada: Asker) -> None:
    active, every = (
        {row["label"] for row in ada.ask("GET", "/benchmarks/list", params=query).json()["items"]}
        for query in ({}, {"include_inactive": "true"})
    )

    assert every - active == {"tde17"}
    assert ada.ask("GET", "/benchmarks/abxLS/submissions/list").json() == {"items": []}
    assert ada.ask("GET", "/benchmarks/abxLS/leaderboards/list").json() == {"items": []}
    assert ada.ask("GET", "/leaderboards/list").json() == ["abx-LS-leaderboard"]


def test_a_server_without_benchmarks(tmp_path: Path) -> None:
    with UploadServer(tmp_path, benchmarks=()) as server, Asker(server) as asker:
        assert asker.ask("GET", "/benchmarks/abxLS/info").status_code == 404
