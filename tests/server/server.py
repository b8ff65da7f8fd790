"""The server itself: HTTP/1.1 on a port of this machine."""

from __future__ import annotations

import datetime as dt
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

from tests.server import tokens
from tests.server.answers import CRASH, Answer, Refusal
from tests.server.api import Api, Question
from tests.server.bodies import incoming, read_body
from tests.server.faults import Fault, Faults
from tests.server.state import Benchmark, Model, Submission, User

OPEN = (Benchmark("abxLS"), Benchmark("abx17"))


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came; ``status`` is what was, or would have been, answered: None where nothing was done."""

    method: str
    path: str
    fault: Fault | None
    status: int | None

    @property
    def answered(self) -> bool:
        """Tell whether an answer went out, be it true or not."""
        return self.fault in {None, Fault.FAILED_BEFORE, Fault.FAILED_AFTER}


class UploadServer:
    """The upload server, in threads of this process; a context manager.

    Attributes:
        address: its base URL.
        requests: those that came, in the order in which they ended.
        faults: what goes wrong; may be changed at any time.
        api: what it knows.
    """

    def __init__(
        self,
        folder: Path,
        users: Mapping[str, str | User] | None = None,
        benchmarks: Iterable[Benchmark] = OPEN,
        *,
        faults: Faults | None = None,
        port: int = 0,
        token_life: dt.timedelta = dt.timedelta(days=7),
        joining_delay: float = 0,
        sparse_lists: bool = False,
        mail_domains: bool = True,
        now: Callable[[], dt.datetime] = dt.datetime.now,
    ) -> None:
        """Open a port of the loopback interface.

        Args:
            folder: where it keeps what is uploaded.
            users: their passwords, or all about them, by their names.
            benchmarks: those that it knows.
            faults: what goes wrong.
            port: 0 for any.
            token_life: how long its tokens are good; a negative time makes tokens that have expired.
            joining_delay: how long it takes to join what is complete, in seconds.
            sparse_lists: whether its lists of submissions have only ids and states.
            mail_domains: whether it can look up the domains of e-mail addresses, which logging in with one needs.
            now: its local time, naive.
        """
        accounts = {"ada": "secret"} if users is None else users
        self.requests: list[Request] = []
        self.faults = faults or Faults()
        self.api = Api(
            folder,
            [each if isinstance(each, User) else User(name, each) for name, each in accounts.items()],
            benchmarks,
            self.faults,
            token_life=token_life,
            joining_delay=joining_delay,
            sparse_lists=sparse_lists,
            mail_domains=mail_domains,
            now=now,
        )
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._server = _Server(port, self._handle)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def models(self) -> Mapping[str, Model]:
        return self.api.models

    @property
    def submissions(self) -> Mapping[str, Submission]:
        return self.api.submissions

    def token(self, username: str, life: dt.timedelta | None = None, *, resets: bool = False) -> str:
        """Make a token as a login does; one that ``resets`` is good only for setting a new password."""
        email = self.api.users[username].email
        return tokens.issue(email, self.api.now(), self.api.token_life if life is None else life, resets=resets)

    def wait(self) -> None:
        """Wait until all that is complete was joined."""
        self.api.uploads.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close()
        self.wait()
        if self._server.errors:
            raise RuntimeError("the test server itself failed") from self._server.errors[0]

    def _handle(self, handler: _Handler) -> None:
        # From the request's own line, since `handler.path` makes one slash of several at the start.
        path, _, query = handler.requestline.split()[1].partition("?")
        fault = self.faults.draw(handler.command, path)
        answer = self._answer(handler, path, dict(parse_qsl(query, keep_blank_values=True)), fault)
        self.requests.append(Request(handler.command, path, fault, answer.status if answer else None))
        time.sleep(self.faults.delay)
        if fault in {Fault.FAILED_BEFORE, Fault.FAILED_AFTER}:
            answer = CRASH
        if answer is None or fault is Fault.ANSWER_LOST:
            handler.close_connection = True
        else:
            handler.send(answer, cut=fault is Fault.ANSWER_CUT)

    def _answer(self, handler: _Handler, path: str, query: Mapping[str, str], fault: Fault | None) -> Answer | None:
        """Do what is asked, as far as it comes to that."""
        if fault is Fault.REQUEST_LOST:
            return None
        if fault is Fault.REQUEST_CUT:
            next(incoming(handler.headers, handler.rfile), None)
            return None
        if fault is Fault.FAILED_BEFORE:
            for _ in incoming(handler.headers, handler.rfile):
                pass
            return None
        try:
            body = read_body(handler.headers, handler.rfile, self._incoming)
        except Refusal as refusal:
            return replace(refusal.answer, closes=True)
        scheme, _, credentials = handler.headers.get("Authorization", "").partition(" ")
        token = credentials if scheme.lower() == "bearer" else None
        try:
            return self.api.answer(handler.command, path, Question(token, query, body))
        finally:
            for upload in body.files.values():
                upload.path.unlink(missing_ok=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self.server.handle_one(self)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names are inherited

    def send(self, answer: Answer, *, cut: bool = False) -> None:
        """Send an answer, or only the first half of its body."""
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.kind, "Content-Length": len(answer.body), **answer.headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        self.close_connection = self.close_connection or answer.closes or cut

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Print nothing: tests look at ``requests``."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, port: int, handle_one: Callable[[_Handler], None]) -> None:
        self.handle_one = handle_one
        self.connections: set[socket.socket] = set()
        self.errors: list[BaseException] = []
        super().__init__(("127.0.0.1", port), _Handler)

    def close(self) -> None:
        """End the connections that clients keep open, and the threads that listen to them."""
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was first
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        """Keep an error of the server's own; a client that goes away is none."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.errors.append(error)
