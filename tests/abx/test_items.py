"""Item files of seven and of six columns."""

from __future__ import annotations

import pytest

from pytest_zrc.abx.items import ItemFileError, parse_items
from tests.builders import HEADER, SHORT_HEADER

SEVEN, SIX = "f1 0.2 0.3 aa b t s1", "f1 0.2 0.3 aa b-t s1"


def test_seven_columns() -> None:
    items = parse_items([HEADER, SEVEN, "f2 0.1 0.2 iy b t s2", "f1 0 0.1 aa k d s1"])
    assert (items.files, items.phones, items.speakers) == (("f1", "f2"), ("aa", "iy"), ("s1", "s2"))
    assert items.contexts == ("b+t", "k+d")
    assert items.file.tolist() == [0, 1, 0]
    assert items.context.tolist() == [0, 0, 1]
    assert items.last_offsets() == {"f1": 0.3, "f2": 0.2}


def test_six_columns() -> None:
    items = parse_items([SHORT_HEADER, SIX, "f2 0.1 0.2 iy k-d s2"])
    assert (items.phones, items.contexts, items.speakers) == (("aa", "iy"), ("b-t", "k-d"), ("s1", "s2"))


@pytest.mark.parametrize("line", [SEVEN, SIX])
def test_the_first_line_decides_where_the_header_does_not(line: str) -> None:
    assert len(parse_items(["#file", "", line, line])) == 2
    with pytest.raises(ItemFileError, match=rf"line 4: 5 columns; expected {len(line.split())}: "):
        parse_items(["#file", "", line, "f1 0.2 0.3 aa b"])


@pytest.mark.parametrize(("header", "line", "expected"), [(HEADER, SIX, 7), (SHORT_HEADER, SEVEN, 6)])
def test_the_header_decides(header: str, line: str, expected: int) -> None:
    with pytest.raises(ItemFileError, match=rf"line 2: \d columns; expected {expected}: `#file"):
        parse_items([header, line])


def test_neither_decides() -> None:
    with pytest.raises(ItemFileError, match=r"line 2: 5 columns; expected 7: "):
        parse_items(["#file", "f1 0.2 0.3 aa b"])
