"""A web server on loopback that serves files with ranges, and fails as it is told to."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Fault:
    """How to answer one request otherwise than one should.

    Attributes:
        cut: close the connection after so many bytes of the body.
        status: send it, and nothing else.
        location: with a status of 3xx.
        claims: the Content-Length; -1 for none, so that the end of the connection is the end of the body.
        whole: send all of the file, whatever range was asked for.
        content_range: send it in place of the right one.
        body: send it in place of the file, as a file that changes at this moment.
        headers: others, too.
        stall: after what is sent of the body, send nothing more until the server ends.
    """

    cut: int | None = None
    status: int = 0
    location: str = ""
    claims: int | None = None
    whole: bool = False
    content_range: str = ""
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stall: bool = False


@dataclass(slots=True)
class WebServer:
    """What it serves, what it is going to do to the next requests, and what it was asked.

    Attributes:
        address: its URL, without a slash.
        files: by their paths, which begin with a slash.
        faults: one for each request to come; None for a right answer, and so for all after the last.
        asked: the path and the headers of each request.
        validators: which of ``ETag`` and ``Last-Modified`` it sends.
        ended: is set when it ends.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault | None] = field(default_factory=list)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    validators: tuple[str, ...] = ("ETag",)
    ended: threading.Event = field(default_factory=threading.Event)

    def serve(self, path: str, content: bytes) -> str:
        """Serve a file, and return its URL."""
        self.files[path] = content
        return f"{self.address}{path}"

    @property
    def ranges(self) -> list[str]:
        """Return the ranges that were asked for, empty for all of a file."""
        return [headers.get("Range", "") for _, headers in self.asked]

    def tags(self, content: bytes) -> dict[str, str]:
        """Return the headers that tell this version of a file."""
        digest = hashlib.sha256(content).hexdigest()[:16]
        day = 1 + int(digest, 16) % 28
        known = {"ETag": f'"{digest}"', "Last-Modified": f"Sat, {day:02} Jan 2022 00:00:00 GMT"}
        return {name: known[name] for name in self.validators}


@contextmanager
def web_server() -> Iterator[WebServer]:
    """Run a server on loopback."""
    state = WebServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Bound", (_Handler,), {"state": state}))
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: WebServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.state.asked.append((self.path, dict(self.headers)))
        fault = (self.state.faults.pop(0) if self.state.faults else None) or Fault()
        self.close_connection = True
        if fault.body is not None:
            self.state.files[self.path] = fault.body
        content = self.state.files.get(self.path)
        if fault.status or content is None:
            self._head(fault.status or 404, {"Location": fault.location} if fault.location else {}, 0)
            return
        tags = self.state.tags(content)
        if self.headers["If-None-Match"] in tags.values():
            self._head(304, tags, -1)
            return
        start = 0 if fault.whole else self._start(tags)
        if start >= len(content) > 0 and start:
            self._head(416, {"Content-Range": f"bytes */{len(content)}"}, 0)
            return
        body = content[start:]
        right = f"bytes {start}-{len(content) - 1}/{len(content)}"
        headers = {"Content-Range": fault.content_range or right} if start else {}
        length = len(body) if fault.claims is None else fault.claims
        self._head(206 if start else 200, {**tags, **headers, **fault.headers}, length)
        with suppress(ConnectionError):  # of a client that was killed, or has enough
            self.wfile.write(body[: fault.cut])
        if fault.stall:
            self.state.ended.wait()

    def _start(self, tags: Mapping[str, str]) -> int:
        asked, condition = self.headers["Range"], self.headers["If-Range"]
        if not asked or (condition and condition not in tags.values()):
            return 0
        return int(asked.removeprefix("bytes=").partition("-")[0])

    def _head(self, status: int, headers: Mapping[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length >= 0:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
