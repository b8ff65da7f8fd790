"""Nothing in a submission is ever executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.conftest import Zrc

EVIL = "from pathlib import Path; Path({marker!r}).touch()"


def _plant(folder: Path, marker: Path) -> None:
    for name in ("conftest.py", "test_evil.py", "dev-clean/conftest.py", "scores/test_evil.py", "setup.py"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(EVIL.format(marker=str(marker)), encoding="utf-8")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_code_in_a_submission_is_not_run(zrc: Zrc, workers: str) -> None:
    marker = zrc.pytester.path / "executed"
    _plant(zrc.submission, marker)
    zrc.run("--zrc-sets=test", "-n", workers)
    zrc.run("--zrc-sets=test", "-n", workers, "abxLS::test-clean::files")
    assert not marker.exists()


def test_not_even_through_a_link(zrc: Zrc) -> None:
    marker = zrc.pytester.path / "executed"
    elsewhere = zrc.submission.rename(zrc.pytester.mkdir("elsewhere") / "sub")
    _plant(elsewhere, marker)
    zrc.submission.symlink_to(elsewhere)
    zrc.pytester.makeini("[pytest]\nnorecursedirs = elsewhere")
    zrc.run("--zrc-sets=test").assert_outcomes(passed=24)
    assert not marker.exists()


def test_not_even_in_a_folder_named_like_a_benchmark(zrc: Zrc) -> None:
    marker = zrc.pytester.path / "executed"
    folder = zrc.submission.rename(zrc.pytester.path / "abxLS")
    _plant(folder, marker)
    args = ["--zrc-submission=abxLS", f"--zrc-dataset={zrc.dataset}", "--zrc-sets=test", "--rootdir=."]
    zrc.pytester.runpytest_subprocess(*args, "abxLS::test-clean::files").assert_outcomes(passed=1)
    assert not marker.exists()


def test_a_folder_named_like_tests_is_refused_with_a_conftest(zrc: Zrc) -> None:
    marker = zrc.pytester.path / "executed"
    folder = zrc.submission.rename(zrc.pytester.path / "test-sub")
    _plant(folder, marker)
    result = zrc.pytester.runpytest_subprocess("--zrc-submission=test-sub", f"--zrc-dataset={zrc.dataset}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *test-sub is named like a folder of tests and holds a conftest.py*"])
    assert not marker.exists()
