"""The page is one file, the same each time, in which nothing runs but its own script, whatever names data have."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import warnings
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.reports.page import report_page
from tests.reports.page_results import found, gated, make_results

ROOT = Path(__file__).resolve().parents[2]
ODD = ("</script><script>alert(1)</script>", "$x_", "<b>&amp;", '" onload="alert(1)', "語", "a'; b")


class _Elements(HTMLParser):
    """All elements of a page with their attributes, and all ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def odd() -> str:
    """A page of which every name is odd."""
    results = make_results(
        "demo", phones=ODD, speakers=[*ODD, *map(str, range(8)), "</svg><img src=x onerror=alert(1)>"]
    )
    results = found(replace(gated(results), submission=f"/tmp/{ODD[2]}"), where=ODD[0])  # noqa: S108 - a name only
    return report_page(results)


def test_the_same_results_make_the_same_page() -> None:
    results = gated(make_results())
    page = report_page(results)
    assert page == report_page(results)
    slower = [replace(score, seconds=99.0, memory=2**40, streamed=True) for score in results.scores]
    assert page == report_page(replace(results, scores=slower))


def test_it_is_small() -> None:
    phones = [f"ph{number}" for number in range(40)]
    assert len(report_page(make_results(phones=phones, speakers=list(map(str, range(40))))).encode()) < 3_000_000


def test_nothing_is_asked_from_elsewhere(odd: str) -> None:
    for tag, attributes in _Elements(odd).elements:
        assert tag not in ("link", "iframe", "object", "embed", "img", "base")
        for name in ("src", "href", "data", "action", "srcset"):
            value = attributes.get(name) or ""
            assert not value or value.startswith(("#", "data:image/png;base64,")), (tag, name)
    assert not re.search(r"@import|url\((?!#)", odd)


def test_the_policy_names_the_style_and_the_script(odd: str) -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', odd)
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for kind in ("style", "script"):
        content = re.findall(rf"<{kind}>(.*?)</{kind}>", odd, re.DOTALL)
        digest = b64encode(hashlib.sha256(content[-1].encode()).digest()).decode()
        assert len(content) == 1
        assert directives[f"{kind}-src"] == f"'sha256-{digest}'"
    assert directives["default-src"] == "'none'"


def test_names_are_data(odd: str) -> None:
    elements = _Elements(odd).elements
    assert [attributes.get("type") for tag, attributes in elements if tag == "script"] == ["application/json", None]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on") or name == "style"]
    (numbers,) = re.findall(r'id="numbers">(.*?)</script>', odd, re.DOTALL)
    assert set(json.loads(numbers)[0]["phones"]) == set(ODD)


def test_ids_are_unique(odd: str) -> None:
    ids = [attributes["id"] for _, attributes in _Elements(odd).elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', odd)
    assert {name for pair in used for name in pair if name} <= set(ids)


def test_settings_of_matplotlib_are_neither_used_nor_changed() -> None:
    results = make_results("demo")
    page = report_page(results)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}):
        before = mpl.rcParams.copy()
        assert report_page(results) == page
        assert mpl.rcParams.copy() == before


def test_pyplot_is_not_loaded() -> None:
    code = (
        "import sys; from pytest_zrc.reports.page import report_page\n"
        "from tests.reports.page_results import make_results\n"
        "assert 'matplotlib' not in sys.modules; report_page(make_results('demo'))\n"
        "assert 'matplotlib.figure' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_warnings_are_left_as_they_were() -> None:
    before = list(warnings.filters)
    report_page(make_results("demo", phones=ODD))
    assert warnings.filters == before


@pytest.mark.parametrize("name", ["jinja2", "matplotlib"])
def test_what_is_not_installed_is_told_in_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ZrcError, match=rf"cannot be made without {name}: pip install 'pytest-zrc\[report\]'"):
        report_page(make_results("demo"))
