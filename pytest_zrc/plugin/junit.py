"""Adds what concerns the run as a whole to pytest's JUnit report."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import pytest

from pytest_zrc.reports.junit import suite_properties
from pytest_zrc.scoring.results import Results


@runtime_checkable
class _SuiteLog(Protocol):
    """What writes the report. Pytest has no name for it, and its fixture does not reach out of xdist's workers."""

    def add_global_property(self, name: str, value: object) -> None:
        """Add a property of the suite."""


def add_suite_properties(config: pytest.Config, results: Results) -> None:
    """Add the properties of a run, if this process is going to write a report."""
    for log in config.pluginmanager.get_plugins():
        if isinstance(log, _SuiteLog):
            for name, value in suite_properties(results):
                log.add_global_property(name, value)
