"""What GitHub Actions shows of a run: the summary of the job, and annotations."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from pytest_zrc.gates.verdict import Kind
from pytest_zrc.plugin.controller import Controller
from pytest_zrc.plugin.options import Options
from pytest_zrc.reports.github import Setting, annotate
from pytest_zrc.reports.markdown import summary
from pytest_zrc.scoring.results import Results

_ACTIONS, _SUMMARY, _WORKSPACE = "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"


def start(config: pytest.Config, controller: Controller, options: Options) -> None:
    """Register the hook where the environment asks for something."""
    if os.environ.get(_ACTIONS) == "true" or os.environ.get(_SUMMARY):
        config.pluginmanager.register(_GitHub(config, controller, options), "zrc-github")


class _GitHub:
    """Tells GitHub when everything else has been told."""

    def __init__(self, config: pytest.Config, controller: Controller, options: Options) -> None:
        self._config, self._controller = config, controller
        self._settings = _settings(config, options)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None]:
        """Append the summary and print the annotations, each at the beginning of a line."""
        yield
        results = self._controller.outcome
        if results is None:
            return
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        for line in [*_append_summary(results), *self._annotations(results)]:
            if terminal is not None:
                terminal.write_line(line)

    def _annotations(self, results: Results) -> Iterator[str]:
        if os.environ.get(_ACTIONS) == "true":
            workspace = Path(os.environ.get(_WORKSPACE) or self._config.rootpath).resolve()
            yield from map(str, annotate(results, workspace, self._settings))


def _append_summary(results: Results) -> Iterator[str]:
    """Append to the summary of the job, to which others may have written; yield what went wrong."""
    path = os.environ.get(_SUMMARY)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"\n{summary(results)}")
    except OSError as error:
        yield f"the summary of the job could not be written to {path}: {error.strerror or error}"


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
