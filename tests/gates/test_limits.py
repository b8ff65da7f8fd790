"""What limits and tolerances may be."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.errors import ZrcError
from pytest_zrc.gates.limits import parse_limit, parse_tolerance


@pytest.mark.parametrize(
    ("text", "subset", "condition", "holds"),
    [
        ("triphone-within-across=6.5", "dev-clean", "triphone-within-across", True),
        ("triphone-*=6.5", "dev-clean", "triphone-within-within", True),
        ("triphone-*=6.5", "dev-clean", "phoneme-any-within", False),
        ("*-across=6.5", "test-other", "phoneme-any-across", True),
        ("dev-*::*-across=6.5", "dev-other", "phoneme-any-across", True),
        ("dev-*::*-across=6.5", "test-other", "phoneme-any-across", False),
        ("english/*::across=6.5", "english/10s", "across", True),
        ("within=6.5", "english/10s", "within", True),
        ("*=6.5", "english/10s", "across", True),
        (" *-across = 6.5 ", "dev-clean", "phoneme-any-across", True),
    ],
)
def test_a_limit_holds_for_the_names_that_it_matches(text: str, subset: str, condition: str, *, holds: bool) -> None:
    limit = parse_limit(text)
    assert limit.rate == pytest.approx(0.065)
    assert limit.holds_for(subset, condition) is holds


@pytest.mark.parametrize(
    "text",
    ["", "6.5", "=6.5", "triphone-*", "*=", "*=six", "*=101", "*=-1", "*=nan", "*=inf", "*=6.5%", "*=1e1", "x" * 5000],
)
def test_anything_else_is_no_limit(text: str) -> None:
    with pytest.raises(ZrcError, match=r"^--zrc-max=.*: give a limit as PATTERN=PERCENT") as error:
        parse_limit(text)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("0.3", "absolute", 0.003),
        ("0", "absolute", 0),
        ("5%", "relative", 0.05),
        ("5\x1d%", "relative", 0.05),  # blank to str, not to float
        ("ci", "ci", 0),
        ("paired", "paired", 0),
    ],
)
def test_tolerances(text: str, kind: str, amount: float) -> None:
    tolerance = parse_tolerance(text)
    assert (str(tolerance.kind), tolerance.text) == (kind, text)
    assert tolerance.amount == pytest.approx(amount)


@pytest.mark.parametrize("text", ["", "%", "CI", "-1", "0,3", "nan", "101", "5 points"])
def test_anything_else_is_no_tolerance(text: str) -> None:
    with pytest.raises(ZrcError, match=r"^--zrc-tolerance=.*: give percentage points"):
        parse_tolerance(text)


@given(st.text())
def test_whatever_is_given_it_is_a_limit_or_one_sentence(text: str) -> None:
    for parse in (parse_limit, parse_tolerance):
        with suppress(ZrcError):
            parse(text)


@given(st.integers(0, 10000))
def test_percent_becomes_a_fraction(hundredths: int) -> None:
    assert parse_limit(f"*={hundredths / 100:.2f}").rate == pytest.approx(hundredths / 10000)
