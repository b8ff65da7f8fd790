"""Adds what concerns the run as a whole to pytest's JUnit report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol, runtime_checkable

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import temporary_for
from pytest_zrc.reports.junit import suite_properties
from pytest_zrc.scoring.results import Results


@runtime_checkable
class _SuiteLog(Protocol):
    """What writes the report. Pytest has no name for it, and its fixture does not reach out of xdist's workers.

    Attributes:
        logfile: where.
    """

    logfile: str

    def add_global_property(self, name: str, value: object) -> None:
        """Add a property of the suite."""


def add_suite_properties(config: pytest.Config, results: Results) -> None:
    """Add the properties of a run, if this process is going to write a report."""
    for log in _suite_logs(config):
        for name, value in suite_properties(results):
            log.add_global_property(name, value)


@contextmanager
def written_whole(config: pytest.Config) -> Iterator[None]:
    """Have pytest write the report under another name meanwhile: under its own it is there wholly, or as it was.

    Raises:
        ZrcError: it could not be written.
    """
    with ExitStack() as stack:
        for log in _suite_logs(config):
            if os.path.isfile(log.logfile) or not os.path.exists(log.logfile):  # no pipe, and not /dev/stdout
                stack.enter_context(_renamed(log))
        yield


@contextmanager
def _renamed(log: _SuiteLog) -> Iterator[None]:
    final = log.logfile
    place = Path(os.path.realpath(final))
    temporary = temporary_for(place)
    log.logfile = str(temporary)
    try:
        yield
        with suppress(FileNotFoundError):  # pytest has nothing to say
            os.replace(temporary, place)
    except OSError as error:
        if error.filename and Path(error.filename) not in (temporary, *temporary.parents):
            raise
        raise ZrcError(f"{final} could not be written: {error.strerror or error}") from None
    finally:
        log.logfile = final
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _suite_logs(config: pytest.Config) -> Iterator[_SuiteLog]:
    return (log for log in config.pluginmanager.get_plugins() if isinstance(log, _SuiteLog))
