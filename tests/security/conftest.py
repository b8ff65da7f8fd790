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
def sender(scored_abx15: tuple[Path, Path], tmp_path: Path, home: Path) -> Iterator[Sender]:  # noqa: ARG001
    """A scored submission that somebody has sent, and a server at which its receiver has an account."""
    folder = Path(shutil.copytree(scored_abx15[0], tmp_path / "sub"))
    with UploadServer(tmp_path / "server", benchmarks=[Benchmark("abx15")]) as server:
        keep_token(Token(server.address, "ada", server.token("ada")))
        yield Sender(folder, scored_abx15[1], server)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A folder of the user's with what nobody else may see, or change."""
    folder = tmp_path / "private"
    folder.mkdir()
    (folder / "id_rsa").write_text("the key", encoding="utf-8")
    (folder / "hosts.yml").write_text("github.com:\n  oauth_token: gho_secret\n", encoding="utf-8")
    return folder
