"""Downloads that go on after a cut, and are verified."""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import requests

from pytest_zrc.datasets.web import answer, named, pieces
from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.files import LARGEST_RECORD, kept_json, write_atomically

Progress = Callable[[int, int | None], None]
"""Is told how many bytes are done, and of how many, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told how it goes.

    Attributes:
        say: is given a sentence when something begins, or does not go on.
        progress: of what began last.
    """

    say: Callable[[str], None] = lambda _: None
    progress: Progress = lambda _done, _total: None


ATTEMPTS = 6  # in a row without a byte more

TIMEOUT = (10.0, 60.0)  # s: to connect, and between two pieces

_LONGEST_PAUSE = 60.0  # s
_CHUNK = 1 << 20  # bytes
_DIGITS = 18  # of a length: more is none
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_INSTEAD = "fetch it by other means, then 'pytest-zrc datasets import' takes it"


def download(
    url: str,
    target: Path,
    *,
    size: int | None = None,
    limit: int | None = None,
    md5: str = "",
    listener: Listener | None = None,
    attempts: int = ATTEMPTS,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Download a file, through ``<target>.part``, which an interruption leaves for the next call to go on with.

    A cut is gone on from, with growing pauses, as long as more comes; a file that was changed meanwhile begins again.

    Args:
        url: https, or http on this machine.
        target: where it is to be; there is nothing before it is complete and verified.
        size: in bytes, if it is known; anything else is refused.
        limit: bytes that it may have at most.
        md5: of all of it, in lower-case hex; empty if it is not known.
        listener: is told of each piece, and of each cut.
        attempts: how often in a row to try without getting more.
        pause: waits so many seconds.

    Raises:
        RemoteError: it could not be fetched now; what came is kept.
        ZrcError: it is not there, too large, too small, or not what it should be; nothing wrong is kept.
        OSError: it cannot be written.
    """
    most = size if limit is None else limit if size is None else min(size, limit)
    listener = listener or Listener()
    part = _Part(target, url)
    furthest, failures = part.held, 0
    while True:
        try:
            _go_on(part, size, most, listener.progress)
            break
        except RemoteError as error:
            failures = 1 if part.held > furthest else failures + 1
            furthest = max(furthest, part.held)
            if failures >= attempts:
                kept = f" ({part.held:,} bytes are kept)" if part.held else ""
                raise RemoteError(f"{error}; the same command later goes on from here{kept}") from None
            seconds = _back_off(failures)
            listener.say(f"{error}; going on in {seconds:.0f} s")
            pause(seconds)
    try:
        verify([part.path], size, md5, named(url), listener)
    except ZrcError:
        part.forget()
        raise
    part.finish()


def verify(paths: Sequence[Path], size: int | None, md5: str, what: str, listener: Listener) -> None:
    """Compare files, one after the other as if they were one, with what their size and their MD5 should be.

    Args:
        paths: of the files.
        size: in bytes, if it is known.
        md5: in lower-case hex, or empty.
        what: they are, for the sentence.
        listener: is told of each piece.

    Raises:
        ZrcError: they differ.
    """
    total = sum(path.stat().st_size for path in paths)
    if size is not None and total != size:
        raise ZrcError(f"{what} has {total:,} bytes, not the {size:,} that it should have: {_INSTEAD}")
    if not md5:
        return
    listener.say("verifying")
    state, done = hashlib.md5(usedforsecurity=False), 0
    for path in paths:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                state.update(chunk)
                done += len(chunk)
                listener.progress(done, total)
    if state.hexdigest() != md5:
        raise ZrcError(
            f"{what} is not what it should be (its MD5 is {state.hexdigest()}, not {md5}), so it was removed: "
            "try again, or ask who keeps the registry"
        )


def _back_off(failures: int) -> float:
    """Return how many seconds to wait: twice as long each time, and never the same for all who wait."""
    return min(_LONGEST_PAUSE, 2.0 ** (failures - 1)) * random.uniform(0.5, 1)  # noqa: S311 - no secret


@dataclass(frozen=True, slots=True)
class _Part:
    """The beginning of a file, and beside it which version of it that is.

    Attributes:
        target: what it is going to be.
        url: where it is from.
    """

    target: Path
    url: str

    @property
    def path(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def _note(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.json")

    @property
    def held(self) -> int:
        """Return how many bytes are there."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def version(self) -> Mapping[str, object]:
        """Return what is known of the version that is there: its ``validator`` and its ``total``; empty for none."""
        note = kept_json(self._note, LARGEST_RECORD)
        return note if isinstance(note, dict) and note.get("url") == self.url and self.held else {}

    def begin(self, validator: str, total: int | None) -> None:
        """Begin again, with a version of which this is known."""
        self.forget()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        write_atomically(self._note, json.dumps({"url": self.url, "validator": validator, "total": total}))

    def forget(self) -> None:
        """Remove what is there; first the note, without which the rest means nothing."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give it its name."""
        self.path.replace(self.target)
        self._note.unlink(missing_ok=True)


def _go_on(part: _Part, size: int | None, most: int | None, progress: Progress) -> None:
    """Ask for what is missing, and append what comes; a RemoteError says that there is more to come."""
    version = part.version()
    validator, total = version.get("validator"), version.get("total")
    resumable = isinstance(validator, str) and validator
    if resumable and total == part.held:
        return
    headers = {"Range": f"bytes={part.held}-", "If-Range": str(validator)} if resumable else {}
    with answer(part.url, headers, TIMEOUT) as response:
        status = response.status_code
        if status == HTTPStatus.PARTIAL_CONTENT and headers:
            total = _rest_of(response, part, total)
        elif status == HTTPStatus.OK:
            total = _length(response)
            _require_fitting(part.url, total, size, most)
            part.begin(_validator(response), total)
        elif status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and headers:
            part.forget()
            raise RemoteError(f"{named(part.url)} was changed meanwhile")
        else:
            raise ZrcError(f"{named(part.url)} cannot be fetched ({status} {named(response.reason)}): {_INSTEAD}")
        _append(part, response, total if isinstance(total, int) else None, most, progress)


def _rest_of(response: requests.Response, part: _Part, total: object) -> object:
    """Make sure that an answer holds what comes after what is there, of the same version; return the total."""
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    found = int(match[3]) if match and match[3] != "*" else total
    if match is None or int(match[1]) != part.held or (total is not None and found != total):
        part.forget()
        raise RemoteError(f"{named(part.url)}: the server sends another part than it was asked for")
    return found


def _require_fitting(url: str, total: int | None, size: int | None, most: int | None) -> None:
    """Refuse before gigabytes came what would be refused when they are there."""
    if total is None:
        return
    if size is not None and total != size:
        raise ZrcError(f"{named(url)} has {total:,} bytes, not the {size:,} that it should have: {_INSTEAD}")
    if most is not None and total > most:
        raise ZrcError(f"{named(url)} has {total:,} bytes, more than the {most:,} that it may have: {_INSTEAD}")


def _append(part: _Part, response: requests.Response, total: int | None, most: int | None, progress: Progress) -> None:
    held = part.held
    bound = min(one for one in (total, most, sys.maxsize) if one is not None)
    with part.path.open("ab") as stream:
        progress(held, total)
        for piece in pieces(response, part.url):
            held += len(piece)
            if held > bound:
                break
            stream.write(piece)
            stream.flush()  # so that it is there if this process is killed
            progress(held, total)
    if held > bound:
        part.forget()
        raise ZrcError(f"{named(part.url)}: the server sends more than it should, so it was stopped: {_INSTEAD}")
    if total is not None and held < total:
        raise RemoteError(f"{named(part.url)}: the connection was cut")


def _length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _validator(response: requests.Response) -> str:
    """Return what tells a version from all others; a weak tag does not."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
