"""Results with one score, made up to be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Details, Score

ABXLS = BENCHMARKS["abxLS"]
CONDITION = ABXLS.conditions[1]
SUBSET = "dev-clean"


def results(rate: float | None, spread: Sequence[float] = (-0.01, 0, 0.01), reason: str = "") -> Results:
    """Return results of one score.

    Args:
        rate: the score, a fraction.
        spread: by how much it is off in samples of speakers.
        reason: why there is no score.
    """
    low, high = (None, None) if rate is None or not spread else (rate + min(spread), rate + max(spread))
    score = Score.of(SUBSET, CONDITION, rate, low=low, high=high, reason=reason, profile="librilight")
    pairs: Mapping[str, Sequence[Any]] = {
        "phone": ["a", "b"],
        "other_phone": ["b", "a"],
        "error_rate": [rate, rate],
        "cells": [3, 4],
    }
    samples = [round(rate + by, 8) for by in spread] if rate is not None else []
    details = Details(SUBSET, CONDITION.name, "librilight", {"phone-pairs": pairs}, samples, "draws" if spread else "")
    return Results(
        benchmark=ABXLS,
        profile="librilight",
        submission="sub",
        parameters=ABXLS.defaults.as_dict(),
        device="cpu",
        versions={"engine": "3", "numpy": "2.0"},
        dataset_digests={SUBSET: "digest"},
        checks=(),
        findings={},
        scores=[score],
        details=() if rate is None else (details,),
    )


def with_pairs(before: Results, rates: Sequence[float]) -> Results:
    """Return results with other error rates of the pairs a-b and b-a."""
    tables = {"phone-pairs": {**before.details[0].tables["phone-pairs"], "error_rate": list(rates)}}
    return replace(before, details=(replace(before.details[0], tables=tables),))
