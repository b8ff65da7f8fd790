"""What a token says of itself."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from enum import StrEnum

from pytest_zrc.upload.contract import Token

_WORD = re.compile(r"[A-Za-z0-9._~+/=-]{1,8192}")
_EAST, _WEST = dt.timedelta(hours=14), dt.timedelta(hours=12)  # the zones farthest from UTC


class Validity(StrEnum):
    """What can be said of a token before the server is asked."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    EXPIRED = "expired"


def is_word(value: object) -> bool:
    """Tell whether something can be the value of a token: nothing else may get into a header."""
    return isinstance(value, str) and bool(_WORD.fullmatch(value))


def read_token(address: str, username: str, value: str) -> Token:
    """Make a token of its value; when it expires is read from its claims, and not verified: the server does that."""
    return Token(address, username, value, _expiry(value))


def validity(token: Token, now: dt.datetime | None = None) -> Validity:
    """Tell whether a token is still good.

    Servers write the time in their own zone, and not which one that is. So a token is called expired only where it is
    so in every zone; one that does not say when it expires is called good.

    Args:
        token: whose claims are believed.
        now: with a time zone; by default the present.
    """
    if token.expires is None:
        return Validity.GOOD
    now = now or dt.datetime.now(dt.UTC)
    if token.expires.tzinfo:
        return Validity.EXPIRED if token.expires <= now else Validity.GOOD
    present = now.astimezone(dt.UTC).replace(tzinfo=None)
    try:
        if token.expires + _WEST <= present:
            return Validity.EXPIRED
        return Validity.DOUBTFUL if token.expires - _EAST <= present else Validity.GOOD
    except OverflowError:  # at the end of time
        return Validity.GOOD


def expiry_text(token: Token) -> str:
    """Say until when a token is good, to the minute; empty where it does not tell."""
    if token.expires is None:
        return ""
    zone = "" if token.expires.tzinfo else " (the server's time)"
    return f"{token.expires:%Y-%m-%d %H:%M}{zone}"


def _expiry(value: str) -> dt.datetime | None:
    try:
        claims = value.split(".")[1]
        text = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["expires_at"]
        return dt.datetime.fromisoformat(text)
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return None
