"""Results made by hand, for tests of what is made from results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.gates.verdict import Kind, Verdict
from pytest_zrc.scoring.results import Results, standing_of
from pytest_zrc.scoring.scores import Score

ABXLS = BENCHMARKS["abxLS"]


def make_results(
    scores: Sequence[Score] = (),
    findings: Mapping[str, list[Finding]] | None = None,
    verdicts: Sequence[Verdict] = (),
    *,
    checks: Sequence[str] = ("meta", "params"),
    submission: str = "/repo/sub",
) -> Results:
    """Return results of abxLS; checks without findings have run and found nothing."""
    return Results(
        benchmark=ABXLS,
        profile=ABXLS.profile,
        submission=submission,
        parameters=ABXLS.defaults.as_dict(),
        device="cpu",
        versions={},
        dataset_digests={},
        checks=checks,
        findings={check: (findings or {}).get(check, []) for check in checks},
        scores=list(scores),
        standing=standing_of(ABXLS, ABXLS.profile, scores),
        verdicts=verdicts,
    )


def make_score(subset: str, condition: int, value: float | None, reason: str = "", *, blocked: bool = False) -> Score:
    """Return a score under the condition of abxLS with this number."""
    low, high = (None, None) if value is None else (value - 0.01, value + 0.01)
    return Score.of(subset, ABXLS.conditions[condition], value, reason=reason, blocked=blocked, low=low, high=high)


def make_verdict(
    subset: str, condition: int, *, passed: bool, gate: Kind = "max", text: str = "7 %, over 6 %"
) -> Verdict:
    """Return a verdict on such a score."""
    return Verdict(gate, subset, ABXLS.conditions[condition].name, passed, text, measured=0.07, limit=0.06)


def missing_file(name: str) -> Finding:
    """Return the finding that a feature file is missing."""
    return finding("ZRC-S02", name, subset="dev-clean", similar="", file_id="x")


def empty_field(line: int) -> Finding:
    """Return a recommendation on a line of meta.yaml."""
    problem, expected = "is empty", "an absolute URL"
    return finding("ZRC-M08", f"meta.yaml:{line} code_url", subset="", problem=problem, expected=expected)
