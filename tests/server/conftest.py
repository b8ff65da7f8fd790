from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.server import Benchmark, UploadServer, User
from tests.server.asking import Asker

YESTERDAY = dt.date.today() - dt.timedelta(days=1)  # noqa: DTZ011 - the server's clock is local, too
TOMORROW = YESTERDAY + dt.timedelta(days=2)
BENCHMARKS = (
    Benchmark("abxLS"),
    Benchmark("abx17"),
    Benchmark("tde17", active=False),
    Benchmark("over", end=YESTERDAY),
    Benchmark("coming", start=TOMORROW),
    Benchmark("today", start=YESTERDAY, end=TOMORROW),
)
USERS: Mapping[str, str | User] = {
    "ada": "secret",
    "bob": "hidden",
    "new": User("new", "secret", verified=False),
    "old": User("old", "secret", active=False),
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[UploadServer]:
    with UploadServer(tmp_path / "server", USERS, BENCHMARKS) as server:
        yield server


@pytest.fixture
def ada(server: UploadServer) -> Iterator[Asker]:
    with Asker(server) as asker:
        yield asker


@pytest.fixture
def bob(server: UploadServer) -> Iterator[Asker]:
    with Asker(server, "bob") as asker:
        yield asker
