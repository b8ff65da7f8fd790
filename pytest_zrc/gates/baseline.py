"""The baseline: a file of scores that later ones are judged by, to be committed with the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pytest_zrc.abx.breakdown import PHONE_PAIRS
from pytest_zrc.errors import ZrcError
from pytest_zrc.gates.gates import SCORE_PARAMETERS
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import LEVEL, Details, Score
from pytest_zrc.scoring.stored import read_results

_DECIMALS = 6
_COLUMNS = ("phone", "other_phone", "error_rate")


def read_baseline(path: Path) -> Results:
    """Read a baseline.

    Raises:
        ZrcError: it cannot be read, or has no score.
    """
    if not path.exists():
        raise ZrcError(f"no baseline at {path}: write it with --zrc-update-baseline, and commit it")
    baseline = read_results(path)
    if not baseline.scores:
        raise ZrcError(f"{path} has no scores: write it anew with --zrc-update-baseline")
    return baseline


def baseline_text(results: Results, before: Results | None = None) -> str:
    """Return the baseline that holds these results, as JSON with a line for each score.

    Args:
        results: all that was scored.
        before: the baseline that is to be replaced.

    Raises:
        ZrcError: a score is missing, of these or of those that the one before has.
    """
    missing = [f"{one.subset} {one.condition}" for one in results.scores if one.score is None]
    known = {(one.subset, one.condition) for one in results.scores}
    left_out = [one for one in (before.scores if before else ()) if (one.subset, one.condition) not in known]
    missing += [f"{one.subset} {one.condition}" for one in left_out]
    if missing or not results.scores:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        what = f"there is no score for {missing[0]}{more}" if missing else "nothing was scored"
        raise ZrcError(f"the baseline was not written, as {what}: run again with all of them")
    head = {
        "benchmark": results.benchmark.name,
        "validated": False,  # that is not what it is about
        "profile": results.profile,
        "parameters": {name: results.parameters.get(name) for name in SCORE_PARAMETERS},
        "versions": dict(results.versions),
        "subset_digests": dict(results.dataset_digests),
    }
    scores = {(one.subset, one.condition): one for one in results.scores}
    parts = {
        "scores": [_score(one) for one in results.scores],
        "details": [_details(one, scores[one.subset, one.condition]) for one in results.details],
    }
    lists = ",\n".join(f'"{name}": [\n{_lines(records)}\n]' for name, records in parts.items())
    return f"{json.dumps(head, indent=2)[:-2]},\n{lists}\n}}\n"


def _lines(records: list[dict[str, Any]]) -> str:
    return ",\n".join(json.dumps(record, separators=(",", ":")) for record in records)


def _score(score: Score) -> dict[str, Any]:
    return {
        "subset": score.subset,
        "condition": score.condition,
        "score": score.score,
        "interval": None if score.low is None else {"level": LEVEL, "low": score.low, "high": score.high},
        "cells": score.cells,
        "profile": score.profile,
    }


def _details(details: Details, score: Score) -> dict[str, Any]:
    pairs = details.tables[PHONE_PAIRS]
    return {
        "subset": details.subset,
        "condition": details.condition,
        "profile": details.profile,
        "score": score.score,
        "draws": details.draws,
        "replicates": _rounded(details.replicates),
        "tables": {PHONE_PAIRS: {name: _rounded(pairs[name]) for name in _COLUMNS}},
    }


def _rounded(values: Any) -> list[Any]:  # noqa: ANN401 - a column of any type
    return [round(value, _DECIMALS) if isinstance(value, float) else value for value in values]
