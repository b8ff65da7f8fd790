"""The page in a real browser: it fits, it can be read, it prints."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page

from pytest_zrc.reports.page import report_page
from tests.reports.conftest import DESK, PHONE, Open
from tests.reports.page_results import all_missing, found, gated, make_results, without_scores

CONTRASTS = """
() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    throw new Error("no ground");
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("script")) continue;
    const style = getComputedStyle(element);
    const ink = light(rgb(element.closest("svg") ? style.fill : style.color));
    const paper = light(ground(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    found.push([ratio, element.outerHTML.slice(0, 80)]);
  }
  return found;
}
"""
VARIANTS = {
    "everything": gated(make_results()),
    "validation": found(without_scores(make_results())),
    "no details": replace(make_results(), details=[]),
    "all missing": all_missing(make_results()),
    "one subset": make_results("demo"),
    "many subsets": make_results("abx17", profile="abxpy2017"),
    "long names": replace(
        found(make_results("demo", phones=["a" * 60, "b" * 60], speakers=["s" * 200, "t"])), submission="x" * 300
    ),
}


@cache
def _page_of(variant: str) -> str:
    return report_page(VARIANTS[variant])


def _fits(page: Page) -> bool:
    widths: list[int] = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return widths[0] <= widths[1]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_is_wider_than_the_page(open_page: Open, tmp_path: Path, variant: str, size: tuple[int, int]) -> None:
    path = tmp_path / "report.html"
    path.write_text(_page_of(variant), encoding="utf-8")
    page = open_page(size, path)
    assert _fits(page)
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(open_page: Open, scheme: str) -> None:
    contrasts = open_page(color_scheme=scheme).evaluate(CONTRASTS)
    assert len(contrasts) > 300
    assert not [element for ratio, element in contrasts if ratio < 4.5]


def test_dark_is_dark(open_page: Open) -> None:
    def ground(scheme: str) -> int:
        page = open_page(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shown = page.locator(".cells:visible image:visible").evaluate_all(
            "all => all.map((one) => one.className.baseVal)"
        )
        assert shown == [scheme]
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    assert ground("dark") < 120
    assert ground("light") > 600


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prints_light_and_whole(open_page: Open, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    pdf = page.pdf(format="A4", print_background=True)
    assert pdf.startswith(b"%PDF-")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 15
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(254, 254, 254)"
    for hidden in ("nav", ".chooser", ".readout"):
        assert not page.locator(hidden).is_visible()
    assert page.locator(".worst:visible li").count() == 15
    assert page.locator(".cells:visible image:visible").count() == 1


def test_without_script_all_maps_are_there(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    assert page.locator(".map .worst:visible").count() == 24
    assert page.locator(".cells:visible").count() == 24
    assert not page.locator(".chooser").is_visible()
    assert page.locator("noscript p").is_visible()


def test_headings_are_in_order(open_page: Open) -> None:
    levels = open_page().locator("h1, h2, h3, h4").evaluate_all("all => all.map((one) => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
