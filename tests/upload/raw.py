"""Servers that answer whatever a test wants, over real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""For 127.0.0.1 and upload.example, signed by itself; its key is in it, and opens nothing else."""


class Raw:
    """Answers every connection with the same bytes, and keeps the heads of the requests."""

    def __init__(self, answer: bytes | None, *, secure: bool, tunnel: bool) -> None:
        self._answer = answer
        self._secure = secure
        self._tunnel = tunnel
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.address = f"{'https' if secure and not tunnel else 'http'}://{self.host}"
        self.heads: list[bytes] = []

    def serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._socket.accept()
                self._open.append(connection)
                with suppress(ConnectionError, ssl.SSLError):  # the client goes away
                    self._answer_one(connection)

    def _answer_one(self, connection: socket.socket) -> None:
        if self._tunnel:
            self.heads.append(_head(connection))
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        if self._secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            connection = context.wrap_socket(connection, server_side=True)
            self._open.append(connection)
        self.heads.append(_head(connection))
        if self._answer is not None:  # else silence
            connection.sendall(self._answer)
            connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        for each in (self._socket, *self._open):
            each.close()


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (data := connection.recv(65536)):
        head += data
    return head


@contextmanager
def raw_server(answer: bytes | None, *, secure: bool = False, tunnel: bool = False) -> Iterator[Raw]:
    """Run a server; with None it never answers.

    Args:
        answer: to every request.
        secure: over TLS.
        tunnel: be first a proxy, which opens a tunnel to any server, and then this server itself.
    """
    raw = Raw(answer, secure=secure, tunnel=tunnel)
    thread = threading.Thread(target=raw.serve)
    thread.start()
    try:
        yield raw
    finally:
        raw.close()
        thread.join()


def http(status: str, body: bytes, *headers: str) -> bytes:
    """Write an answer, as ``200 OK``."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
