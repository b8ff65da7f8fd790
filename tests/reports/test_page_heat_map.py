"""The heat map in a real browser: pointer, finger and keys read the numbers that the details hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from pytest_zrc.reports.phone_pairs import PhonePairs
from pytest_zrc.scoring.scores import Details
from tests.reports.conftest import PHONE, Open
from tests.reports.page_results import PHONES, make_results

RESULTS = make_results()


def _numbers(details: Details, phone: str, other: str) -> str:
    """Return what the readout must say, straight from the table."""
    table: dict[str, Sequence[Any]] = dict(details.tables["phone-pairs"])
    for a, b, error, cells, speakers in zip(*table.values(), strict=True):
        if (a, b) == (phone, other):
            many = ("" if cells == 1 else "s", "" if speakers == 1 else "s")
            return f"{100 * error:.2f} %|{cells} cell{many[0]}, {speakers} speaker{many[1]}"
    return "the same phone|" if phone == other else "not compared|"


def _read(page: Page) -> tuple[str, str, str]:
    """Return the phones that are looked at, and what is said of them."""
    said = "|".join(page.locator("#readout > *").all_text_contents())
    return page.locator("#phone").input_value(), page.locator("#other").input_value(), said


def _cells(page: Page) -> Locator:
    return page.locator(".cells:visible")


def _place(page: Page, row: int, column: int) -> dict[str, float]:
    """Return where the middle of a cell is, in the element."""
    field, cells = _cells(page).locator(".field").bounding_box(), _cells(page).bounding_box()
    assert field
    assert cells
    size = field["width"] / len(PHONES)
    return {"x": field["x"] - cells["x"] + (column + 0.5) * size, "y": field["y"] - cells["y"] + (row + 0.5) * size}


def _orders(details: Details) -> dict[str, list[str]]:
    pairs = PhonePairs.of(details)
    return {"error": pairs.by_error(), "name": pairs.by_name()}


@pytest.mark.parametrize("order", ["error", "name"])
def test_the_pointer_reads_every_cell(open_page: Open, order: str) -> None:
    page = open_page()
    page.select_option("#order", order)
    phones = _orders(RESULTS.details[0])[order]
    for row, phone in enumerate(phones):
        for column, other in enumerate(phones):
            _cells(page).hover(position=_place(page, row, column))  # type: ignore[arg-type]
            assert _read(page) == (phone, other, _numbers(RESULTS.details[0], phone, other))


def test_a_tap_reads_a_cell(open_page: Open) -> None:
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    phones = _orders(RESULTS.details[0])["error"]
    for row, column in ((0, 4), (3, 1), (4, 4)):
        _cells(page).tap(position=_place(page, row, column))  # type: ignore[arg-type]
        expected = _numbers(RESULTS.details[0], phones[row], phones[column])
        assert _read(page) == (phones[row], phones[column], expected)


def test_arrow_keys_move(open_page: Open) -> None:
    page = open_page()
    phones = _orders(RESULTS.details[0])["error"]
    _cells(page).click(position=_place(page, 1, 1))  # type: ignore[arg-type]
    row = column = 1
    steps = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
        row, column = max(0, row + steps[key][0]), column + steps[key][1]
        expected = _numbers(RESULTS.details[0], phones[row], phones[column])
        assert _read(page) == (phones[row], phones[column], expected)
    page.keyboard.press("End")
    assert _read(page)[1] == phones[-1]


def test_phones_can_be_chosen_by_name(open_page: Open) -> None:
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    page.select_option("#phone", "p")
    page.select_option("#other", "t")
    assert _read(page) == ("p", "t", _numbers(RESULTS.details[0], "p", "t"))
    mark = _cells(page).locator(".cell")
    phones = _orders(RESULTS.details[0])["error"]
    assert (mark.get_attribute("y"), mark.get_attribute("x")) == (str(phones.index("p")), str(phones.index("t")))


def test_the_chooser_shows_another_score_and_keeps_the_phones(open_page: Open) -> None:
    page = open_page()
    page.select_option("#phone", "p")
    page.select_option("#other", "t")
    for details in RESULTS.details:
        page.select_option("#subset", details.subset)
        page.select_option("#condition", details.condition)
        assert page.locator(".map:visible h3").all_text_contents() == [f"{details.subset} {details.condition}"]
        assert _read(page) == ("p", "t", _numbers(details, "p", "t"))


def test_it_begins_with_the_worst_pair(open_page: Open) -> None:
    page = open_page()
    worst = PhonePairs.of(RESULTS.details[0]).worst(1)[0]
    assert _read(page)[:2] == (worst.phone, worst.other)
