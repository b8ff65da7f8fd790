"""Several processes at one dataset, and processes that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pytest_zrc.datasets.install import flaw, installed
from pytest_zrc.datasets.places import datasets_folder, location
from tests.builders import TinyDataset
from tests.datasets.offers import list_in_registry, offer, start, zip_of
from tests.datasets.webserver import Fault, WebServer

NAME = "abxLS-dataset"
SCRIPT = """
import sys
from pytest_zrc.datasets.download import Listener
from pytest_zrc.datasets.install import pull
from pytest_zrc.datasets.registry import read_registry

address, name, until = sys.argv[1:]
doing = ""

def say(sentence):
    global doing
    doing = sentence

def progress(done, total):
    global until
    if doing.startswith(until) and 0 < done < total:
        until = "never again"
        print("half way", flush=True)
        input()

print(pull(read_registry(address).find(name), listener=Listener(say, progress)))
"""
"""Pulls a dataset, and waits for a line on its standard input when it is amid what begins with the last argument."""


@pytest.fixture
def address(server: WebServer, dataset: TinyDataset) -> str:
    """Return the address of a registry; the zip comes in many pieces."""
    return list_in_registry(server, offer(server, zip_of(dataset.root, padding=3 << 20)))


@contextmanager
def half_way(address: str, doing: str) -> Iterator[subprocess.Popen[str]]:
    """Give a process that is amid a pull."""
    command = [sys.executable, "-c", SCRIPT, address, NAME, doing]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half way\n"
        try:
            yield process
        finally:
            process.kill()


def zips_asked_for(server: WebServer) -> list[str]:
    return [headers.get("Range", "") for path, headers in server.asked if path != "/repo.json"]


def test_the_second_waits_and_finds_it(server: WebServer, address: str) -> None:
    with half_way(address, "unpacking") as first, start("pull", NAME, "--registry", address) as second:
        assert second.stderr is not None
        assert second.stderr.readline() == f"another process is at {NAME}: waiting for it\n"
        assert installed() == []
        assert first.communicate("\n")[0] == f"{location(NAME)}\n"
        output, errors = second.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert (output, errors) == (f"{location(NAME)}\n", f"{NAME} is installed already\n")
    assert zips_asked_for(server) == [""]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
@pytest.mark.parametrize(
    ("doing", "asked"), [("unpacking", lambda ranges: ranges == [""]), ("downloading", lambda ranges: ranges[1] != "")]
)
def test_killed_half_way(server: WebServer, address: str, doing: str, asked: Callable[[list[str]], bool]) -> None:
    with half_way(address, doing) as process:
        process.send_signal(signal.SIGKILL)
    assert installed() == []
    with start("pull", NAME, "--registry", address) as again:
        output, _ = again.communicate()
    assert (again.returncode, output) == (0, f"{location(NAME)}\n")
    assert asked(zips_asked_for(server))
    assert flaw(NAME) == ""
    left = [path for path in (datasets_folder() / ".pytest-zrc").rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are sent otherwise")
def test_an_interruption_says_how_to_go_on(server: WebServer, address: str) -> None:
    server.faults = [None, Fault(cut=2 << 20, stall=True)]
    with start("pull", NAME, "--registry", address) as process:
        assert process.stderr is not None
        while "60 %" not in process.stderr.readline():  # the last tenth before the server stalls
            pass
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert errors.endswith(f"interrupted; the same command goes on: pytest-zrc datasets pull {NAME}\n")
    assert "Traceback" not in errors
    [part] = Path(datasets_folder()).rglob("*.part")
    assert 1 << 20 < part.stat().st_size <= 2 << 20


def test_a_terminal_shows_a_bar(address: str) -> None:
    pty = pytest.importorskip("pty", reason="there are no terminals of this kind")
    ours, theirs = pty.openpty()
    with start("pull", NAME, "--registry", address, stderr=theirs) as process:
        os.close(theirs)
        shown = "".join(_pieces(ours))
        output, _ = process.communicate()
    os.close(ours)
    assert output == f"{location(NAME)}\n"
    assert "downloading http" in shown
    assert shown.count("100%") == 3  # downloaded, verified, unpacked


def _pieces(terminal: int) -> Iterator[str]:
    with suppress(OSError):  # which is how a terminal ends
        while piece := os.read(terminal, 1 << 16):
            yield piece.decode(errors="replace")
