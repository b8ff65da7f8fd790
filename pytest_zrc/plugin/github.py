"""What GitHub Actions shows of a run: annotations, and the summary of the job."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from pytest_zrc.plugin.controller import Controller
from pytest_zrc.reports.github import annotate
from pytest_zrc.reports.markdown import summary


def start(config: pytest.Config, controller: Controller) -> None:
    """Register what the environment asks for."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        config.pluginmanager.register(_Annotations(config, controller), "zrc-annotations")
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        config.pluginmanager.register(_StepSummary(controller, Path(path)), "zrc-step-summary")


class _Annotations:
    """Prints the annotations when everything else has been printed."""

    def __init__(self, config: pytest.Config, controller: Controller) -> None:
        self._config, self._controller = config, controller

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None]:
        """Print them, each at the beginning of a line."""
        yield
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or self._controller.outcome is None:
            return
        workspace = Path(os.environ.get("GITHUB_WORKSPACE") or self._config.rootpath).resolve()
        for annotation in annotate(self._controller.outcome, workspace):
            terminal.write_line(str(annotation))


class _StepSummary:
    """Appends to the summary of the job, to which other steps may have written."""

    def __init__(self, controller: Controller, path: Path) -> None:
        self._controller, self._path = controller, path

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Append it, and say so where that cannot be done."""
        if self._controller.outcome is None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{summary(self._controller.outcome)}")
        except OSError as error:
            reason = error.strerror or str(error)
            terminalreporter.write_line(f"the summary of the job could not be written to {self._path}: {reason}")
