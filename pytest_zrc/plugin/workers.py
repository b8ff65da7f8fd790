"""The workers of xdist, on this machine or on others: what they are told, and what they must have."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_zrc import __version__
from pytest_zrc.errors import ZrcError
from pytest_zrc.plugin.options import TOLD, Options, for_workers
from pytest_zrc.scoring.run import Run
from pytest_zrc.submission.layout import META

RUN_ID, HERE = "zrc_run_id", "zrc_workers_here"

# Runs on the other machine, before anything of pytest does.
_LOOK = """
import os
try:
    from pytest_zrc import __version__ as version
except ImportError:
    version = ""
places, probe, secret = channel.receive()
try:
    with open(probe, encoding="utf-8") as file:
        shared = secret in file.read()
except OSError:
    shared = False
channel.send((version, [place for place in places if not os.path.exists(place)], shared))
"""
_PATIENCE = 60  # s


class Workers:
    """The hooks of xdist, in the process that starts its workers."""

    def __init__(self, run: Run, results: Path, options: Options) -> None:
        """Start workers for this run, with its results in this folder."""
        self._run, self._results, self._options = run, results.absolute(), options

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_newgateway(self, gateway: Any) -> None:  # noqa: ANN401 - a class of execnet
        """Raise UsageError where a worker on another machine could not take part."""
        if gateway.spec.popen:
            return
        store, case = self._run.store, self._run.case
        probe, secret = f"probe-{secrets.token_hex(4)}", secrets.token_hex()
        meta = case.submission.root / META
        places = [meta if meta.exists() else case.submission.root, case.dataset.root]
        try:
            store.put(probe, {"secret": secret})
            channel = gateway.remote_exec(_LOOK)
            channel.send(([str(place.absolute()) for place in places], str(store.path(probe).absolute()), secret))
            version, unseen, shared = channel.receive(_PATIENCE)
        except ZrcError as error:
            raise pytest.UsageError(str(error)) from None
        finally:
            store.discard(probe)
        for problem in self._problems(version, unseen, shared=shared):
            raise pytest.UsageError(f"the worker {gateway.id} ({_host(gateway.spec)}) {problem}")

    def _problems(self, version: str, unseen: list[str], *, shared: bool) -> Iterator[str]:
        if not version:
            yield "has no pytest-zrc: install it for the Python that runs there (//python=... names another one)"
        elif version != __version__:
            yield f"has pytest-zrc {version}, not {__version__}: install the same one there"
        places = unseen or ([] if shared else [str(self._results)])
        if places:
            yield f"does not see {places[0]} as it is here: workers need the same folders, by the same names"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - a class of xdist
        """Tell a worker which run it takes part in, and how many there are on its machine."""
        hosts = [_host(spec) for spec in node.nodemanager.specs]
        node.workerinput[TOLD] = for_workers(self._understood())
        node.workerinput[RUN_ID] = self._run.run_id
        node.workerinput[HERE] = hosts.count(_host(node.gateway.spec))

    @pytest.hookimpl(optionalhook=True, tryfirst=True)  # or else xdist shows a traceback
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ANN401 - a class of xdist
        """Raise UsageError where a worker cannot begin: xdist would start another one in its place, again and again."""
        _, found, sentence = str(error).rpartition(f"\n{pytest.UsageError.__module__}.UsageError: ")
        if found:
            raise pytest.UsageError(f"the worker {node.gateway.id} ({_host(node.gateway.spec)}): {sentence.strip()}")

    def _understood(self) -> Options:
        """Return the options with what this machine knows of its own: its environment is not that of the others."""
        run = self._run
        device = run.selection.device if run.selection.score else self._options.device
        return replace(self._options, dataset=run.case.dataset.root, device=device)


def _host(spec: Any) -> str:  # noqa: ANN401 - a class of execnet
    """Return what names the machine of a worker."""
    for kind in ("ssh", "vagrant_ssh", "socket", "via"):
        if place := getattr(spec, kind, None):
            return f"{kind}={place}"
    return "this machine"
