"""The upload of an archive in parts, to a server that counts what it gets and does not tell what it has.

A part that is taken twice spoils the submission for good. So a part of which the answer was lost is put aside, and the
answer to another one tells whether it has come; only where no other is left is the server's state awaited, and the part
sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Archive, Received
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
    """Return which part to send next: one never sent if there is any, one of which nothing is known last."""
    left = [index for index, part in enumerate(state.parts) if part.state != "received"]
    return min(left, key=lambda index: (state.parts[index].state == "unsure", state.parts[index].sent), default=None)


def _send(transfer: Transfer, state: State, index: int) -> State:
    """Send a part once, and return what is known then."""
    state = state.with_part(index, "unsure", again=True)
    transfer.save(state)  # if this process ends now, the next one must not take it for unsent
    try:
        received = _add(transfer, state, index)
    except UnreachableError as error:
        raise _NotSentError(_keep(transfer, state.with_part(index, "unsent")), error) from None
    except RemoteError as error:
        raise _NotSentError(state, error) from None
    except ZrcError as error:
        state = _keep(transfer, state.with_part(index, "unsent"))
        if isinstance(error, RefusedError) and error.status == _BAD_REQUEST:  # it was damaged on its way
            raise _NotSentError(state, error) from None
        if isinstance(error, RefusedError) and error.status in _GONE:
            raise ZrcError(f"{error}: begin anew with --restart (the model id stays)") from None
        raise
    return _take(transfer, _keep(transfer, _believe(state, index, received)), received)


def _add(transfer: Transfer, state: State, index: int) -> Received:
    parts = _archive(state).parts
    got = sum(part.size for part, how in zip(parts, state.parts, strict=True) if how.state == "received")
    return transfer.client.add_part(
        state.submission.id, parts[index], transfer.path, lambda done: transfer.progress(got + done)
    )


def _believe(state: State, index: int, received: Received) -> State:
    """Return what is known when the server took a part and named those that it waits for."""
    state = state.with_part(index, "received")
    for other, part in enumerate(_archive(state).parts):
        if state.parts[other].state == "unsure":
            state = state.with_part(other, "unsent" if part.name in received.remaining else "received")
    return state


def _take(transfer: Transfer, state: State, received: Received) -> State:
    """Return what follows from an answer: all is there, or more is to be sent, or it has come to a bad end."""
    waits_for_some = bool(received.remaining)
    if received.completed and not waits_for_some:
        return _completed(transfer, state)
    if not received.completed and waits_for_some:
        return state
    # It has counted a part twice: one is missing, and yet it takes no more. Or all was there before.
    if _becomes_uploaded(transfer, state, _GRACE):
        return _completed(transfer, state)
    raise _spoilt(state)


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
