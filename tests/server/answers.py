"""What the server answers: JSON, and errors in four shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; after one that ``closes`` the connection is closed, of which its headers say nothing."""

    status: int
    body: bytes
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    closes: bool = False


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of the server's
    """Ends the work on a request with an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


CRASH = Answer(500, b"Internal Server Error", "text/plain; charset=utf-8", closes=True)
"""What becomes of any error that nobody thought of."""


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(value).encode(), headers=headers or {})


def refused(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Refusal:
    """Refuse as the framework does."""
    return Refusal(answer({"detail": detail}, status, headers))


def invalid(*problems: Mapping[str, object]) -> Refusal:
    """Refuse a query or a body whose fields are wrong."""
    return Refusal(answer({"detail": list(problems)}, 422))


def problem(where: str, name: str, message: str, kind: str) -> Mapping[str, object]:
    return {"loc": [where, name], "msg": message, "type": kind}


def missing(where: str, name: str) -> Mapping[str, object]:
    return problem(where, name, "field required", "value_error.missing")


def bad_content(reason: str, status: int = 400) -> Refusal:
    """Refuse content, or any change while the interface is locked."""
    return Refusal(answer({"message": reason, "data": "None"}, status))


def not_found(message: str) -> Refusal:
    """Refuse as every ``ValueError`` within the server ends; it runs in debug mode, as it does by default."""
    return Refusal(
        answer({"message": message, "trace": f"Traceback (most recent call last):\nValueError: {message}"}, 404)
    )
