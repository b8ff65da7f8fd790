from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.credentials import keep_token
from tests.publishing.submitting import Sender
from tests.server import UploadServer
from tests.server.state import Benchmark


@pytest.fixture
def server(tmp_path: Path) -> Iterator[UploadServer]:
    with UploadServer(tmp_path / "server", benchmarks=[Benchmark("abx15")]) as running:
        yield running


@pytest.fixture
def sender(scored_abx15: tuple[Path, Path], tmp_path: Path, home: Path, server: UploadServer) -> Sender:  # noqa: ARG001
    folder = Path(shutil.copytree(scored_abx15[0], tmp_path / "sub"))
    keep_token(Token(server.address, "ada", server.token("ada")))
    return Sender(folder, scored_abx15[1], server)
