"""Choosing tests as pytest users do."""

from __future__ import annotations

import numpy as np
import pytest

from tests.plugin.conftest import Zrc


def _break(zrc: Zrc) -> None:
    np.save(zrc.submission / "dev-clean" / "dc0-0.npy", np.full((400, 8), np.nan))


def test_collect_only_lists_and_writes_nothing(zrc: Zrc) -> None:
    result = zrc.run_here("--co", "-q")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["abxLS::params", "abxLS::test-other::phoneme-any-across", "*44 tests collected*"])
    assert not (zrc.submission / "scores").exists()


def test_k_runs_what_a_score_needs_and_no_more(zrc: Zrc) -> None:
    result = zrc.run_here("-k", "dev-clean and triphone-within-across")
    result.assert_outcomes(passed=1, deselected=43)
    assert len(zrc.scores()["scores"]) == 1
    assert "test-other::files" in zrc.read("validation.json")["not_run"]


@pytest.mark.parametrize(
    ("ids", "passed"),
    [
        (["abxLS::meta"], 1),
        (["abxLS::dev-clean::files", "abxLS::test-other::phoneme-any-across"], 2),
        (["abxLS::dev-other"], 10),
    ],
)
def test_pasted_ids_run_these_tests_only(zrc: Zrc, ids: list[str], passed: int) -> None:
    zrc.pytester.makepyfile("def test_mine(): assert False")
    result = zrc.run_here(*ids)
    assert result.ret == 0
    result.assert_outcomes(passed=passed)


def test_pasted_ids_beside_files(zrc: Zrc) -> None:
    path = zrc.pytester.makepyfile("def test_mine(): pass")
    zrc.run_here("abxLS::meta", path.name).assert_outcomes(passed=2)


def test_an_unknown_id_is_refused(zrc: Zrc) -> None:
    result = zrc.run_here("abxLS::dev-clean::nothing")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no test is called abxLS::dev-clean::nothing: pytest --co *"])


def test_last_failed_runs_what_failed(zrc: Zrc) -> None:
    _break(zrc)
    zrc.run_here("--zrc-validate-only").assert_outcomes(passed=19, failed=1)
    result = zrc.run_here("--zrc-validate-only", "--lf")
    result.assert_outcomes(failed=1, deselected=19)
    result.stdout.fnmatch_lines(["*ZRC-A07 dev-clean/dc0-0.npy: 3200 NaN*"])


def test_x_stops_at_the_first_failure(zrc: Zrc) -> None:
    _break(zrc)
    result = zrc.run_here("-x")
    assert result.ret == 1
    result.assert_outcomes(passed=7, failed=1)


def test_q_is_quiet(zrc: Zrc) -> None:
    result = zrc.run_here("-q", "--zrc-validate-only", "-p", "no:cacheprovider")
    result.stdout.no_fnmatch_line("zrc: abxLS, validation*")
    result.stdout.fnmatch_lines(["20 passed in *"])


def test_sets_and_tasks_restrict_the_run(zrc: Zrc) -> None:
    result = zrc.run_here("--zrc-sets=dev,test", "--zrc-tasks", "other", "--co", "-q")
    result.stdout.no_fnmatch_line("*clean*")
    result.stdout.fnmatch_lines(["*24 tests collected*"])
