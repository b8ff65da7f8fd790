"""What a score is made of, in the report of pytest-html where that is written."""

from __future__ import annotations

import importlib.util
from collections.abc import Generator

import pytest

from pytest_zrc.plugin.collection import ScoreItem
from pytest_zrc.reports.card import score_card
from pytest_zrc.scoring.run import Run
from pytest_zrc.scoring.scores import Details


def start(config: pytest.Config, run: Run) -> None:
    """Register the hook, in every process, if pytest-html is going to write a report."""
    if config.pluginmanager.hasplugin("html") and getattr(config.option, "htmlpath", None):
        config.pluginmanager.register(_HtmlExtras(run), "zrc-html-extras")


class _HtmlExtras:
    """Adds extras to the reports of scores, with which they travel from xdist's workers."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add what a score is made of."""
        report = yield
        if isinstance(item, ScoreItem) and report.when == "call" and report.passed:
            from pytest_html import extras  # noqa: PLC0415 - installed here, and only here

            score = self._run.score(item.subset, item.condition)
            details = self._run.details(item.subset, item.condition)
            card = score_card(score, details, _plot(details))
            vars(report).setdefault("extras", []).append(extras.html(card))
        return report


def _plot(details: Details | None) -> bytes:
    """Return a plot of all pairs of phones, as PNG; empty where they are not known, or matplotlib is not installed."""
    if details is None or importlib.util.find_spec("matplotlib") is None:
        return b""
    from pytest_zrc.reports.plots.phone_pairs import phone_pairs_png  # noqa: PLC0415 - matplotlib takes a second

    return phone_pairs_png(details)
