"""The routes: what is asked, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, TypeAlias
from urllib.parse import unquote

from tests.server import tokens
from tests.server.answers import (
    CRASH,
    Answer,
    Refusal,
    answer,
    bad_content,
    invalid,
    missing,
    not_found,
    problem,
    refused,
)
from tests.server.bodies import Body
from tests.server.faults import Faults
from tests.server.fields import flag_problem, read_json, require, text_problem, url_problem
from tests.server.state import Benchmark, ListedPart, Model, Submission, User, new_model_id, new_submission_id
from tests.server.uploads import Uploads

MODEL_TEXTS = ("description", "gpu_budget", "train_set", "authors", "institution", "team")
SUBMISSION_TEXTS = ("model_id", "benchmark_id", "author_label", "filename", "hash")


@dataclass(frozen=True, slots=True)
class Question:
    """A request, read to its end."""

    token: str | None
    query: Mapping[str, str] = field(default_factory=dict)
    body: Body = field(default_factory=Body)


class Api:
    """What the server knows and does, without HTTP."""

    def __init__(
        self,
        folder: Path,
        users: Iterable[User],
        benchmarks: Iterable[Benchmark],
        faults: Faults,
        *,
        token_life: dt.timedelta,
        joining_delay: float,
        sparse_lists: bool,
        mail_domains: bool,
        now: Callable[[], dt.datetime],
    ) -> None:
        self.folder = folder
        self.users = {user.name: user for user in users}
        self.benchmarks = {benchmark.label: benchmark for benchmark in benchmarks}
        self.models: dict[str, Model] = {}
        self.submissions: dict[str, Submission] = {}
        self.faults = faults
        self.uploads = Uploads(lambda: faults.joining_fails, joining_delay)
        self.token_life = token_life
        self.sparse_lists = sparse_lists
        self.mail_domains = mail_domains
        self.now = now
        self.lock = threading.Lock()
        self._uses: dict[str, int] = {}

    def answer(self, method: str, path: str, question: Question) -> Answer:
        """Answer a request; ``path`` is percent-encoded."""
        try:
            return _route(method, path)(self, question)
        except Refusal as refusal:
            return refusal.answer

    def user(self, question: Question, name: str | None = None) -> User:
        """Find whose token this is; a path that names somebody else is not for them."""
        if question.token is None:
            raise refused(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
        email = tokens.owner(question.token, self.now())
        if email is None or self._used_up(question.token):
            raise refused(401, "Token is invalid or has expired !")
        user = next((user for user in self.users.values() if user.email == email), None)
        if user is None:
            raise refused(401, "User is not in database")
        if not user.active:
            raise refused(401, "User inactive")
        if not user.verified:
            raise refused(406, "User not verified")
        if name is not None and name != user.name:
            raise refused(401, "Operation not allowed")
        return user

    def require_open(self) -> None:
        """Refuse every change while the interface is locked."""
        if self.faults.locked:
            raise bad_content("APILockedException: the API is in LOCKED mode", 423)

    def benchmark(self, label: str) -> Benchmark:
        if label not in self.benchmarks:
            raise not_found(f"There is no challenge with the following id: {label}")
        return self.benchmarks[label]

    def _used_up(self, token: str) -> bool:
        self._uses[token] = self._uses.get(token, 0) + 1
        return self.faults.token_uses is not None and self._uses[token] > self.faults.token_uses


Handler: TypeAlias = Callable[Concatenate[Api, Question, ...], Answer]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def _on(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Register a handler; ``{name}`` in a pattern is one element of a path, or several where it has slashes."""
    expression = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))

    def register(handler: Handler) -> Handler:
        _ROUTES.append((method, expression, handler))
        return handler

    return register


def _route(method: str, path: str) -> Callable[[Api, Question], Answer]:
    found = [(verb, match, handler) for verb, route, handler in _ROUTES if (match := route.fullmatch(path))]
    if not found and path.endswith("/") and any(route.fullmatch(path[:-1]) for _, route, _ in _ROUTES):
        raise Refusal(Answer(307, b"", headers={"Location": path[:-1]}))
    if not found:
        raise refused(404, "Not Found")
    for verb, match, handler in found:
        if verb == method:
            return partial(handler, **{name: unquote(value) for name, value in match.groupdict().items()})
    raise refused(405, "Method Not Allowed", {"Allow": found[0][0]})


# --- users ---


@_on("POST", "/auth/login")
def _login(api: Api, question: Question) -> Answer:
    form = question.body.fields
    require(None if name in form else missing("body", name) for name in ("username", "password"))
    if form.get("grant_type", "password") != "password":
        message = 'string does not match regex "password"'
        raise invalid(problem("body", "grant_type", message, "value_error.str.regex"))
    user = _user_called(api, form["username"])
    if user is None or user.password != form["password"] or not (user.verified and user.active):
        raise refused(401, "Incorrect username or password")
    token = tokens.issue(user.email, api.now(), api.token_life)
    return answer({"username": user.name, "access_token": token, "token_type": "bearer"})


def _user_called(api: Api, name: str) -> User | None:
    """Find a user by name or e-mail address; the latter only where the domains of addresses can be looked up."""
    if "@" in name and api.mail_domains:
        return next((user for user in api.users.values() if user.email == name), None)
    return api.users.get(name)


@_on("GET", "/users/{username}/profile")
def _profile(api: Api, question: Question, username: str) -> Answer:
    user = api.user(question, username)
    return answer(
        {
            "username": user.name,
            "affiliation": user.affiliation,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "verified": user.verified,
            "email": user.email,
            "created": "2026-11-22T23:49:20.004686",
        }
    )


# --- models ---


@_on("POST", "/users/{username}/models/create")
def _create_model(api: Api, question: Question, username: str) -> Answer:
    user = api.user(question, username)
    facts = read_json(question.body.text)
    require(
        [
            None if "author_name" in question.query else missing("query", "author_name"),
            *(text_problem(facts, name) for name in MODEL_TEXTS),
            *(url_problem(facts, name) for name in ("paper_url", "code_url")),
        ]
    )
    api.require_open()
    with api.lock:
        now = api.now()
        model_id = new_model_id(question.query["author_name"], now.year, api.models)
        known = {name: str(facts[name]) for name in MODEL_TEXTS}
        urls = {name: facts.get(name) for name in ("paper_url", "code_url")}
        api.models[model_id] = Model(model_id, user.name, now, {**known, **urls})
    return answer({"model_id": model_id, "user": user.name})


@_on("GET", "/users/{username}/models/list")
def _models_of(api: Api, question: Question, username: str) -> Answer:
    user = api.user(question, username)
    return answer({"items": [_model_row(model) for model in api.models.values() if model.user == user.name]})


@_on("GET", "/models/{model_id}/info")
def _model(api: Api, _: Question, model_id: str) -> Answer:
    model = api.models.get(model_id)
    return answer(model and _model_row(model))


@_on("GET", "/models/list")
def _models(_: Api, __: Question) -> Answer:
    return CRASH


def _model_row(model: Model) -> dict[str, object]:
    return {"id": model.id, "user_id": model.user, "created_at": model.created_at.isoformat(), **model.facts}


# --- benchmarks ---


@_on("GET", "/benchmarks/list")
def _benchmarks(api: Api, question: Question) -> Answer:
    inactive = question.query.get("include_inactive") == "true"
    known = api.benchmarks.values()
    return answer({"items": [_benchmark_row(each) for each in known if each.active or inactive]})


@_on("GET", "/benchmarks/{label}/info")
def _benchmark(api: Api, _: Question, label: str) -> Answer:
    return answer(_benchmark_row(api.benchmark(label)))


@_on("GET", "/benchmarks/{label}/submissions/list")
def _submissions_to(api: Api, _: Question, label: str) -> Answer:
    known = api.submissions.values()
    return answer({"items": [_submission_row(api, each) for each in known if each.benchmark == label]})


@_on("GET", "/benchmarks/{label}/leaderboards/list")
def _leaderboards_of(_: Api, __: Question, label: str) -> Answer:  # noqa: ARG001 - every one has the same
    return answer({"items": []})


@_on("GET", "/leaderboards/list")
def _leaderboards(_: Api, __: Question) -> Answer:
    return answer(["abx-LS-leaderboard"])


def _benchmark_row(benchmark: Benchmark) -> dict[str, object]:
    return {
        "label": benchmark.label,
        "start_date": benchmark.start.isoformat(),
        "end_date": benchmark.end and benchmark.end.isoformat(),
        "active": benchmark.active,
        "url": f"https://zerospeech.com/{benchmark.label}",
        "evaluator": None,
        "auto_eval": False,
    }


# --- submissions ---


@_on("POST", "/users/{username}/submissions/create")
def _create_submission(api: Api, question: Question, username: str) -> Answer:
    user = api.user(question, username)
    fields = read_json(question.body.text)
    require(
        [
            *(text_problem(fields, name) for name in SUBMISSION_TEXTS),
            *(flag_problem(fields, name) for name in ("has_scores", "multipart")),
        ]
    )
    api.require_open()
    if not api.benchmark(fields["benchmark_id"]).is_open(api.now().date()):
        raise not_found(f"The Challenge {fields['benchmark_id']} is not active")
    if fields["multipart"] and fields.get("index") == []:
        raise not_found("Parts list is empty")
    with api.lock:
        submission = _insert(api, user, fields)
    if fields["model_id"] not in api.models or not _fill(api, submission, fields):
        return CRASH
    return answer(
        {
            "status": submission.status,
            "benchmark": submission.benchmark,
            "user": user.name,
            "submission_id": submission.id,
            "auto_eval": False,
        }
    )


def _insert(api: Api, user: User, fields: Mapping[str, Any]) -> Submission:
    """Add a row to the database, which is not taken back when what follows fails; anybody's model id will do."""
    now = api.now()
    submission = Submission(
        new_submission_id(user.name, now, api.submissions), user.name, fields["benchmark_id"], fields["model_id"], now
    )
    api.submissions[submission.id] = submission
    return submission


def _fill(api: Api, submission: Submission, fields: Mapping[str, Any]) -> bool:
    """Make the folder of a submission; this fails where the list of its parts is not in order."""
    listed = None
    if fields["multipart"]:
        index = fields.get("index") or [{}]
        if not all({"filename", "filehash"} <= part.keys() for part in index):
            return False
        listed = tuple(ListedPart(part["filename"], part["filehash"]) for part in index)
    submission.author_label = fields["author_label"]
    submission.leaderboard = fields.get("leaderboard")
    submission.md5 = fields["hash"]
    submission.listed = listed
    submission.folder = api.folder / "submissions" / submission.id
    submission.folder.mkdir(parents=True)
    (submission.folder / "info.json").write_text(json.dumps({"leaderboard": submission.leaderboard}))
    return True


@_on("POST", "/submissions/{submission_id}/content/add")
def _add_content(api: Api, question: Question, submission_id: str) -> Answer:
    user = api.user(question)
    require(
        [
            None if "part_name" in question.query else missing("query", "part_name"),
            None if "file" in question.body.files else missing("body", "file"),
        ]
    )
    api.require_open()
    submission = api.submissions.get(submission_id)
    if submission is None:
        raise refused(404, "submission not found")
    if submission.user != user.name:
        raise refused(403, "Operation not allowed")
    if submission.folder is None:
        raise refused(417, "the submission's folder is missing")
    upload = question.body.files["file"]
    completed, remaining = api.uploads.add(submission, question.query["part_name"], upload)
    return answer({"completed": completed, "remaining": remaining})


@_on("GET", "/submissions/{submission_id}/content/status")
def _status(api: Api, _: Question, submission_id: str) -> Answer:
    if submission_id not in api.submissions:
        return CRASH
    return answer({"submission_id": submission_id, "status": api.submissions[submission_id].status})


@_on("GET", "/submissions/{submission_id}/info")
def _submission(api: Api, _: Question, submission_id: str) -> Answer:
    submission = api.submissions.get(submission_id)
    return answer(submission and _submission_row(api, submission))


@_on("GET", "/submissions/{submission_id}/scores")
@_on("DELETE", "/submissions/{submission_id}/remove")
def _nothing(_: Api, __: Question, submission_id: str) -> Answer:  # noqa: ARG001 - nothing is looked up
    return answer(None)


@_on("GET", "/users/{username}/submissions/list")
def _submissions_of(api: Api, question: Question, username: str) -> Answer:
    user = api.user(question, username)
    known = list(api.submissions.values())
    return answer({"items": [_submission_row(api, each) for each in known if each.user == user.name]})


def _submission_row(api: Api, submission: Submission) -> dict[str, object]:
    """Give the columns of a row; of which only the first two are sure to be there."""
    row: dict[str, object] = {"id": submission.id, "status": submission.status}
    if api.sparse_lists:
        return row
    return row | {
        "user_id": submission.user,
        "benchmark_id": submission.benchmark,
        "model_id": submission.model_id,
        "submit_date": submission.created_at.isoformat(),
        "author_label": submission.author_label,
        "auto_eval": False,
        "evaluator_id": None,
    }
