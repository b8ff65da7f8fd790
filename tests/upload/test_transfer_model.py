"""Whatever is lost, in whatever order: an upload ends well, or says that it cannot, and is right about it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.archive import measure
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Archive, Part, Received
from pytest_zrc.upload.errors import LoginError, LostError, RefusedError, ServerError, UnreachableError
from pytest_zrc.upload.state import Creation, PartProgress, State
from pytest_zrc.upload.transfer import Transfer, await_uploaded, send


class Killed(BaseException):
    """The process ends, as by SIGKILL: nothing can be done about it any more."""


class Event(Enum):
    """What becomes of a request."""

    FINE = "it is answered"
    UNREACHABLE = "nothing was sent"
    CUT = "half of the body is sent"
    REQUEST_LOST = "the server never sees it"
    ANSWER_LOST = "it is done, and not answered"
    FAILED = "it is done, and answered by 500"
    LATE = "it is done, but only before the next request, and not answered"
    REFUSED = "400: other bytes have arrived"
    EXPIRED = "401"
    KILLED_BEFORE = "the client is ended, and the server never sees it"
    KILLED_AFTER = "the client is ended, and it is done"


class Counter:
    """The server's side of an upload: it counts what it takes, and joins in the background.

    Attributes:
        counted: the parts that it has taken, in order.
        seconds: since it had counted enough of them; joining takes ``joining`` seconds.
    """

    def __init__(self, archive: Archive, events: Iterator[Event], joining: float) -> None:
        self.archive, self.events, self.joining = archive, events, joining
        self.counted: list[str] = []
        self.late: list[str] = []
        self.seconds = 0.0

    @property
    def is_spoilt(self) -> bool:
        """Tell whether a part was counted twice before all were there."""
        enough = self.counted[: len(self.archive.parts)]
        return len(set(enough)) < len(enough)

    @property
    def is_uploaded(self) -> bool:
        """Tell whether it has joined all."""
        return len(self.counted) >= len(self.archive.parts) and not self.is_spoilt and self.seconds >= self.joining

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._arrive()
        if len(self.counted) >= len(self.archive.parts):
            self.seconds += seconds

    def status(self, submission_id: str) -> str:  # noqa: ARG002 - as the client has it
        return "uploaded" if self.is_uploaded else "uploading"

    def add_part(self, submission_id: str, part: Part, path: Path, progress: Callable[[int], None]) -> Received:  # noqa: ARG002
        self._arrive()
        event = next(self.events, Event.FINE)
        if event is Event.UNREACHABLE:
            raise UnreachableError("unreachable")
        progress(part.size // 2 if event is Event.CUT else part.size)
        if event in (Event.ANSWER_LOST, Event.FAILED, Event.FINE, Event.KILLED_AFTER):
            self.counted.append(part.name)
        if event is Event.LATE:
            self.late.append(part.name)
        if event is not Event.FINE:
            raise _failure(event)
        remaining = [one.name for one in self.archive.parts if one.name not in self.counted]
        return Received(len(self.counted) == len(self.archive.parts), tuple(remaining[::-1]))

    def _arrive(self) -> None:
        self.counted += self.late
        self.late = []


def _failure(event: Event) -> BaseException:
    match event:
        case Event.FAILED:
            return ServerError("500")
        case Event.REFUSED:
            return RefusedError("not part of it", 400)
        case Event.EXPIRED:
            return LoginError("expired")
        case Event.KILLED_BEFORE | Event.KILLED_AFTER:
            return Killed()
        case _:
            return LostError("lost")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a few thousand bytes."""
    path = tmp_path_factory.mktemp("model") / "sub.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", bytes(range(250)) * 10)
    return path


def _upload(path: Path, archive: Archive, server: Counter) -> str:
    """Upload as users do, again after each interruption; return the status, or what there is to say at the end."""
    saved = [
        State(
            *("https://example.org", "ada", "abxLS", "digest"),
            archive=archive,
            submission=Creation("20261122_ada"),
            parts=(PartProgress(),) * len(archive.parts),
        )
    ]
    transfer = Transfer(cast("Client", server), path, saved.append, server.pause, lambda _: None)
    for _ in range(60):
        with suppress(Killed, RemoteError, LoginError, RefusedError):
            try:
                return await_uploaded(transfer, send(transfer, saved[-1]), 600)
            except ZrcError as error:
                if "--restart" in str(error):
                    return str(error)
                raise
    raise AssertionError("it never ends")


def _parts(path: Path, count: int) -> Archive:
    size = path.stat().st_size
    archive = measure(path, size if count == 1 else size // count + count)
    assert len(archive.parts) == count
    return archive


MOSTLY_FINE = st.sampled_from([Event.FINE] * 8 + list(Event))
EVENTS = st.lists(MOSTLY_FINE | st.sampled_from(Event), max_size=24)


@given(st.integers(1, 5), EVENTS, st.floats(0, 400))
@example(3, [Event.FINE, Event.FINE, Event.ANSWER_LOST], 100)  # joined long after the client could know
@example(3, [Event.FINE, Event.ANSWER_LOST, Event.ANSWER_LOST, Event.UNREACHABLE], 300)
@example(3, [Event.ANSWER_LOST, Event.EXPIRED], 0)
@example(4, [Event.LATE, Event.LATE], 0)
def test_an_upload_ends_well_or_says_that_it_cannot(
    path: Path, count: int, events: list[Event], joining: float
) -> None:
    server = Counter(_parts(path, count), iter(events), joining)
    end = _upload(path, server.archive, server)
    assert (end == "uploaded") == server.is_uploaded
    if "--restart" in end:
        assert count > 1
        assert server.is_spoilt, end  # it never gives up what may still end well


@given(st.integers(2, 6), st.data())
def test_a_loss_that_an_answer_follows_spoils_nothing(path: Path, count: int, data: st.DataObject) -> None:
    lost = st.sampled_from([event for event in Event if event is not Event.LATE])
    events = [data.draw(lost if number % 2 else st.just(Event.FINE)) for number in range(2 * count)]
    server = Counter(_parts(path, count), iter(events), 0)
    assert _upload(path, server.archive, server) == "uploaded"
    assert not server.is_spoilt
