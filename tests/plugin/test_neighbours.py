"""Beside other plugins, where these are installed: the same scores, and every test reported once."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from tests.plugin.conftest import CLEAN, Rates, Zrc, scores_of


@pytest.mark.parametrize("workers", ["0", "2"])
def test_coverage_changes_no_score(zrc: Zrc, expected: Rates, workers: str) -> None:
    pytest.importorskip("pytest_cov")
    result = zrc.run(*CLEAN, "-n", workers, "--cov=pytest_zrc.scoring", "--cov-report=term")
    result.assert_outcomes(passed=14)
    result.stdout.fnmatch_lines(["TOTAL *%"])
    assert scores_of(zrc) == expected


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_random_order_changes_no_score(zrc: Zrc, expected: Rates, workers: str) -> None:
    pytest.importorskip("pytest_randomly")
    orders = []
    for seed in ("1", "2"):
        result = zrc.run(*CLEAN, "-n", workers, "-v", f"--randomly-seed={seed}", "--zrc-fresh")
        result.assert_outcomes(passed=14)
        orders.append([word for line in result.outlines for word in line.split() if word.startswith("abxLS::")])
        assert scores_of(zrc) == expected
    assert orders[0] != orders[1]
    assert set(orders[0]) == set(orders[1])


HANGING = """
    import time
    from pytest_zrc.scoring.scorer import Scorer

    score = Scorer.score

    def slow(self, subset, condition, *args):
        if condition.name == "triphone-within-across":
            time.sleep(60)
        return score(self, subset, condition, *args)

    Scorer.score = slow
"""


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_a_test_that_took_too_long_leaves_a_store_to_go_on_with(zrc: Zrc, expected: Rates, method: str) -> None:
    pytest.importorskip("pytest_timeout")
    hanging = zrc.pytester.makeconftest(HANGING)
    result = zrc.run(*CLEAN, "-p", "no:randomly", "--timeout=2", f"--timeout-method={method}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    computed = 1 if method == "thread" else 5  # a thread ends the process, a signal only the test
    if method == "signal":
        result.assert_outcomes(passed=13, failed=1)
        result.stdout.fnmatch_lines(["FAILED abxLS::dev-clean::triphone-within-across*Timeout*"])

    hanging.unlink()
    again = zrc.run(*CLEAN)
    again.assert_outcomes(passed=14)
    again.stdout.fnmatch_lines([f"{computed} scores were there already*"])
    assert scores_of(zrc) == expected


REPEATED = ("--reruns=2", "-p", "no:randomly")


@pytest.mark.parametrize("mode", [[], ["--reruns-mode=append"], ["--force-reruns=3"]])
def test_a_failing_check_is_not_repeated(zrc: Zrc, mode: list[str]) -> None:
    pytest.importorskip("pytest_rerunfailures")
    next((zrc.submission / "dev-clean").iterdir()).unlink()
    result = zrc.run(*CLEAN, *REPEATED, *mode)
    result.assert_outcomes(passed=7, failed=1, skipped=6)
    result.stdout.no_fnmatch_line("*rerun*in*s*")
    assert set(_junit(zrc).values()) == {1}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_gate_is_judged_once(zrc: Zrc, workers: str) -> None:
    pytest.importorskip("pytest_rerunfailures")
    zrc.pytester.makeconftest(LENIENT)
    result = zrc.run(*CLEAN, *REPEATED, "-n", workers, "--zrc-max=triphone-within-across=0.01")
    result.assert_outcomes(passed=14, failed=1)
    assert _junit(zrc)["max-triphone-within-across"] == 1
    assert [one["passed"] for one in zrc.scores()["gates"]] == [False]


LENIENT = """
    # What a second try would be let pass by.
    from dataclasses import replace
    from pytest_zrc.scoring.run import Run

    judge, tries = Run.verdict, []

    def second_try_passes(self, *args):
        tries.append(args)
        verdict = judge(self, *args)
        return verdict if len(tries) == 1 else replace(verdict, passed=True)

    Run.verdict = second_try_passes
"""


def test_tests_of_the_user_are_still_repeated(zrc: Zrc) -> None:
    pytest.importorskip("pytest_rerunfailures")
    zrc.pytester.makepyfile("tries = []\ndef test_mine(zrc_scores):\n    tries.append(1)\n    assert len(tries) == 3")
    result = zrc.run(*CLEAN, *REPEATED)
    result.assert_outcomes(passed=15)
    result.stdout.fnmatch_lines(["*2 rerun*"])


def _junit(zrc: Zrc) -> Counter[str | None]:
    report = ET.parse(zrc.submission / "scores" / "junit.xml")  # noqa: S314
    return Counter(case.get("name") for case in report.iter("testcase"))


@pytest.mark.usefixtures("all_plugins")
def test_hypothesis_beside_a_submission(zrc: Zrc, expected: Rates) -> None:
    pytest.importorskip("hypothesis")
    zrc.pytester.makepyfile(
        """
        from hypothesis import HealthCheck, given, settings, strategies as st

        @settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(subset=st.just("dev-clean"), condition=st.sampled_from(["triphone-within-within", "phoneme-any-across"]))
        def test_of_all_examples(zrc_scores, subset, condition):
            assert 0 <= zrc_scores[subset, condition] < 0.5
        """
    )
    zrc.run(*CLEAN).assert_outcomes(passed=15)
    assert scores_of(zrc) == expected
