"""From a folder to a submission that the server has: every step, from wherever the last attempt was interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.publishing.facts import (
    LEADERBOARD,
    author_label,
    first_author,
    model_facts,
    model_id,
    server_label,
    text_of,
)
from pytest_zrc.publishing.ready import Ready, require_ready
from pytest_zrc.reports.entry import leaderboard_entry
from pytest_zrc.submission.edit import edited, set_fields
from pytest_zrc.submission.layout import META, Submission
from pytest_zrc.submission.meta import MODEL_ID, SUBMISSION_ID, USERNAME
from pytest_zrc.submission.yamlfile import read_text
from pytest_zrc.upload.address import default_address, normal_address
from pytest_zrc.upload.archive import PART_SIZE, content_size, measure, write_archive
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contents import Contents, contents, require_own_files
from pytest_zrc.upload.contract import Archive, BenchmarkInfo, KnownSubmission, ModelFacts, NewSubmission
from pytest_zrc.upload.creating import obtain
from pytest_zrc.upload.credentials import find_token
from pytest_zrc.upload.errors import ServerError
from pytest_zrc.upload.state import Creation, Journal, PartProgress, State
from pytest_zrc.upload.transfer import UPLOADED, Transfer, await_uploaded, send

WAIT = 600.0
"""Seconds to wait for the server to join and check what it got."""

Tell = Callable[[str, float], None]
Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission that the server has.

    Attributes:
        submission_id, model_id: as the server knows it, and its system.
        benchmark: its label on the server.
        address: of the server.
        status: that the server gave it last.
        size: of the archive, in bytes.
        already: it was there before; nothing was sent.
    """

    submission_id: str
    model_id: str
    benchmark: str
    address: str
    status: str
    size: int
    already: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be submitted.

    Attributes:
        ready: the submission, which is valid and has its scores.
        address: of the server.
        benchmark: its label there.
        obstacle: what would keep it from being submitted there, as far as can be seen without sending anything.
        model_id: of the system; empty if one would be made.
        facts: what it would be made for.
        author_label: the short name of the authors.
        contents: what goes into the archive.
        size: of that content, in bytes.
        parts: in how many pieces it is sent.
    """

    ready: Ready
    address: str
    benchmark: str
    obstacle: str
    model_id: str
    facts: ModelFacts
    author_label: str
    contents: Contents
    size: int
    parts: int


def plan(
    folder: Path,
    *,
    dataset: Path | None = None,
    address: str = "",
    part_size: int = PART_SIZE,
    tell: Tell | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Plan:
    """Find out what ``submit`` would do; nothing is sent, and nothing is written to the submission.

    Raises:
        ZrcError: the submission is not ready.
    """
    ready = _ready(folder, dataset, tell or _tell_nobody)
    place = normal_address(address or default_address())
    found = _contents(ready, b"")
    label = server_label(ready.meta, ready.case.benchmark.name)
    size = content_size(found.members)
    return Plan(
        ready=ready,
        address=place,
        benchmark=label,
        obstacle=_obstacle(Client(place, pause=pause), label),
        model_id=model_id(ready.meta),
        facts=model_facts(ready.meta),
        author_label=author_label(ready.meta),
        contents=found,
        size=size,
        parts=-(-size // part_size),
    )


def submit(
    folder: Path,
    *,
    dataset: Path | None = None,
    address: str = "",
    part_size: int = PART_SIZE,
    restart: bool = False,
    wait: float = WAIT,
    tell: Tell | None = None,
    note: Note | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Submitted:
    """Submit a folder; where an earlier attempt was interrupted, go on from there.

    Args:
        folder: of the submission; its meta.yaml gets the ids, and its results the entry on the leaderboard.
        dataset: its folder; None for where the official toolkit keeps it.
        address: of the server; empty for that of ``ZRC_SERVER``, or the official one.
        part_size: of the pieces that the archive is sent in, in bytes.
        restart: forget earlier attempts and uploads, and make another submission under the same model id.
        wait: seconds to wait for the server when it has got everything.
        tell: told the step, and the share of it that is done.
        note: told what the user should know, in sentences.
        pause: waits some seconds.

    Raises:
        RemoteError: the server does not answer, for now: submitting again goes on where it was.
        ZrcError: something to mend first.
    """
    ready = _ready(folder, dataset, tell or _tell_nobody)
    journal = Journal(ready.case.submission.root)
    with journal.locked():
        state = _begin(journal, ready, address, pause, restart=restart)
        if state.finished:
            _put_in_order(journal, state, note or _note_nobody)
            return _submitted(state, "uploaded", already=True)
        client = Client(state.address, find_token(state.address, note or _note_nobody), pause=pause)
        upload = _Upload(ready, journal, client, part_size, wait, tell or _tell_nobody, note or _note_nobody, pause)
        return upload.run(state)


@dataclass(frozen=True, slots=True)
class _Upload:
    """The steps of an upload; each takes the state as it is, and returns it with what it has come to."""

    ready: Ready
    journal: Journal
    client: Client
    part_size: int
    wait: float
    tell: Tell
    note: Note
    pause: Callable[[float], None]

    def run(self, state: State) -> Submitted:
        """Do all steps that are not done."""
        state = self._known_to(state)
        if not state.submission.id:
            obstacle = _closed(self.client.benchmark(state.benchmark), state.benchmark)
            if obstacle:
                raise ZrcError(f"{state.address} {obstacle}")
        for step in (self._with_model_id, self._packed, self._announced, self._sent):
            state = step(state)
        self.tell("waiting for the server", 0)
        status = await_uploaded(self._transfer(state), state, self.wait)
        self.tell("waiting for the server", 1)
        return _submitted(self._finished(state), status)

    def _known_to(self, state: State) -> State:
        """Begin as the user who is logged in, or go on as the same one."""
        username = self.client.username
        if state.username and state.username != username:
            raise ZrcError(
                f"{state.username} has begun this upload, and you are {username}: log in as {state.username}, or begin "
                "anew with --restart"
            )
        return self._kept(replace(state, username=username))

    def _with_model_id(self, state: State) -> State:
        """Take the model id of meta.yaml, or get one and write it there."""
        if state.archive:
            return state
        given = model_id(self.ready.meta)
        if given:
            if given not in [model.id for model in self.client.models()]:
                raise ZrcError(
                    f"{self.ready.case.submission.root / META}: {MODEL_ID} is {given}, which is none of "
                    f"{state.username}'s on {state.address}: correct it, or empty it to get one"
                )
            return self._kept(replace(state, model=Creation(given)))
        self.tell("getting a model id", 0)
        facts = model_facts(self.ready.meta)
        found = obtain(
            state.model,
            existing=lambda: [model.id for model in self.client.models()],
            ours=lambda: [model.id for model in self.client.models() if model.description == facts.description],
            create=lambda: self.client.create_model(facts, first_author(self.ready.meta) or state.username),
            save=lambda creation: self.journal.save(replace(state, model=creation)),
            pause=self.pause,
            what="model ids",
        )
        set_fields(self.ready.case.submission.root / META, {MODEL_ID: found})
        self.tell(f"model id {found}", 1)
        return self._kept(replace(state, model=replace(state.model, id=found)))

    def _packed(self, state: State) -> State:
        """Make the archive, or take the one that is there."""
        if state.archive:
            path = self.journal.folder / state.archive.filename
            if state.completed or _is_whole(path, state.archive):
                return state
            raise ZrcError(f"{path} is gone, of which a part may have been uploaded: begin anew with --restart")
        root = self.ready.case.submission.root
        entry = leaderboard_entry(
            self.ready.results,
            self.ready.meta,
            username=state.username,
            model_id=state.model.id,
            date=datetime.now(UTC),
        )
        try:
            write_atomically(root / LEADERBOARD, entry)
        except OSError as error:
            raise ZrcError(f"{root / LEADERBOARD} cannot be written ({error.strerror or error})") from None
        members = _contents(self.ready, entry.encode()).members
        size, path = content_size(members), self.journal.folder / f"{state.model.id}-{state.benchmark}.zip"
        write_archive(path, members, lambda done: self.tell("packing", done / size))
        archive = measure(path, self.part_size, lambda done: self.tell("computing digests", done / size))
        return self._kept(replace(state, archive=archive, parts=(PartProgress(),) * len(archive.parts)))

    def _announced(self, state: State) -> State:
        """Get a submission id."""
        if state.submission.id or not state.archive:
            return state
        self.tell("announcing the submission", 0)
        new = NewSubmission(
            state.model.id, state.benchmark, author_label(self.ready.meta), state.archive, leaderboard=LEADERBOARD
        )
        found = obtain(
            state.submission,
            existing=lambda: [one.id for one in self.client.submissions()],
            ours=lambda: [one.id for one in self.client.submissions() if _is_of(one, state)],
            create=lambda: self.client.create_submission(new),
            save=lambda creation: self.journal.save(replace(state, submission=creation)),
            pause=self.pause,
            what="submissions",
            void_if_failed=True,
        )
        self.tell(f"submission {found}", 1)
        return self._kept(replace(state, submission=replace(state.submission, id=found)))

    def _sent(self, state: State) -> State:
        return send(self._transfer(state), state)

    def _transfer(self, state: State) -> Transfer:
        archive = state.archive
        name, size = (archive.filename, archive.size) if archive else ("", 1)
        return Transfer(
            self.client,
            self.journal.folder / name,
            self.journal.save,
            self.pause,
            lambda done: self.tell("uploading", done / size),
        )

    def _finished(self, state: State) -> State:
        state = self._kept(replace(state, finished=True))
        _put_in_order(self.journal, state, self.note)
        return state

    def _kept(self, state: State) -> State:
        self.journal.save(state)
        return state


def _begin(journal: Journal, ready: Ready, address: str, pause: Callable[[float], None], *, restart: bool) -> State:
    """Return how far an earlier attempt has come, or the state before a first one."""
    label = server_label(ready.meta, ready.case.benchmark.name)
    place = normal_address(address) if address else ""
    fresh = State(place or default_address(), "", label, ready.digest)
    if restart:
        return _restarted(journal, fresh, pause)
    folder, before = journal.folder.parent, journal.load()
    if before is None:
        known = text_of(ready.meta, SUBMISSION_ID)
        if known:
            raise ZrcError(
                f"{folder / META} says that this was submitted as {known}: with --restart it becomes another "
                f"submission; for a first one, empty {SUBMISSION_ID}"
            )
        return fresh
    if place and place != before.address:
        what = f"is uploaded to {before.address}" if before.finished else f"is on its way to {before.address}"
        raise ZrcError(f"{folder} {what}: begin anew with --restart to submit it to {place}")
    given = model_id(ready.meta)
    other_system = bool(given and before.model.id) and given != before.model.id
    if before.digest != ready.digest or before.benchmark != label or other_system:
        if not before.submission.id:  # nothing of it was announced
            return replace(fresh, address=before.address, username=before.username, model=before.model)
        what = f"was uploaded as {before.submission.id}" if before.finished else "began to be uploaded"
        raise ZrcError(
            f"{folder} has changed since it {what}: with --restart it becomes another submission, under the same "
            "model id"
        )
    return before


def _restarted(journal: Journal, fresh: State, pause: Callable[[float], None]) -> State:
    """Return the state before another submission; raise ZrcError where the earlier one has come to a good end."""
    before = None
    with suppress(ZrcError):  # whatever is wrong with it
        before = journal.load()
    if before and before.address == fresh.address:
        if before.completed and not before.finished and _has_arrived(before, pause):
            journal.save(replace(before, finished=True))
            raise ZrcError(
                f"{before.submission.id} is uploaded after all: submit again without --restart to note it; another "
                "--restart makes a second submission"
            )
        fresh = replace(fresh, model=before.model)  # one may have been asked for
    journal.forget()
    return fresh


def _is_whole(path: Path, archive: Archive) -> bool:
    """Tell whether an archive is there; a link is none, which may lead to any file."""
    return path.is_file() and not path.is_symlink() and path.stat().st_size == archive.size


def _has_arrived(state: State, pause: Callable[[float], None]) -> bool:
    try:
        return Client(state.address, pause=pause).status(state.submission.id) in UPLOADED
    except ServerError:  # so it answers for ids that it does not know
        return False


def _is_of(known: KnownSubmission, state: State) -> bool:
    """Tell whether a submission may be the one that was announced: the list must say so.

    Where it does not, another one is announced, and nothing ever uploaded for the first. To send parts for a submission
    that is somebody else's could make the server drop what it has of that one.
    """
    says = {known.model_id: state.model.id, known.benchmark: state.benchmark}
    says = {given: wanted for given, wanted in says.items() if given and not given.isdecimal()}  # a number is a row's
    return known.status in ("", "uploading") and bool(says) and all(one == other for one, other in says.items())


def _put_in_order(journal: Journal, state: State, note: Note) -> None:
    """Write the ids of what is uploaded to meta.yaml, and remove the archive."""
    path = journal.folder.parent / META
    try:
        set_fields(path, {USERNAME: state.username, SUBMISSION_ID: state.submission.id})
    except ZrcError as error:
        note(f"the submission is uploaded, but {error}")
    if state.archive:
        with suppress(OSError):  # it only takes room
            (journal.folder / state.archive.filename).unlink(missing_ok=True)


def _contents(ready: Ready, entry: bytes) -> Contents:
    """Return what is uploaded: meta.yaml does not name a submission that this one is not."""
    case = ready.case
    instead: Mapping[str, bytes] = {LEADERBOARD: entry}
    if text_of(ready.meta, SUBMISSION_ID):
        text = edited(read_text(case.submission.root / META), {SUBMISSION_ID: ""})
        instead = {**instead, META: text.encode()}
    folders = [case.folder(subset.name) for subset in case.subsets]
    return contents(Submission(case.submission.root), folders, suffix=case.parameters.score_file_type, instead=instead)


def _ready(folder: Path, dataset: Path | None, tell: Tell) -> Ready:
    require_own_files(folder)
    return require_ready(folder, dataset, lambda share: tell("checking", share))


def _closed(info: BenchmarkInfo | None, label: str) -> str:
    """Say why a benchmark takes no submissions, empty if it does."""
    if info is None:
        return f"knows no benchmark called {label}: it takes no submissions to it"
    today = date.today()  # noqa: DTZ011 - the server compares with its own day
    if info.is_open(today):
        return ""
    dates = f" (from {info.start or 'any day'} to {info.end or 'any day'})" if info.start or info.end else ""
    return f"takes no submissions to {label} today{dates}: ask its administrators when it is open"


def _obstacle(client: Client, label: str) -> str:
    try:
        obstacle = _closed(client.benchmark(label), label)
        if obstacle:
            return f"{client.address} {obstacle}"
        find_token(client.address)
    except ZrcError as error:
        return str(error)
    return ""


def _submitted(state: State, status: str, *, already: bool = False) -> Submitted:
    size = state.archive.size if state.archive else 0
    return Submitted(state.submission.id, state.model.id, state.benchmark, state.address, status, size, already)


def _tell_nobody(step: str, share: float) -> None:
    """Report no progress."""


def _note_nobody(sentence: str) -> None:
    """Tell nobody."""
