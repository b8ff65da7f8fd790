"""Getting an id from a server that makes another one each time it is asked: exactly one, whatever is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.errors import ServerError
from pytest_zrc.upload.state import Creation

_ATTEMPTS = 6
_FIRST_PAUSE = 1.0  # seconds; twice as long each time

Ids = Callable[[], Sequence[str]]


def obtain(
    creation: Creation,
    *,
    existing: Ids,
    ours: Ids,
    create: Callable[[], str],
    save: Callable[[Creation], None],
    pause: Callable[[float], None],
    what: str,
    void_if_failed: bool = False,
) -> str:
    """Return the id of what is to be created, and have it created if it was not.

    The ids that there are before are kept; where an answer is lost, the one that has come since is ours.

    Args:
        creation: what is known of it.
        existing: lists all ids.
        ours: lists those that may be of what is to be created.
        create: asks the server once.
        save: keeps what is known, so that it is known after an interruption, too.
        pause: waits some seconds.
        what: is created, for messages.
        void_if_failed: what the server leaves behind when it fails (5xx) is of no use, and never taken for ours.

    Raises:
        RemoteError: the server does not answer, for now.
        ZrcError: several have come since.
    """
    if creation.id:
        return creation.id
    asked = creation.before is not None  # by a process that was interrupted
    attempt = 1
    while True:
        if creation.before is None:
            creation = Creation(before=tuple(existing()))
            save(creation)
        found = _come_since(creation, ours, what) if asked else ""
        try:
            found = found or create()
        except RemoteError as error:  # it may have been created all the same
            asked = not (void_if_failed and isinstance(error, ServerError))
            if not asked:
                creation = Creation()
                save(creation)
            if attempt == _ATTEMPTS:
                raise
        except ZrcError:  # refused: certainly not created
            save(Creation())
            raise
        else:
            save(replace(creation, id=found))
            return found
        pause(_FIRST_PAUSE * 2 ** (attempt - 1))
        attempt += 1


def _come_since(creation: Creation, ours: Ids, what: str) -> str:
    """Return the id that has come since, empty if there is none."""
    new = [one for one in ours() if one not in (creation.before or ())]
    if len(new) > 1:
        raise ZrcError(
            f"while an answer of the server was lost, several {what} have come ({', '.join(new)}): "
            "if another upload of yours is going on, wait until it ends; then begin anew with --restart"
        )
    return new[0] if new else ""
