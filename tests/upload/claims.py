"""Tokens as servers make them, for tests that need no server."""

from __future__ import annotations

import datetime as dt

from tests.server import tokens


def claim(expires_at: str = "", *, hours_from_now: float = 0) -> str:
    """Make a token that expires at some local time."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    end = dt.datetime.fromisoformat(expires_at) if expires_at else now + dt.timedelta(hours=hours_from_now)
    return tokens.issue("ada@example.com", now, end - now)
