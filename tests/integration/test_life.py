"""From an empty folder to `uploaded`, by the commands that users type; `benchmarks/life.py` does it many times."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.life import NAME, PASSWORD, Life, Terminal
from tests.server import Fault, Faults, UploadServer

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A submission to abxLS that is ready to be uploaded, for which no server was asked."""
    life = Life(Terminal(tmp_path_factory.mktemp("scored"), NOWHERE))
    life.prepare("abxLS")
    return life


def copied(life: Life, home: Path, server: UploadServer) -> Life:
    """Copy a life to another home, from which another server is asked."""
    before = life.terminal.home
    shutil.copytree(before, home)
    folders = {benchmark: home / folder.relative_to(before) for benchmark, folder in life.folders.items()}
    return Life(Terminal(home, server.address), folders)


def test_nothing_is_asked_twice_of_a_server_that_answers(scored: Life, tmp_path: Path) -> None:
    with UploadServer(tmp_path / "server", {NAME: PASSWORD}) as server:
        life = copied(scored, tmp_path / "home", server)
        life.terminal.login()
        life.submit("abxLS")

        assert life.problems(server) == []
        assert (life.terminal.repeated, life.restarted) == (0, 0)
        posts = [request.path.rpartition("/")[2] for request in server.requests if request.method == "POST"]
        [submission] = server.submissions.values()
        assert posts == ["login", "create", "create"] + ["add"] * len(submission.listed or ())


def test_a_whole_life_on_two_benchmarks_though_requests_and_answers_are_lost(scored: Life, tmp_path: Path) -> None:
    with UploadServer(tmp_path / "server", {NAME: PASSWORD}, faults=Faults.lossy(0.15, 0.15, seed=11)) as server:
        life = copied(scored, tmp_path / "home", server)
        life.go_on()

        assert life.problems(server) == []
        assert life.restarted == 0
        assert {Fault.REQUEST_LOST, Fault.ANSWER_LOST} <= {request.fault for request in server.requests}
