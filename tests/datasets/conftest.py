from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.datasets.webserver import WebServer, web_server


@pytest.fixture(autouse=True)
def _app_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep datasets in a folder of the test, and go to loopback directly."""
    monkeypatch.setenv("APP_DIR", str(tmp_path / "zr-data"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    for name in ("ZRC_REGISTRY", "ZRC_ALLOW_HTTP"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running
