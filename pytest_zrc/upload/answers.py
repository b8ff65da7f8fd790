"""Answers of the server: foreign data until they went through here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pytest_zrc.errors import ZrcError, shown
from pytest_zrc.upload.address import login_command
from pytest_zrc.upload.errors import LoginError, OddAnswerError, RefusedError, ServerError
from pytest_zrc.upload.transport import Reply

_ID = re.compile(r"\w[\w.@+-]{0,199}")
_MOST_CHARACTERS = 300
_NOT_ALLOWED = "Operation not allowed"  # said with 401 where one asks for what is another user's

Fields = dict[str, Any]


def is_id(value: object) -> bool:
    """Tell whether something can be an id, a label or a user name, and be part of a path when it is quoted."""
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """Return foreign text as it may be shown: in one line, not too long, without control characters and secrets."""
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return shown(text, _MOST_CHARACTERS)


def reason(reply: Reply) -> str:
    """Return what an answer gives as its reason, in any of the server's forms; empty where it gives none."""
    content = _parsed(reply)
    if not isinstance(content, dict):
        return ""
    return "; ".join(part for part in (_text(content.get("detail")), _text(content.get("message"))) if part)


def says_unknown(reply: Reply) -> bool:
    """Tell whether the server itself knows no such thing: it is 404 for paths that there are not, too."""
    content = _parsed(reply)
    return reply.status == 404 and isinstance(content, dict) and "message" in content


def require_done(reply: Reply, address: str, what: str, secrets: Iterable[str] = ()) -> None:
    """Raise the error that an answer stands for; None where what was asked is done.

    Args:
        reply: the answer.
        address: of the server.
        what: was asked, as ``to create a submission``.
        secrets: that must not be shown, even if the server repeats them.
    """
    if 200 <= reply.status < 300:
        return
    said = clean(reason(reply), secrets) or reply.phrase
    if reply.status >= 500:
        raise ServerError(f"{address} failed {what} ({reply.status} {said}): try again later")
    if reply.status < 400:
        where = clean(reply.location, secrets) or "elsewhere"
        raise RefusedError(f"{address} sends to {where} ({reply.status}): give the server's own address", reply.status)
    if reply.status == 401 and said != _NOT_ALLOWED:
        raise LoginError(f"{address} does not take the token ({said}): {login_command(address)}")
    raise RefusedError(f"{address} refused {what}: {said} ({reply.status})", reply.status)


class Answer:
    """The fields of a JSON object that the server sent; each is checked when it is read."""

    def __init__(self, fields: object, address: str) -> None:
        """Take the fields; raises OddAnswerError where it is no object."""
        self._address = address
        if not isinstance(fields, dict):
            raise self._odd("no JSON object")
        self._fields: Fields = fields

    @classmethod
    def of(cls, reply: Reply, address: str) -> Answer:
        """Read an answer."""
        return cls(_parsed(reply), address)

    def items(self) -> list[Answer]:
        """Return the objects of a list."""
        items = self._fields.get("items")
        if not isinstance(items, list):
            raise self._odd("no list 'items'")
        return [Answer(item, self._address) for item in items]

    def text(self, *names: str) -> str:
        """Return the first of these fields that is a text, as it may be shown; empty where there is none."""
        return clean(next(filter(None, map(self.raw, names)), ""))

    def word(self, *names: str) -> str:
        """Return an id, a label or a status, which must be there."""
        value = self.text(*names)
        if not is_id(value):
            raise self._odd(f"no {names[0]!r}")
        return value

    def flag(self, name: str) -> bool:
        """Return a truth value, which must be there."""
        value = self._fields.get(name)
        if not isinstance(value, bool):
            raise self._odd(f"no {name!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, which must be there, without control characters."""
        value = self._fields.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._odd(f"no list {name!r}")
        return tuple("".join(c if c.isprintable() else "?" for c in item) for item in value)

    def raw(self, name: str) -> str:
        """Return a text as it is, not to be shown; empty where there is none."""
        value = self._fields.get(name)
        return value if isinstance(value, str) else ""

    def _odd(self, what: str) -> OddAnswerError:
        return OddAnswerError(
            f"{self._address} gave an answer that is none of an upload server ({what}): check the server's address"
        )


def require_id(text: str, what: str) -> str:
    """Return an id; raises ZrcError where it cannot be one."""
    if not is_id(text):
        raise ZrcError(f"{clean(text)!r} is no {what}: give it as the server names it")
    return text


def _parsed(reply: Reply) -> object:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(_complaint, value)))
    return value if isinstance(value, str) else ""


def _complaint(value: object) -> str:
    """Say what is wrong with a field of the request, as ``team: field required``."""
    if not isinstance(value, dict) or not isinstance(value.get("msg"), str):
        return ""
    place = value.get("loc")
    name = place[-1] if isinstance(place, list) and place else ""
    return f"{name}: {value['msg']}" if isinstance(name, str) and name else value["msg"]
