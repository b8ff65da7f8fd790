"""What tokens say of themselves."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.upload.tokens import Validity, expiry_text, is_word, read_token, validity

NOW = dt.datetime(2026, 5, 17, 12, tzinfo=dt.UTC)


def _value(claims: object) -> str:
    return f"head.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.signature"


def _validity(expires_at: str) -> Validity:
    return validity(read_token("https://x", "ada", _value({"expires_at": expires_at})), NOW)


@pytest.mark.parametrize(
    ("expires_at", "expected"),
    [
        ("2026-05-18T03:00:00", Validity.GOOD),  # good even in the Line Islands, 14 hours ahead
        ("2026-05-18T01:00:00.123456", Validity.DOUBTFUL),
        ("2026-05-17T01:00:00", Validity.DOUBTFUL),
        ("2026-05-16T23:59:59", Validity.EXPIRED),  # expired even on Baker Island, 12 hours behind
        ("2026-05-17T13:30:00+02:00", Validity.EXPIRED),
        ("2026-05-17T13:30:00+01:00", Validity.GOOD),
        ("0001-01-01T00:00:00", Validity.EXPIRED),
        ("9999-12-31T23:59:59", Validity.GOOD),
    ],
)
def test_a_token_expires_when_it_has_in_every_zone(expires_at: str, expected: Validity) -> None:
    assert _validity(expires_at) is expected


@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001 - naive
def test_what_is_good_or_expired_is_so_in_any_zone(expires: dt.datetime, hours: int) -> None:
    verdict = _validity(expires.isoformat())
    good = expires.replace(tzinfo=dt.timezone(dt.timedelta(hours=hours))) > NOW
    assert verdict is Validity.DOUBTFUL or good == (verdict is Validity.GOOD)


@pytest.mark.parametrize(
    "value",
    ["", "opaque", "a.b.c", "..", _value([]), _value({}), _value({"expires_at": 7}), _value({"expires_at": "soon"})],
)
def test_a_token_that_does_not_say_is_called_good(value: str) -> None:
    token = read_token("https://x", "ada", value)
    assert token.expires is None
    assert validity(token, NOW) is Validity.GOOD
    assert expiry_text(token) == ""


@given(st.text())
def test_any_text_is_read(value: str) -> None:
    read_token("https://x", "ada", value)


def test_the_time_is_told_with_its_zone_or_as_the_server_s() -> None:
    token = read_token("https://x", "ada", _value({"expires_at": "2026-05-18T03:00:00"}))
    assert expiry_text(token) == "2026-05-18 03:00 (the server's time)"


def test_nothing_but_a_word_gets_into_a_header() -> None:
    assert is_word("eyJhbGciOi.J9_-~+/=")
    assert not any(map(is_word, ["", "a b", "a\nb", "a\r\nHost: x", "é", "a" * 9000, None, 7]))
