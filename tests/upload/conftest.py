from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc.upload.client import Client
from pytest_zrc.upload.transport import Timeouts
from tests.server import UploadServer


@pytest.fixture(autouse=True)
def _at_home(home: Path) -> None:
    """Let no test find the tokens, or the netrc, of who runs it."""


@pytest.fixture
def pauses() -> list[float]:
    """The pauses, in seconds, that ``anybody`` and ``ada`` would have made."""
    return []


@pytest.fixture
def anybody(server: UploadServer, pauses: list[float]) -> Client:
    """A client without a token."""
    return Client(server.address, pause=pauses.append)


@pytest.fixture
def ada(server: UploadServer, anybody: Client, pauses: list[float]) -> Client:
    """A client with a token; what the server logged of the login is forgotten."""
    token = anybody.login("ada", "secret")
    server.requests.clear()
    return Client(server.address, token, timeout=Timeouts(answer=20), pause=pauses.append)
