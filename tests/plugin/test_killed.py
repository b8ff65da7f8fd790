"""A run that was killed is gone on with: what it has read and found is not read again."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.plugin.conftest import Zrc

# Four shards of a file each in every subset, and a log of the files that are read to the end.
SHARDS = """
import os
import signal

import pytest_zrc.checks.arrays
import pytest_zrc.checks.suite

pytest_zrc.checks.suite.FILES_PER_SHARD = 1
real = pytest_zrc.checks.arrays.open_features

def logged(path, *rest):
    with open("log.txt", "a") as log:
        log.write(f"{path.name}\\n")
    return real(path, *rest)

pytest_zrc.checks.arrays.open_features = logged

def pytest_runtest_logreport(report):
    if report.when == "call" and report.nodeid == os.environ.get("KILLED_AFTER"):
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(zrc: Zrc, monkeypatch: pytest.MonkeyPatch) -> Zrc:
    """A validation that was killed after three of sixteen files."""
    zrc.pytester.makeconftest(SHARDS)
    with monkeypatch.context() as patch:
        patch.setenv("KILLED_AFTER", "abxLS::dev-clean::arrays-03of04")
        zrc.run("--zrc-validate-only")
    assert _read(zrc) == ["dc0-0.npy", "dc0-1.npy", "dc1-0.npy"]
    return zrc


def _read(zrc: Zrc) -> list[str]:
    """Return the files that were read since the last look."""
    log = zrc.pytester.path / "log.txt"
    names = log.read_text(encoding="utf-8").split()
    log.unlink()
    return names


def test_the_next_run_reads_the_other_files(killed: Zrc) -> None:
    killed.run("--zrc-validate-only").assert_outcomes(passed=32)
    assert len(_read(killed)) == 13


def test_and_the_one_after_that_all_of_them(killed: Zrc) -> None:
    killed.run("--zrc-validate-only")
    _read(killed)
    killed.run("--zrc-validate-only")
    assert len(_read(killed)) == 16
    assert not list((killed.submission / "scores" / ".zrc").glob("shard-*"))


def test_what_has_changed_since_is_read_again(killed: Zrc) -> None:
    np.save(killed.submission / "dev-clean" / "dc0-1.npy", np.full((30, 4), np.nan, np.float32))
    result = killed.run("--zrc-validate-only")
    assert "dc0-1.npy" in _read(killed)
    result.stdout.fnmatch_lines(["*dc0-1.npy*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_fresh_reads_all(killed: Zrc) -> None:
    killed.run("--zrc-validate-only", "--zrc-fresh")
    assert len(_read(killed)) == 16


def test_what_a_killed_process_was_writing_goes_after_a_day(zrc: Zrc) -> None:
    results = zrc.submission / "scores"
    results.mkdir()
    old, young = results / ".scores.json.1-0.tmp", results / ".scores.json.2-0.tmp"
    for path in (old, young):
        path.touch()
    os.utime(old, (0, 0))
    zrc.run("--zrc-validate-only")
    assert not old.exists()
    assert young.exists()
