"""Tokens: signed claims (JWT, HS256), whose times are local and say no time zone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping

SECRET = b"only this server knows it"


def issue(email: str, now: dt.datetime, life: dt.timedelta, *, resets: bool = False) -> str:
    """Make a token that is good from now on, for as long as ``life``."""
    claims = {
        "expires_at": (now + life).isoformat(),
        "created_at": now.isoformat(),
        "allow_password_reset": resets,
        "user_email": email,
    }
    signed = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{signed}.{_signature(signed)}"


def owner(token: str, now: dt.datetime) -> str | None:
    """Find the e-mail address of a token's user: none where it is not ours, has expired or only resets passwords."""
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(signed).encode()):
        return None
    payload = signed.partition(".")[2]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    good = dt.datetime.fromisoformat(claims["expires_at"]) > now and not claims["allow_password_reset"]
    return str(claims["user_email"]) if good else None


def _encoded(value: Mapping[str, object]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _signature(signed: str) -> str:
    return _base64(hmac.digest(SECRET, signed.encode(), hashlib.sha256))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
