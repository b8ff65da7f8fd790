"""Under pytest's own switches, and where nothing can be written: the same tests, the same scores."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin.conftest import CLEAN, Rates, Zrc, scores_of

TESTS = 14


def test_the_command_warns_of_nothing(zrc: Zrc) -> None:
    """As it would where pytest finds this package imported already, and -W error would end it."""
    command = (sys.executable, "-mpytest_zrc.cli", "run", "abxLS", "sub", f"--zrc-dataset={zrc.dataset}")
    result = zrc.pytester.run(*command, *CLEAN, "--zrc-validate-only", "-W", "error")
    result.assert_outcomes(passed=TESTS - 6)


@pytest.mark.parametrize(
    "switches",
    ["-W error", "--import-mode=importlib --strict-markers --strict-config"],
)
def test_switches_of_pytest(zrc: Zrc, expected: Rates, switches: str) -> None:
    test = "def test_there_arescores_of(zrc_scores): assert len(zrc_scores) == 6"
    for folder in ("one", "two"):  # modules of one name, as --import-mode=importlib allows
        path = zrc.pytester.mkdir(folder) / f"test_{'mine' if 'importlib' in switches else folder}.py"
        path.write_text(test, encoding="utf-8")
    zrc.run(*CLEAN, *switches.split()).assert_outcomes(passed=TESTS + 2)
    assert scores_of(zrc) == expected


def test_without_plugins_of_pytest(zrc: Zrc, expected: Rates) -> None:
    result = zrc.run(*CLEAN, "-p", "no:cacheprovider", "-p", "no:junitxml", "-p", "no:terminal")
    assert (result.ret, result.outlines, result.errlines) == (0, [], [])
    assert scores_of(zrc) == expected


@pytest.fixture
def read_only(zrc: Zrc) -> Iterator[list[str]]:
    """What to start a command with so that it cannot write in the folder where it is: a mount, or else permissions."""
    folder = zrc.pytester.path
    if os.geteuid():
        folder.chmod(0o555)
        (folder / "sub").chmod(0o555)
        yield []
        folder.chmod(0o755)
        (folder / "sub").chmod(0o755)
        return
    mounted = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", mounted, str(folder)]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mounts can be made here")
    yield command


def _run_in(zrc: Zrc, start: list[str], *args: str) -> subprocess.CompletedProcess[str]:
    options = ("--zrc-submission=./sub", f"--zrc-dataset={zrc.dataset}", *CLEAN, "-p", "no:cacheprovider")
    command = [*start, sys.executable, "-m", "pytest", *options, *args]
    return subprocess.run(command, cwd=zrc.pytester.path, capture_output=True, text=True, check=False)


def test_a_read_only_root_with_results_elsewhere(
    zrc: Zrc, expected: Rates, read_only: list[str], tmp_path: Path
) -> None:
    baseline = ("--zrc-baseline=base.json", "--zrc-update-baseline")
    run = _run_in(zrc, read_only, f"--zrc-scores={tmp_path / 'out'}", "-W", "error", *baseline)
    assert scores_of(zrc, str(tmp_path / "out")) == expected
    assert f"ERROR: the baseline could not be written to {zrc.pytester.path}/" in run.stdout
    assert f"{TESTS} passed" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert run.returncode == pytest.ExitCode.TESTS_FAILED


def test_a_read_only_root_and_no_place_for_results(zrc: Zrc, read_only: list[str]) -> None:
    run = _run_in(zrc, read_only)
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    start, end = f"ERROR: results cannot be written to {zrc.submission / 'scores'} (", "--zrc-scores=DIR"
    assert run.stderr.strip().startswith(start)
    assert run.stderr.strip().endswith(end)
    assert len(run.stderr.strip().splitlines()) == 1
