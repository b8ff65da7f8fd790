"""The upload of an archive in parts, to a server that counts what it gets and does not tell what it has.

A part that is taken twice spoils the submission for good. So a part of which the answer was lost is put aside, and the
answer to another one tells whether it has come; only where no other is left is the server's state awaited, and the part
sent again. Where the answers to the last two parts are lost, nobody can know which of them has come: sending the wrong
one again spoils the submission, which is then said. A body that was cut off cannot have been taken, as parts are known
by their hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Archive, Part, Received
from pytest_zrc.upload.errors import RefusedError, UnreachableError
from pytest_zrc.upload.state import State

UPLOADED = ("uploaded", "on_queue", "validating", "evaluating", "completed", "no_eval", "no_auto_eval")
FAILED = ("invalid", "canceled", "failed", "excluded")
"""The states of a submission that the server has whole, and of one that it does not want."""

_MOST_FAILURES = 8  # one after the other
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0  # seconds
_GRACE = 15.0  # seconds for the server to get on, before a part is sent again or given up
_BAD_REQUEST = 400
_GONE = (404, 417)  # it does not know the submission, or has no folder for it
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Transfer:
    """What an upload needs.

    Attributes:
        client: asks the server.
        path: of the archive.
        save: keeps the state, before anything is sent and after each answer.
        pause: waits some seconds.
        progress: told how many bytes of the archive the server has got, or is getting.
    """

    client: Client
    path: Path
    save: Callable[[State], None]
    pause: Callable[[float], None]
    progress: Callable[[int], None]


def send(transfer: Transfer, state: State) -> State:
    """Send all parts of which it is not known that the server has them.

    Returns:
        The state when the server has said that it got all of them.

    Raises:
        RemoteError: the server does not answer, for now; what is known was saved.
        ZrcError: the server refuses, or the submission is spoilt, so that another one is needed.
    """
    failures = 0
    while not state.completed:
        index = _next(state)
        if (index is None or state.parts[index].state == "unsure") and _becomes_uploaded(transfer, state, _GRACE):
            return _completed(transfer, state)
        if index is None:
            raise _spoilt(state)
        try:
            state = _send(transfer, state, index)
            failures = 0
        except _NotSentError as error:
            state, failures = error.state, failures + 1
            if failures == _MOST_FAILURES:
                raise error.reason from None
            transfer.pause(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (failures - 1)))
    return state


def await_uploaded(transfer: Transfer, state: State, wait: float) -> str:
    """Wait until the server has joined and checked what it got, and return the status.

    Args:
        transfer: what is needed.
        state: of an upload that is completed.
        wait: for so many seconds at most.

    Raises:
        RemoteError: the server does not answer; or is not ready in time, and may be later.
    """
    status = _becomes_uploaded(transfer, state, wait)
    if not status:
        raise RemoteError(
            f"the server has all of {state.submission.id}, and did not say within {wait:.0f} s that it is in order: "
            "submit again to go on waiting; if that lasts for hours, begin anew with --restart (the model id stays)"
        )
    return status


class _NotSentError(Exception):
    """It is not sure that a part was received; sending it later, or another one, may do."""

    def __init__(self, state: State, reason: ZrcError) -> None:
        super().__init__(state, reason)
        self.state, self.reason = state, reason


def _next(state: State) -> int | None:
    """Return which part to send next: one never sent if there is any, one of which nothing is known last.

    Of several of which nothing is known, the last one: an outage spares the earlier parts rather than the later ones.
    """
    unsent = [index for index, part in enumerate(state.parts) if part.state == "unsent"]
    if unsent:
        return min(unsent, key=lambda index: state.parts[index].sent)
    unsure = [index for index, part in enumerate(state.parts) if part.state == "unsure"]
    return min(unsure, key=lambda index: (state.parts[index].sent, -index), default=None)


def _send(transfer: Transfer, state: State, index: int) -> State:
    """Send a part once, and return what is known then."""
    part, before = _archive(state).parts[index], state.parts[index].state
    _require_unchanged(transfer.path, part)
    state = state.with_part(index, "unsure", again=True)
    transfer.save(state)  # if this process ends now, the next one must not take it for unsent
    read = _Read(transfer, state)
    try:
        received = transfer.client.add_part(state.submission.id, part, transfer.path, read)
    except RemoteError as error:
        if isinstance(error, UnreachableError) or read.bytes < part.size:
            state = _keep(transfer, state.with_part(index, before))
        raise _NotSentError(state, error) from None
    except ZrcError as error:  # it was not taken now; an earlier time it may have been
        state = _keep(transfer, state.with_part(index, before))
        if isinstance(error, RefusedError) and error.status == _BAD_REQUEST:  # it was damaged on its way
            raise _NotSentError(state, error) from None
        if isinstance(error, RefusedError) and error.status in _GONE:
            raise ZrcError(f"{error}: begin anew with --restart (the model id stays)") from None
        raise
    return _take(transfer, _keep(transfer, _believe(state, index, received)), received)


class _Read:
    """Counts how much of a part was read to be sent, and tells how much the server has with it."""

    def __init__(self, transfer: Transfer, state: State) -> None:
        parts = zip(_archive(state).parts, state.parts, strict=True)
        self._before = sum(part.size for part, how in parts if how.state == "received")
        self._tell, self.bytes = transfer.progress, 0

    def __call__(self, done: int) -> None:
        self.bytes = done
        self._tell(self._before + done)


def _require_unchanged(path: Path, part: Part) -> None:
    """Raise ZrcError unless a part still is what was announced: other bytes can make the server drop what it has."""
    digest, left = hashlib.md5(usedforsecurity=False), part.size
    try:
        with path.open("rb") as file:
            file.seek(part.offset)
            while left and (chunk := file.read(min(left, _CHUNK))):
                digest.update(chunk)
                left -= len(chunk)
    except OSError as error:
        raise ZrcError(f"{path} cannot be read ({error.strerror or error}): begin anew with --restart") from None
    if digest.hexdigest() != part.md5:
        raise ZrcError(f"{path} is no longer what the server was told to expect: begin anew with --restart")


def _believe(state: State, index: int, received: Received) -> State:
    """Return what is known when the server took a part and named those that it waits for.

    That goes for all parts that were ever sent: what it waited for before may have arrived late.
    """
    state = state.with_part(index, "received")
    for other, part in enumerate(_archive(state).parts):
        how = state.parts[other]
        if how.sent and how.state != "received":
            state = state.with_part(other, "unsent" if part.name in received.remaining else "received")
    return state


def _take(transfer: Transfer, state: State, received: Received) -> State:
    """Return what follows from an answer: all is there, or more is to be sent, or it has come to a bad end."""
    if received.remaining and not received.completed:
        return state
    # It takes no more. Where a part certainly is not there, it has counted another one twice.
    if any(part.state == "unsent" for part in state.parts) and not _becomes_uploaded(transfer, state, _GRACE):
        raise _spoilt(state)
    return _completed(transfer, state)


def _completed(transfer: Transfer, state: State) -> State:
    parts = tuple(replace(part, state="received") for part in state.parts)
    return _keep(transfer, replace(state, parts=parts, completed=True))


def _becomes_uploaded(transfer: Transfer, state: State, seconds: float) -> str:
    """Return the status of a submission that the server has whole, empty if that does not come about in time."""
    pause = _FIRST_PAUSE
    while True:
        status = transfer.client.status(state.submission.id)
        if status in UPLOADED:
            return status
        if status in FAILED:
            raise ZrcError(
                f"the server says that {state.submission.id} is {status}: ask its administrators why, or begin anew "
                "with --restart"
            )
        if seconds <= 0:
            return ""
        transfer.pause(min(pause, seconds))
        seconds -= pause
        pause = min(_LONGEST_PAUSE, 2 * pause)


def _keep(transfer: Transfer, state: State) -> State:
    transfer.save(state)
    return state


def _archive(state: State) -> Archive:
    if state.archive is None:
        raise ValueError("there is nothing to upload yet")
    return state.archive


def _spoilt(state: State) -> ZrcError:
    return ZrcError(
        f"the server has lost count of the parts of {state.submission.id}, and will never join them: make another "
        "submission, under the same model id, with --restart"
    )
