"""Settings in the repository, and plain ``pytest``."""

from __future__ import annotations

import sys

import pytest

from tests.plugin.conftest import Zrc


@pytest.fixture
def repository(zrc: Zrc) -> Zrc:
    zrc.pytester.makepyprojecttoml(
        f"""
        [tool.pytest.ini_options]
        zrc_submission = "sub"
        zrc_benchmark = "abxLS"
        zrc_dataset = {str(zrc.dataset)!r}
        zrc_sets = "dev"
        zrc_tasks = "clean"
        zrc_scores = "out"
        zrc_validate_only = true
        """
    )
    return zrc


def test_plain_pytest_checks_the_submission(repository: Zrc) -> None:
    repository.pytester.runpytest_inprocess().assert_outcomes(passed=8)
    assert repository.read("validation.json", "out")["valid"]


def test_the_command_line_wins(repository: Zrc) -> None:
    repository.pytester.runpytest_inprocess("--zrc-tasks=other", "--zrc-sets=dev,test").assert_outcomes(passed=12)


def test_settings_are_relative_to_the_repository(repository: Zrc, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository.pytester.mkdir("below")
    monkeypatch.chdir(folder)
    repository.pytester.run(sys.executable, "-m", "pytest").assert_outcomes(passed=8)


def test_named_files_are_run_alone(repository: Zrc) -> None:
    path = repository.pytester.makepyfile("def test_mine(): pass")
    repository.pytester.runpytest_inprocess(path.name).assert_outcomes(passed=1)


def test_pasted_ids_work_with_settings(repository: Zrc) -> None:
    repository.pytester.runpytest_inprocess("abxLS::dev-clean::files").assert_outcomes(passed=1)
