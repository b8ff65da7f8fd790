"""The server's HTTP interface, as functions."""

from __future__ import annotations

import datetime as dt
import random
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from requests_toolbelt import MultipartEncoder

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.address import login_command, normal_address
from pytest_zrc.upload.answers import Answer, is_id, require_done, require_id, says_unknown
from pytest_zrc.upload.contract import (
    BenchmarkInfo,
    KnownModel,
    KnownSubmission,
    ModelFacts,
    NewSubmission,
    Part,
    Profile,
    Received,
    Token,
)
from pytest_zrc.upload.errors import LoginError, OddAnswerError, UntrustedError
from pytest_zrc.upload.slices import Slice
from pytest_zrc.upload.tokens import is_word, read_token
from pytest_zrc.upload.transport import Reply, Timeouts, exchange

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds, before the second attempt and before any
_LASTING = (UntrustedError, OddAnswerError)  # it would be the same again


class Client:
    """Asks one server.

    What only reads, and the login, is repeated inside, with back-off and jitter: it is safe to repeat. What creates or
    adds something is sent exactly once; the caller learns from the kind of the error whether it may be sent again.
    Every method raises, where not otherwise said,

    * UnreachableError: certainly nothing was sent;
    * LostError: there is no (whole) answer, so what the server did is not known;
    * ServerError: the server failed (5xx), or answers "done" in words that are none of its own: what it did is not
      known either;
    * RefusedError: it refused (4xx, or a redirection): nothing was done;
    * LoginError: there is no token, or the server does not take it.
    """

    def __init__(
        self,
        address: str,
        token: Token | None = None,
        *,
        timeout: Timeouts = Timeouts(),  # noqa: B008 - cannot be changed
        attempts: int = 6,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask the server at a base URL.

        Args:
            address: the base URL.
            token: of a user, for all but ``login``, ``benchmark`` and ``status``.
            timeout: how long to wait.
            attempts: how often what may be repeated is sent at most.
            pause: waits some seconds.

        Raises:
            ZrcError: the address is none, or the token is for another server.
        """
        self.address = normal_address(address)
        if token and token.address != self.address:
            raise LoginError(f"this token is for {token.address} only: {login_command(self.address)}")
        if token and not is_word(token.value):
            raise LoginError(f"the token for {self.address} has characters that no token has: log in again")
        self._token = token
        self._timeout = timeout
        self._attempts = attempts
        self._pause = pause

    @property
    def username(self) -> str:
        """Whose token it has; raises LoginError where it has none."""
        return self._require_token().username

    def login(self, username: str, password: str) -> Token:
        """Get a token for a user; LoginError where the server does not take the password."""
        form = {"grant_type": "password", "username": username, "password": password}
        return self._repeated(lambda: self._log_in(form))

    def profile(self) -> Profile:
        """Ask who the user is."""
        answer = self._get(f"{self._user()}/profile", "to show the profile")
        return Profile(
            username=answer.word("username"),
            email=answer.text("email"),
            first_name=answer.text("first_name"),
            last_name=answer.text("last_name"),
            affiliation=answer.text("affiliation"),
            verified=answer.flag("verified"),
        )

    def models(self) -> list[KnownModel]:
        """List the user's model ids, in the order of the server; ids that no path could hold are left out."""
        items = self._get(f"{self._user()}/models/list", "to list the models").items()
        return [
            KnownModel(item.text("id"), item.raw("description"), item.text("created_at"))
            for item in items
            if is_id(item.text("id"))
        ]

    def benchmark(self, label: str) -> BenchmarkInfo | None:
        """Ask for a benchmark, without a token; None where the server knows no such benchmark."""
        if not is_id(label):
            return None
        what = f"to show the benchmark {label}"
        reply = self._repeated(
            lambda: self._send("GET", f"/benchmarks/{quote(label, safe='')}/info", what, unknown=True)
        )
        if says_unknown(reply):
            return None
        answer = Answer.of(reply, self.address)
        return BenchmarkInfo(
            answer.word("label"),
            answer.flag("active"),
            self._date(answer, "start_date"),
            self._date(answer, "end_date"),
        )

    def submissions(self) -> list[KnownSubmission]:
        """List the user's submissions, in the order of the server; ids that no path could hold are left out."""
        items = self._get(f"{self._user()}/submissions/list", "to list the submissions").items()
        return [
            KnownSubmission(
                item.text("id"),
                item.text("status"),
                item.text("model_id"),
                item.text("benchmark_id", "track_id", "benchmark"),
            )
            for item in items
            if is_id(item.text("id"))
        ]

    def status(self, submission_id: str) -> str:
        """Ask for the status of a submission, without a token; ServerError where the server does not know it."""
        path = f"/submissions/{quote(require_id(submission_id, 'submission id'), safe='')}/content/status"
        what = f"to tell the status of {submission_id}, which it may not know"
        return self._get(path, what, public=True).word("status")

    def create_model(self, facts: ModelFacts, author_name: str) -> str:
        """Get a model id, which begins with the author's name; never repeated, as every call makes another one.

        Args:
            facts: of the system.
            author_name: of which accents are dropped, and all but letters.

        Raises:
            ZrcError: no letter is left of the name.
        """
        body = {
            "description": facts.description,
            "gpu_budget": facts.gpu_budget,
            "train_set": facts.train_set,
            "authors": facts.authors,
            "institution": facts.institution,
            "team": facts.team,
            "paper_url": facts.paper_url or None,
            "code_url": facts.code_url or None,
        }
        path, query = f"{self._user()}/models/create", {"author_name": ascii_letters(author_name)}
        return self._post(path, "to make a model id", params=query, json=body).word("model_id")

    def create_submission(self, new: NewSubmission) -> str:
        """Announce a submission and get its id; never repeated, as every call makes another one."""
        archive = new.archive
        several = len(archive.parts) > 1
        index = [{"filename": part.name, "filesize": part.size, "filehash": part.md5} for part in archive.parts]
        body = {
            "model_id": new.model_id,
            "benchmark_id": new.benchmark,
            "author_label": new.author_label,
            "filename": archive.filename,
            "hash": archive.md5,
            "has_scores": True,
            "leaderboard": new.leaderboard,
            "multipart": several,
            "index": index if several else None,
        }
        answer = self._post(f"{self._user()}/submissions/create", "to create a submission", json=body)
        return answer.word("submission_id")

    def add_part(
        self, submission_id: str, part: Part, path: Path, progress: Callable[[int], None] | None = None
    ) -> Received:
        """Upload a part of an archive; never repeated, as the server counts what it gets.

        Args:
            submission_id: for which it is.
            part: which bytes of the archive.
            path: of the archive, of which only so much is in memory as is being sent.
            progress: told again and again how many bytes of this part were handed to the network.

        Raises:
            ZrcError: the archive cannot be read, or is shorter than it was.
        """
        target = f"/submissions/{quote(require_id(submission_id, 'submission id'), safe='')}/content/add"
        with Slice.open(path, part.offset, part.size, progress) as piece:
            body = MultipartEncoder({"file": (part.name, piece, "application/zip")})
            answer = self._post(
                target,
                f"to take the part {part.name}",
                timeout=(self._timeout.stall, self._timeout.upload),
                params={"part_name": part.name},
                data=body,
                headers={"Content-Type": body.content_type},
            )
        return Received(answer.flag("completed"), answer.texts("remaining"))

    def _log_in(self, form: dict[str, str]) -> Token:
        secrets = [form["password"]]
        reply = self._exchange("POST", "/auth/login", data=form)
        if reply.status == 401:
            hint = " (some servers do not know e-mail addresses: give the user name)" if "@" in form["username"] else ""
            raise LoginError(f"{self.address} does not know this user name with this password{hint}")
        require_done(reply, self.address, "to log you in", secrets)
        answer = Answer.of(reply, self.address)
        value = answer.raw("access_token")
        if not is_word(value):
            raise OddAnswerError(f"{self.address} answered the login without a token: check the server's address")
        return read_token(self.address, answer.word("username"), value)

    def _get(self, path: str, what: str, *, public: bool = False) -> Answer:
        return self._repeated(lambda: Answer.of(self._send("GET", path, what, token=not public), self.address))

    def _post(self, path: str, what: str, **content: Any) -> Answer:  # noqa: ANN401 - what requests takes
        return Answer.of(self._send("POST", path, what, token=True, **content), self.address)

    def _send(
        self,
        method: str,
        path: str,
        what: str,
        *,
        token: bool = False,
        unknown: bool = False,
        **content: Any,  # noqa: ANN401 - what requests takes
    ) -> Reply:
        reply = self._exchange(method, path, token=self._require_token() if token else None, **content)
        if not (unknown and says_unknown(reply)):
            require_done(reply, self.address, what, [self._token.value] if self._token else [])
        return reply

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        token: Token | None = None,
        timeout: tuple[float, float] | None = None,
        **content: Any,  # noqa: ANN401 - what requests takes
    ) -> Reply:
        patience = timeout or (self._timeout.connect, self._timeout.answer)
        return exchange(method, self.address + path, token, patience, **content)

    def _repeated(self, send: Callable[[], T]) -> T:
        for attempt in range(1, self._attempts):
            try:
                return send()
            except _LASTING:
                raise
            except RemoteError:
                most = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
                self._pause(random.uniform(0, most))  # noqa: S311 - no secret: so that clients do not come all at once
        return send()

    def _require_token(self) -> Token:
        if self._token is None:
            raise LoginError(f"you are not logged in to {self.address}: {login_command(self.address)}")
        return self._token

    def _user(self) -> str:
        return f"/users/{quote(require_id(self.username, 'user name'), safe='')}"

    def _date(self, answer: Answer, name: str) -> dt.date | None:
        text = answer.text(name)
        try:
            return dt.date.fromisoformat(text[:10]) if text else None
        except ValueError:
            raise OddAnswerError(
                f"{self.address} gave the {name} {text!r}, which is no date: try again later"
            ) from None


def ascii_letters(name: str) -> str:
    """Return the letters of a name, without accents; raises ZrcError where there are none."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", name) if c.isascii() and c.isalpha())
    if not letters:
        raise ZrcError(
            f"the author's name {name!r} has no letters from A to Z, of which model ids are made: write it so"
        )
    return letters
