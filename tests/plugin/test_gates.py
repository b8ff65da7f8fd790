"""Gates as tests: ``--zrc-max``, ``--zrc-baseline``, ``--zrc-tolerance``, ``--zrc-update-baseline``."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from tests.plugin.conftest import Zrc

CLEAN = ("--zrc-sets=dev", "--zrc-tasks=clean")
BASELINE = ("--zrc-baseline=base.json",)


def _worsen(zrc: Zrc, scale: float = 3, seed: int = 1) -> None:
    """Bury the features of dev-clean in noise."""
    noise = np.random.default_rng(seed)
    for path in sorted((zrc.submission / "dev-clean").glob("*.npy")):
        array = np.load(path)
        np.save(path, (array + noise.normal(scale=scale, size=array.shape)).astype(array.dtype))


@pytest.fixture
def gated(zrc: Zrc) -> Zrc:
    """A submission with a baseline."""
    assert zrc.run_here(*CLEAN, *BASELINE, "--zrc-update-baseline").ret == 0
    return zrc


def test_limits(zrc: Zrc) -> None:
    _worsen(zrc)
    result = zrc.run_here(*CLEAN, "--zrc-max=*=99", "--zrc-max", "triphone-*=0.5", "-k", "max")
    result.assert_outcomes(failed=2, passed=4, deselected=14)
    result.stdout.fnmatch_lines(
        [
            "dev-clean triphone-within-within: *% (95 % interval *) exceeds the limit of 0.50 % by *",
            "phone pairs with most errors: *",
            "gates: 4 of 6 passed",
            "FAILED abxLS::dev-clean::max-triphone-within-within*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_unchanged_submission_passes_every_gate(gated: Zrc) -> None:
    for tolerance in ("0", "0%", "ci", "paired"):
        result = gated.run_here(*CLEAN, *BASELINE, f"--zrc-tolerance={tolerance}")
        result.assert_outcomes(passed=20)


@pytest.mark.parametrize("tolerance", ["0.3", "5%", "ci", "paired"])
def test_a_regression_is_caught_with_every_tolerance(gated: Zrc, tolerance: str) -> None:
    _worsen(gated)
    result = gated.run_here(*CLEAN, *BASELINE, f"--zrc-tolerance={tolerance}", "-k", "baseline")
    result.assert_outcomes(failed=6, deselected=14)
    result.stdout.fnmatch_lines(
        ["dev-clean phoneme-any-across: * is * points above the * of the baseline*", "phone pairs that lost most: *"]
    )


def test_the_verdicts_are_in_the_results_and_in_junit(gated: Zrc) -> None:
    _worsen(gated)
    gated.run(*CLEAN, *BASELINE, "--zrc-max=*=99", "-n", "2")
    verdicts = gated.scores()["gates"]
    assert [(one["gate"], one["passed"]) for one in verdicts] == [("max", True), ("baseline", False)] * 6
    cases = {one.get("name"): one for one in ET.parse(gated.submission / "scores" / "junit.xml").iter("testcase")}  # noqa: S314
    case = cases["baseline-triphone-within-across"]
    found = {one.get("name"): float(one.get("value", "")) for one in case.iter("property")}
    assert case.find("failure") is not None
    assert found["measured_percent"] > found["limit_percent"] > found["baseline_percent"]


def test_a_missing_score_fails_its_gates(gated: Zrc) -> None:
    path = next((gated.submission / "dev-clean").glob("*.npy"))
    path.unlink()
    result = gated.run_here(*CLEAN, *BASELINE, "--zrc-max=*=99")
    result.stdout.fnmatch_lines(
        [
            "dev-clean triphone-within-within is missing: dev-clean is not valid: *",
            "FAILED abxLS::dev-clean::max-triphone-within-within*",
            "FAILED abxLS::dev-clean::baseline-triphone-within-within*",
        ]
    )
    assert len([one for one in gated.scores()["gates"] if not one["passed"]]) == 12


def test_a_submission_cannot_leave_conditions_out(gated: Zrc) -> None:
    with (gated.submission / "params.yaml").open("a", encoding="utf-8") as params:
        params.write("speaker_mode: within\n")
    result = gated.run_here(*CLEAN, *BASELINE, "--zrc-max=*=99", "-k", "max or baseline")
    result.assert_outcomes(passed=6, failed=6, deselected=11)
    result.stdout.fnmatch_lines(["*triphone-within-across is missing: params.yaml leaves this condition out"])


def test_a_baseline_of_another_dataset_is_refused(gated: Zrc, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(gated.dataset, other)
    items = next(other.rglob("triphone*dev-clean*.item"), None) or next(other.rglob("*.item"))
    lines = items.read_text(encoding="utf-8").splitlines()
    for path in other.rglob("*.item"):
        path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    assert len(lines) > 1
    result = gated.run_here(f"--zrc-dataset={other}", *CLEAN, *BASELINE, "-k", "baseline")
    result.stdout.fnmatch_lines(
        ["*not comparable with the baseline, as the item files of dev-clean differ: *--zrc-update-baseline"]
    )
    assert result.ret == 1


def test_updating_leaves_a_baseline_with_more_scores_alone(gated: Zrc) -> None:
    path = gated.pytester.path / "base.json"
    before = path.read_bytes()
    result = gated.run_here("--zrc-sets=dev", "--zrc-tasks=other", *BASELINE, "--zrc-update-baseline")
    result.stdout.fnmatch_lines(
        ["ERROR: the baseline was not written, as there is no score for dev-clean triphone-within-within and 5 more: *"]
    )
    assert result.ret == 1
    assert path.read_bytes() == before


def test_a_worse_submission_can_become_the_baseline(gated: Zrc) -> None:
    _worsen(gated)
    assert gated.run(*CLEAN, *BASELINE, "--zrc-update-baseline", "-n", "2").ret == 0
    assert gated.run_here(*CLEAN, *BASELINE).ret == 0
    assert json.loads((gated.pytester.path / "base.json").read_text(encoding="utf-8"))["profile"] == "librilight"


def test_settings_can_stand_in_the_ini_file(gated: Zrc) -> None:
    gated.pytester.makepyprojecttoml(
        f"""
        [tool.pytest.ini_options]
        zrc_submission = "sub"
        zrc_dataset = "{gated.dataset}"
        zrc_sets = "dev"
        zrc_tasks = "clean"
        zrc_max = ["*-within=99", "test-*::triphone-*=1"]
        zrc_baseline = "base.json"
        zrc_tolerance = "0.3"
        """
    )
    result = gated.pytester.runpytest_inprocess("-q")
    result.assert_outcomes(passed=23)
    result.stdout.fnmatch_lines(["gates: 9 of 9 passed"])


def test_checks_alone_have_no_gates(gated: Zrc) -> None:
    result = gated.run_here(*CLEAN, *BASELINE, "--zrc-max=*=1", "--zrc-validate-only")
    result.assert_outcomes(passed=8)


def test_a_gate_is_found_by_its_id(gated: Zrc) -> None:
    result = gated.run_here(*CLEAN, *BASELINE, "abxLS::dev-clean::baseline-phoneme-any-within", "-v")
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--zrc-max=6",), "--zrc-max=6: give a limit as PATTERN=PERCENT*"),
        (("--zrc-max=triphon*-x=6",), "--zrc-max=triphon[*]-x=6 holds for no score: the conditions are *"),
        (
            ("--zrc-baseline=none.json",),
            "no baseline at *none.json: write it with --zrc-update-baseline, and commit it",
        ),
        (("--zrc-tolerance=ci",), "--zrc-tolerance is about a baseline: give its file with --zrc-baseline=FILE"),
        (("--zrc-update-baseline",), "--zrc-update-baseline is about a baseline: *"),
        (("--zrc-baseline=sub/meta.yaml",), "*meta.yaml is not JSON: *"),
    ],
)
def test_what_cannot_be_a_gate_is_refused(zrc: Zrc, args: tuple[str, ...], message: str) -> None:
    result = zrc.run_here(*args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])
