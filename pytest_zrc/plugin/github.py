"""What GitHub Actions shows of a run: annotations, and the summary of the job."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from pytest_zrc.gates.verdict import Kind
from pytest_zrc.plugin.controller import Controller
from pytest_zrc.plugin.options import Options
from pytest_zrc.reports.github import Setting, annotate
from pytest_zrc.reports.markdown import summary


def start(config: pytest.Config, controller: Controller, options: Options) -> None:
    """Register what the environment asks for."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        config.pluginmanager.register(_Annotations(config, controller, _settings(config, options)), "zrc-annotations")
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        config.pluginmanager.register(_StepSummary(controller, Path(path)), "zrc-step-summary")


def _settings(config: pytest.Config, options: Options) -> dict[Kind, Setting]:
    """Return where the gates are set: limits in the ini file, unless the command line gave them; the baseline."""
    settings: dict[Kind, Setting] = {}
    if config.inipath and config.getini("zrc_max") and not config.getoption("zrc_max"):
        lines = config.inipath.read_text(encoding="utf-8").splitlines()
        line = next((number for number, text in enumerate(lines, 1) if text.lstrip().startswith("zrc_max")), None)
        settings["max"] = Setting(config.inipath.resolve(), line)
    if options.baseline:
        settings["baseline"] = Setting(options.baseline.resolve())
    return settings


class _Annotations:
    """Prints the annotations when everything else has been printed."""

    def __init__(self, config: pytest.Config, controller: Controller, settings: Mapping[Kind, Setting]) -> None:
        self._config, self._controller, self._settings = config, controller, settings

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None]:
        """Print them, each at the beginning of a line."""
        yield
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or self._controller.outcome is None:
            return
        workspace = Path(os.environ.get("GITHUB_WORKSPACE") or self._config.rootpath).resolve()
        for annotation in annotate(self._controller.outcome, workspace, self._settings):
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
