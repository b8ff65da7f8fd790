"""Options with = and with a space; and what the space does to pytest's root folder."""

from __future__ import annotations

import shutil
import sys

import pytest

from tests.plugin.conftest import Zrc


def test_with_spaces(zrc: Zrc) -> None:
    args = ["--zrc-submission", "./sub", "--zrc-benchmark", "abxLS", "--zrc-dataset", str(zrc.dataset), "--rootdir=."]
    assert zrc.pytester.runpytest_subprocess(*args, "--zrc-validate-only").ret == 0


def test_with_spaces_in_a_repository(zrc: Zrc) -> None:
    zrc.pytester.makepyprojecttoml("[tool.pytest.ini_options]\naddopts = '--strict-markers'")
    shutil.copytree(zrc.dataset, zrc.pytester.path / "data")
    args = ["--zrc-submission", "./sub", "--zrc-benchmark", "abxLS", "--zrc-dataset", "data", "--zrc-validate-only"]
    result = zrc.pytester.runpytest_subprocess(*args)
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"rootdir: {zrc.pytester.path}", "configfile: pyproject.toml"])


@pytest.mark.parametrize("settings", [True, False])
def test_a_space_that_would_move_the_root_folder_is_refused(
    zrc: Zrc, settings: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = zrc.pytester.mkdir("work")
    if settings:
        (work / "pytest.ini").write_text("[pytest]", encoding="utf-8")
    (zrc.submission / "pytest.ini").write_text("[pytest]", encoding="utf-8")
    monkeypatch.chdir(work)
    args = ["-q", "--zrc-submission", "../sub", f"--zrc-dataset={zrc.dataset}"]
    result = zrc.pytester.run(sys.executable, "-m", "pytest", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            f"ERROR: with a space before ../sub, pytest takes {zrc.submission} for its root folder and its settings; *",
            f"  pytest -q --zrc-submission=../sub --zrc-dataset={zrc.dataset}",
        ]
    )
    assert not (zrc.submission / ".pytest_cache").exists()
