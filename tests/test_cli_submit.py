"""pytest-zrc submit and pytest-zrc status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.credentials import keep_token
from tests.server import Fault, UploadServer
from tests.server.state import Benchmark


@pytest.fixture
def server(tmp_path: Path, home: Path) -> Iterator[UploadServer]:  # noqa: ARG001
    with UploadServer(tmp_path / "server", benchmarks=[Benchmark("abx15")]) as running:
        keep_token(Token(running.address, "ada", running.token("ada")))
        yield running


@pytest.fixture
def sub(scored_abx15: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(scored_abx15[0], tmp_path / "sub"))


def _submit(scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer, *more: str) -> Result:
    arguments = ["submit", sub, "--dataset", scored_abx15[1], "--server", server.address, *more]
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_submission_is_uploaded_and_recognised(
    scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer
) -> None:
    first = _submit(scored_abx15, sub, server)
    assert first.exit_code == 0, first.output
    (name,) = server.submissions
    assert f"{name} of the system Doe" in first.stdout
    assert first.stdout.endswith("The server says: uploaded.\n")
    again = _submit(scored_abx15, sub, server)
    assert again.stdout.startswith(f"Already uploaded: {name} ")


def test_scripts_read_what_was_submitted(scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer) -> None:
    record = json.loads(_submit(scored_abx15, sub, server, "--json", "--part-size", "60000").stdout)
    assert [record["submission_id"]] == [*server.submissions]
    assert (record["benchmark"], record["status"], record["already"]) == ("abx15", "uploaded", False)


def test_a_dry_run_sends_and_writes_nothing(scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer) -> None:
    before = _content(sub)
    result = _submit(scored_abx15, sub, server, "--dry-run")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("Nothing was sent.\n")
    assert "model id:     to be given by the server\n" in result.stdout
    assert "obstacle:     none\n" in result.stdout
    assert _content(sub) == before
    assert not [one for one in server.requests if one.method != "GET"]


def test_an_unscored_submission_says_what_to_run(
    scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer
) -> None:
    shutil.rmtree(sub / "scores")
    result = _submit(scored_abx15, sub, server)
    assert result.exit_code == 2
    assert "has no scores yet: run pytest-zrc run abx15" in result.output
    assert not server.requests


def test_a_closed_benchmark_is_refused_before_anything_is_made(
    scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer
) -> None:
    server.api.benchmarks["abx15"] = Benchmark("abx15", active=False)
    result = _submit(scored_abx15, sub, server)
    assert result.exit_code == 2
    assert "takes no submissions to abx15 today" in result.output
    assert not server.models


def test_status_tells_how_far_it_is_without_a_login(
    scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.faults.add(Fault.ANSWER_LOST, route="content/add", times=1)
    record = json.loads(_submit(scored_abx15, sub, server, "--json").stdout)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    by_folder = CliRunner().invoke(main, ["status", str(sub)])
    assert (by_folder.exit_code, by_folder.output) == (0, f"{record['submission_id']}: uploaded\n")
    by_id = CliRunner().invoke(main, ["status", record["submission_id"], "--server", server.address, "--json"])
    assert json.loads(by_id.output)["uploaded"] is True


def test_status_of_what_is_not_there_yet(scored_abx15: tuple[Path, Path], sub: Path, server: UploadServer) -> None:
    assert CliRunner().invoke(main, ["status", str(sub)]).exit_code == 2
    server.faults.joining_fails = True
    result = _submit(scored_abx15, sub, server, "--wait", "0")
    assert result.exit_code == 3
    assert "did not say within 0 s that it is in order" in result.output
    status = CliRunner().invoke(main, ["status", str(sub)])
    assert (status.exit_code, status.output.split()[1]) == (1, "uploading")
