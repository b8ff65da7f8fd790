"""How far the upload of a submission is, beside it: so that it goes on where it was, whenever it was interrupted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import LARGEST_RECORD, read_json, require_locks, require_own_folder, write_atomically
from pytest_zrc.upload.address import normal_address
from pytest_zrc.upload.answers import is_id
from pytest_zrc.upload.contract import Archive, Part

FOLDER = ".zrc-submit"  # hidden: neither checked nor uploaded

_VERSION = 1
_STATE, _LOCK = "state.json", "lock"

PartState = Literal["unsent", "unsure", "received"]


@dataclass(frozen=True, slots=True)
class Creation:
    """Something that the server makes anew each time it is asked for it.

    Attributes:
        id: what it was given; empty where that is not known.
        before: the ids that were there before it was asked for; None where it was not asked for yet.
    """

    id: str = ""
    before: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PartProgress:
    """How far a part is.

    Attributes:
        state: ``unsure`` from before it is sent until the server says that it has, or has not, got it.
        sent: how often it was sent.
    """

    state: PartState = "unsent"
    sent: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """How far an upload is.

    Attributes:
        address: of the server.
        username: who uploads.
        benchmark: its label on the server.
        digest: of what is uploaded.
        model: the id of the system.
        archive: what is uploaded; None until it is made.
        submission: its id.
        parts: how far each part of the archive is.
        completed: whether the server has said that it got all parts.
        finished: whether it has them, joined and checked.
    """

    address: str
    username: str
    benchmark: str
    digest: str
    model: Creation = Creation()
    archive: Archive | None = None
    submission: Creation = Creation()
    parts: tuple[PartProgress, ...] = ()
    completed: bool = False
    finished: bool = False

    def with_part(self, index: int, state: PartState, *, again: bool = False) -> State:
        """Return it with another state of a part, which with ``again`` is about to be sent."""
        part = self.parts[index]
        changed = PartProgress(state, part.sent + again)
        return replace(self, parts=(*self.parts[:index], changed, *self.parts[index + 1 :]))


class Journal:
    """Keeps the state of the upload of one submission, in a hidden folder of it.

    Attributes:
        folder: where; the archive is kept there, too, until it is uploaded.
    """

    def __init__(self, submission: Path) -> None:
        """Take that of a submission; nothing is written yet."""
        self.folder = submission / FOLDER

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from uploading the same submission.

        Raises:
            ZrcError: one is at it, or nothing can be written there.
        """
        lock = FileLock(self.folder / _LOCK, timeout=0)
        require_own_folder(self.folder, "remove the link")
        try:
            self.folder.mkdir(exist_ok=True)
            require_locks(self.folder)
            lock.acquire()
        except Timeout:
            raise ZrcError(
                f"{self.folder.parent} is being submitted by another process: wait until that ends"
            ) from None
        except OSError as error:
            raise ZrcError(
                f"nothing can be written to {self.folder} ({error.strerror or error}): make the submission writable"
            ) from None
        try:
            yield
        finally:
            lock.release()

    def load(self) -> State | None:
        """Return the state, None where no upload has begun.

        Raises:
            ZrcError: there is something that is none.
        """
        path = self.folder / _STATE
        if not path.exists():
            return None
        advice = "begin anew with --restart"
        record = read_json(path, advice, LARGEST_RECORD)
        try:
            return _state(record)
        except (KeyError, TypeError, ValueError, AttributeError, ZrcError):
            raise ZrcError(f"{path} is not the state of an upload, or of another version: {advice}") from None

    def save(self, state: State) -> None:
        """Keep a state; when this returns, it is on the disk."""
        path = self.folder / _STATE
        try:
            write_atomically(path, json.dumps({"version": _VERSION, **asdict(state)}, indent=2) + "\n", durable=True)
        except OSError as error:
            raise ZrcError(
                f"{path} cannot be written ({error.strerror or error}): free space there, then submit again"
            ) from None

    def forget(self) -> None:
        """Remove the state and whatever was kept with it; the lock stays."""
        for path in self.folder.iterdir():
            if path.name != _LOCK and not path.is_dir():
                os.remove(path)


def _state(record: Mapping[str, Any]) -> State:
    if record["version"] != _VERSION:
        raise ValueError
    values = {name: value for name, value in record.items() if name != "version"}
    archive = values["archive"]
    state = State(
        **{
            **values,
            "model": _creation(values["model"]),
            "submission": _creation(values["submission"]),
            "archive": archive and Archive(**{**archive, "parts": tuple(Part(**part) for part in archive["parts"])}),
            "parts": tuple(PartProgress(**part) for part in values["parts"]),
        }
    )
    if state.archive and len(state.parts) != len(state.archive.parts):
        raise ValueError
    _require_harmless(state)
    return state


def _require_harmless(state: State) -> None:
    """Raise an error where a state holds what none of ours does.

    It may have come with the submission, from somebody else: nothing in it may name another file than those beside it,
    or an address to which nothing is sent.
    """
    names = (state.username, state.model.id, state.submission.id, state.archive and state.archive.filename)
    if not all(is_id(name) for name in names if name) or normal_address(state.address) != state.address:
        raise ValueError


def _creation(record: Mapping[str, Any]) -> Creation:
    before = record["before"]
    return Creation(record["id"], None if before is None else tuple(before))
