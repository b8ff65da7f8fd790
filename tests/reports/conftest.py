"""Comparisons of real runs over the demo, and a real browser for the page: Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pytest_zrc.comparison.several import Comparisons, compare_results
from pytest_zrc.comparison.sources import Source
from pytest_zrc.comparison.sweep import Sweep, compare_layers
from pytest_zrc.reports.page import report_page
from tests.reports.page_results import gated, make_results

PHONE, DESK = (390, 844), (1440, 900)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

Open = Callable[..., Page]


@pytest.fixture
def comparisons(sources: list[Source]) -> Comparisons:
    """Two systems compared with the first."""
    return compare_results(sources)


@pytest.fixture
def sweep(sources: list[Source]) -> Sweep:
    """Layers of which the second is the best."""
    plain, near, far = (source.results for source in sources)
    return compare_layers([Source("layer-1", far), Source("layer-2", plain), Source("layer-10", near)])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of the system; a test that needs it is skipped without one, unless ZRC_REQUIRE_CHROMIUM is set."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        reason = f"no Chromium is installed (looked for {', '.join(_NAMES)})"
        if os.environ.get("ZRC_REQUIRE_CHROMIUM"):
            pytest.fail(reason)
        pytest.skip(reason)
    # A root user, as in containers, has no sandbox.
    rooted = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=rooted)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with everything, as a file."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report_page(gated(make_results())), encoding="utf-8")
    return path


@pytest.fixture
def open_page(chromium: Browser, page_file: Path) -> Iterator[Open]:
    """Open the page, at a size and with options of Playwright's ``new_context``.

    Afterwards the test fails where anything stood on the console, or was asked for beside the file.
    """
    contexts, complaints = [], []

    def opened(size: tuple[int, int] = DESK, path: Path = page_file, **options: object) -> Page:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if _foreign(request.url, path) else None)
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


def _foreign(url: str, path: Path) -> bool:
    return not url.startswith("data:") and url.partition("#")[0] != path.as_uri()
