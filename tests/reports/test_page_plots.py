"""Plots by themselves, as other reports take them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import matplotlib.image
import pytest

from pytest_zrc.reports.palette import LIGHT
from pytest_zrc.reports.plots.phone_pairs import phone_pairs_png, phone_pairs_svg
from pytest_zrc.reports.plots.scores import scores_svg
from pytest_zrc.reports.plots.speakers import speaker_rows
from tests.reports.page_results import PHONES, all_missing, gated, make_results

SVG = "{http://www.w3.org/2000/svg}"


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - ours


def test_scores_are_one_file_with_a_panel_for_each_kind() -> None:
    texts = _texts(scores_svg(gated(make_results())))
    assert [text for text in texts if "-within" in text or "-any" in text] == [
        "triphone-within",
        "phoneme-within",
        "phoneme-any",
    ]
    assert texts.count("dev-clean") == 3


def test_a_dot_stands_where_its_score_is() -> None:
    """Two scores of one panel are as far apart as the ticks of its axis say."""
    results = make_results("demo")
    svg = scores_svg(replace(results, scores=results.scores[:2]))
    root = ET.fromstring(svg)  # noqa: S314 - ours
    ticks = {
        float(element.text): float(element.attrib["x"])
        for element in root.iter(f"{SVG}text")
        if element.text and re.fullmatch(r"[\d.]+", element.text)
    }
    low, high = min(ticks), max(ticks)
    pixels = (ticks[high] - ticks[low]) / (high - low)
    dots = sorted({float(element.attrib["x"]) for element in root.iter(f"{SVG}use")})
    values = [100 * (score.score or 0) for score in results.scores[:2]]
    assert dots == pytest.approx([ticks[low] + pixels * (value - low) for value in values], abs=0.01)


def test_a_failed_gate_is_seen() -> None:
    assert LIGHT["alert"] not in scores_svg(make_results())
    assert LIGHT["alert"] in scores_svg(gated(make_results()))


def test_colours_are_those_of_the_page_around() -> None:
    svg = scores_svg(gated(make_results()))
    assert set(re.findall(r'(?:fill|stroke)="([^v][^"]*)"', svg)) == {"none"}
    assert "style=" not in svg


def test_nothing_is_drawn_of_nothing() -> None:
    assert scores_svg(all_missing(make_results())) == ""
    details = replace(make_results().details[0], tables={})
    assert phone_pairs_svg(details) == ""
    assert phone_pairs_png(details) == b""


def test_phone_pairs_name_every_phone_twice() -> None:
    texts = _texts(phone_pairs_svg(make_results().details[0]))
    assert [texts.count(phone) for phone in PHONES] == [2] * len(PHONES)


def test_phone_pairs_are_a_picture_too() -> None:
    png = phone_pairs_png(make_results().details[0])
    assert png == phone_pairs_png(make_results().details[0])
    assert matplotlib.image.imread(io.BytesIO(png)).shape == (1120, 1120, 4)


def test_speakers_who_stand_out_are_found() -> None:
    rows = speaker_rows(make_results().details[:2])
    assert [row.label for condition in rows.values() for row in condition] == [
        "dev-clean",
        "dev-clean\nA and B",
        "dev-clean\nX",
    ]
    for row in (row for condition in rows.values() for row in condition):
        assert [name for _, name in row.outlying] == ["s7"]
        assert row.quartiles == pytest.approx((6.75, 8.5, 10.25))
