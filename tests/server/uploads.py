"""How archives come together: parts are taken and counted, joined in the background, and failures only logged."""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from tests.server.answers import bad_content
from tests.server.bodies import CHUNK, Upload
from tests.server.state import Submission


class Uploads:
    """Takes what is uploaded; ``fails`` says whether a join is to fail, ``delay`` how long it waits, in seconds."""

    def __init__(self, fails: Callable[[], bool], delay: float = 0) -> None:
        self._fails = fails
        self._delay = delay
        self._lock = threading.Lock()
        self._joins: list[threading.Thread] = []

    def add(self, submission: Submission, name: str, upload: Upload) -> tuple[bool, list[str]]:
        """Take an archive or a part: is all there, and which parts are not?"""
        with self._lock:
            completed, remaining = (
                self._whole(submission, upload) if submission.listed is None else self._part(submission, name, upload)
            )
        if completed:
            self._start(submission)
        return completed, remaining

    def wait(self) -> None:
        """Wait until everything that is complete was joined."""
        for join in self._joins:
            join.join()

    def _whole(self, submission: Submission, upload: Upload) -> tuple[bool, list[str]]:
        _store(upload, submission.archive, upload.md5 == submission.md5, "ValueNotValid: Hash does not match expected!")
        return True, []

    def _part(self, submission: Submission, name: str, upload: Upload) -> tuple[bool, list[str]]:
        listed = submission.listed or ()
        refusal = f"ResourceRequestedNotFound: Part {name} is not part of submission {submission.id}"
        _store(upload, _place(submission, name), any(upload.md5 == part.md5 for part in listed), refusal)
        submission.received.append(upload.md5)
        # A set in the server, so that their order says nothing; here it is that of the hashes.
        remaining = {part.md5: part.name for part in listed if part.md5 not in submission.received}
        return len(submission.received) == len(listed), [remaining[md5] for md5 in sorted(remaining)]

    def _start(self, submission: Submission) -> None:
        """Join what is there by now: a part that comes while this waits is too late."""
        parts = [_place(submission, part.name) for part in submission.listed or ()]
        missing = [part.name for part in parts if not part.exists()]
        join = threading.Thread(target=self._join, args=(submission, parts, missing))
        self._joins.append(join)
        join.start()

    def _join(self, submission: Submission, parts: list[Path], missing: list[str]) -> None:
        time.sleep(self._delay)
        if self._fails():
            submission.failure = "no space left on the server"
        elif missing:
            submission.failure = f"not there: {', '.join(missing)}"
        else:
            submission.failure = _joined(submission, parts)
        if not submission.failure:
            submission.status = "uploaded"


def _place(submission: Submission, name: str) -> Path:
    """Say where a part is kept: under the name that was sent along with it, whatever the index calls it."""
    return submission.archive.with_name(f"part {quote(name, safe='')}")


def _store(upload: Upload, place: Path, good: bool, refusal: str) -> None:
    """Put a file in its place before looking at it: if it is bad, whatever was there is gone, too."""
    upload.path.replace(place)
    if not good:
        place.unlink()
        raise bad_content(refusal)


def _joined(submission: Submission, parts: list[Path]) -> str:
    """Join the parts, if it came in parts, and look into the archive: what is wrong with it?"""
    if parts:
        _concatenate(parts, submission.archive)
    with submission.archive.open("rb") as file:
        md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if md5 != submission.md5:
        return "the archive's hash is wrong"
    try:
        with zipfile.ZipFile(submission.archive) as archive:
            broken = archive.testzip()
    except zipfile.BadZipFile as error:
        return str(error)
    return f"cannot be unpacked: {broken}" if broken else ""


def _concatenate(parts: list[Path], whole: Path) -> None:
    with whole.open("wb") as target:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, target, CHUNK)
    for part in set(parts):
        part.unlink()
