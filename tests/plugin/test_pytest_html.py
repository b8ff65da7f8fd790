"""The report of pytest-html shows what scores are made of, where it is installed and asked for."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from html import unescape
from typing import Any

import pytest

from tests.plugin.conftest import Zrc

pytestmark = pytest.mark.usefixtures("all_plugins")


def _cards(zrc: Zrc) -> dict[str, list[str]]:
    """Return the pieces of HTML that were added to each test."""
    page = (zrc.pytester.path / "report.html").read_text(encoding="utf-8")
    match = re.search(r'data-jsonblob="([^"]*)"', page)
    assert match
    tests: dict[str, list[dict[str, Any]]] = json.loads(unescape(match[1]))["tests"]
    return {
        name: [extra["content"] for result in results for extra in result["extras"]] for name, results in tests.items()
    }


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_score_has_its_interval_and_its_worst_pairs(zrc: Zrc, workers: str) -> None:
    zrc.run("-n", workers, "--html=report.html", "--self-contained-html", "--zrc-sets=dev", "--zrc-tasks=clean")
    cards = {name: found for name, found in _cards(zrc).items() if found}
    assert sorted(cards) == sorted(f"abxLS::dev-clean::{one['condition']}" for one in zrc.scores()["scores"])
    for score in zrc.scores()["scores"]:
        (card,) = cards[f"abxLS::dev-clean::{score['condition']}"]
        assert f"<strong>{100 * score['score']:.2f} %</strong>" in card
    details = {one["condition"]: one["tables"]["phone-pairs"] for one in zrc.read("details.json")["details"]}
    pairs = details["triphone-within-within"]
    worst = max(range(len(pairs["phone"])), key=lambda n: pairs["error_rate"][n])
    first = re.search(r"<tbody><tr>(.*?)</tr>", cards["abxLS::dev-clean::triphone-within-within"][0])
    assert first
    assert re.findall(r"<td>(.*?)</td>", first[1]) == [
        pairs["phone"][worst],
        pairs["other_phone"][worst],
        f"{100 * pairs['error_rate'][worst]:.2f}",
        str(pairs["cells"][worst]),
    ]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_all_pairs_are_plotted_where_matplotlib_is_installed(zrc: Zrc, workers: str) -> None:
    pytest.importorskip("matplotlib")
    zrc.run("-n", workers, "--html=report.html", "-k", "dev-clean and triphone-within-across")
    ((card,),) = _cards(zrc).values()
    image = re.search(r'<img alt="[\w ]+" src="data:image/png;base64,([^"]+)"', card)
    assert image
    assert b64decode(image[1], validate=True).startswith(b"\x89PNG\r\n")


def test_without_matplotlib_there_is_no_plot(zrc: Zrc) -> None:
    zrc.pytester.makeconftest(
        """
        import importlib.util

        find_spec = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *args: None if name == "matplotlib" else find_spec(name, *args)
        """
    )
    zrc.run("--html=report.html", "-k", "dev-clean and triphone-within-across")
    ((card,),) = _cards(zrc).values()
    assert "<table>" in card
    assert "<img" not in card


def test_extras_of_others_stay(zrc: Zrc) -> None:
    zrc.pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            report = yield
            if report.when == "call":
                report.extras = [{"format_type": "html", "content": "theirs", "extension": None}]
            return report
        """
    )
    zrc.run("--html=report.html", "--self-contained-html", "-k", "dev-clean and triphone-within-within")
    (cards,) = _cards(zrc).values()
    assert sorted(card[:6] for card in cards) == ["<div c", "theirs"]


def test_a_score_that_failed_has_none(zrc: Zrc) -> None:
    next((zrc.submission / "dev-clean").iterdir()).unlink()
    zrc.run("--html=report.html", "--self-contained-html", "-k", "dev-clean and triphone")
    assert not any(_cards(zrc).values())


@pytest.mark.parametrize("args", [["-p", "no:html"], []])
def test_without_such_a_report(zrc: Zrc, args: list[str]) -> None:
    zrc.run(*args, "-k", "dev-clean and triphone-within-within").assert_outcomes(passed=1, deselected=43)
    assert not (zrc.pytester.path / "report.html").exists()
