"""Results to make reports from, of every kind, without scoring anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.gates.verdict import Verdict
from pytest_zrc.scoring.results import Results, standing_of
from pytest_zrc.scoring.scores import NOT_COMPUTED, Details, Score

PHONES = ("aa", "b", "iy", "p", "t")
SPEAKERS = tuple(f"s{number}" for number in range(8))


def make_results(
    name: str = "abxLS", phones: Sequence[str] = PHONES, speakers: Sequence[str] = SPEAKERS, profile: str = ""
) -> Results:
    """Make results of a whole benchmark, with details; no two numbers in them are alike by chance."""
    benchmark = BENCHMARKS[name]
    profile = profile or benchmark.profile
    scores = [
        _score(benchmark, number, profile) for number in range(len(benchmark.subsets) * len(benchmark.conditions))
    ]
    return Results(
        benchmark=benchmark,
        profile=profile,
        submission="/home/someone/work/my-model",
        parameters=benchmark.defaults.as_dict(),
        device="cpu",
        versions={"pytest-zrc": "1", "engine": "3", "numpy": "2", "python": "3"},
        dataset_digests={subset.name: f"{number:064x}" for number, subset in enumerate(benchmark.subsets)},
        checks=["folders", "arrays"],
        findings={"folders": [], "arrays": []},
        scores=scores,
        standing=standing_of(benchmark, profile, scores),
        details=[make_details(score, number, phones, speakers) for number, score in enumerate(scores)],
    )


def make_details(
    score: Score, number: int = 0, phones: Sequence[str] = PHONES, speakers: Sequence[str] = SPEAKERS
) -> Details:
    """Make details of a score; one pair of phones was not compared."""
    pairs = [(a, b) for a in phones for b in phones if a != b][1:]
    roles = ("A, B and X",) if score.speaker_mode == "within" else ("A and B", "X")
    said = [(role, place, speaker) for role in roles for place, speaker in enumerate(speakers)]
    return Details(
        score.subset,
        score.condition,
        score.profile,
        {
            "phone-pairs": {
                "phone": [a for a, _ in pairs],
                "other_phone": [b for _, b in pairs],
                "error_rate": [0.6 * ((37 * place + number) % 101) / 101 for place in range(len(pairs))],
                "cells": [1 + (place + number) % 50 for place in range(len(pairs))],
                "speakers": [1 + (place + number) % 7 for place in range(len(pairs))],
            },
            "speakers": {
                "speaker": [speaker for _, _, speaker in said],
                "role": [role for role, _, _ in said],
                "error_rate": [0.9 if place == len(speakers) - 1 else 0.05 + 0.01 * place for _, place, _ in said],
                "cells": [10 for _ in said],
            },
        },
    )


def _score(benchmark: Benchmark, number: int, profile: str) -> Score:
    subset = benchmark.subsets[number // len(benchmark.conditions)]
    condition = benchmark.conditions[number % len(benchmark.conditions)]
    value = 0.03 + 0.00123 * number
    interval = {"low": value - 0.01, "high": value + 0.012}
    return Score.of(
        subset.name, condition, value, cells=10, seconds=1.5, kernel="numpy", profile=profile, memory=7, **interval
    )


def gated(results: Results) -> Results:
    """Add a gate that the first score passes, and one that the second fails."""
    first, second = results.scores[:2]
    assert first.score is not None
    assert second.score is not None
    verdicts = [
        Verdict("max", first.subset, first.condition, True, "", first.score, first.score + 0.01),
        Verdict(
            "baseline",
            second.subset,
            second.condition,
            False,
            "measured 3.12 %, 0.40 points more than the baseline.",
            second.score,
            second.score - 0.002,
            second.score - 0.004,
        ),
    ]
    return replace(results, verdicts=verdicts)


def without_scores(results: Results) -> Results:
    """Leave validation only."""
    return replace(results, scores=[], details=[], standing=None)


def all_missing(results: Results, reason: str = "dev-clean is not valid: ZRC-S01") -> Results:
    """Leave a reason instead of every score; the last one was not computed."""
    missing = [replace(score, score=None, low=None, high=None, reason=reason, blocked=True) for score in results.scores]
    missing[-1] = replace(missing[-1], reason=NOT_COMPUTED, blocked=False)
    standing = standing_of(results.benchmark, results.profile, missing)
    return replace(results, scores=missing, details=[], standing=standing)


def found(results: Results, severity: str = "error", number: int = 5, where: str = "dev-clean/a.npy") -> Results:
    """Add findings of one code."""
    code = {"error": "ZRC-S02", "warning": "ZRC-M01"}[severity]
    one = Finding(code, severity, where, "there is no such file", "one array for each file", "Extract it", "dev-clean")  # type: ignore[arg-type]
    return replace(results, findings={**results.findings, "folders": [one] * number})
