"""What a registry, or a server, can have sent to it, and for how long it can hold a client."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pytest_zrc.datasets.web import answer
from pytest_zrc.upload import transport
from pytest_zrc.upload.errors import LostError
from tests.upload.raw import http, raw_server


def test_what_netrc_says_goes_to_no_host_that_a_registry_names(home: Path) -> None:
    netrc = home / ".netrc"
    netrc.write_text("machine 127.0.0.1 login eve password hunter2\ndefault login eve password hunter2\n")
    netrc.chmod(0o600)
    with raw_server(http("200 OK", b"{}")) as raw, answer(f"{raw.address}/repo.json", {}, (5, 5)) as response:
        assert response.status_code == 200
    assert not any(b"authorization" in head.lower() for head in raw.heads)


@contextmanager
def _trickling() -> Iterator[str]:
    """Run a server that sends a byte of its answer now and then; give its address."""
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):  # the client goes away
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not over.wait(0.05):
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def test_an_answer_that_trickles_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_LONGEST", 0.3)
    with _trickling() as address:
        began = time.monotonic()
        with pytest.raises(LostError, match=r"no whole answer within 0\.3 s"):
            transport.exchange("GET", address, None, (5, 5))
        assert time.monotonic() - began < 5
