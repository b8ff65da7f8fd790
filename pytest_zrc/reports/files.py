"""The result files: the official ones, with their names, columns and rounding, and ours with everything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pytest_zrc.leaderboards.standing import Overall, Standing
from pytest_zrc.reports.markdown import summary
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import LEVEL, Details, Score
from pytest_zrc.scoring.stored import KEPT_TABLES


def report_files(results: Results) -> dict[str, str]:
    """Return the text of every result file by its name."""
    files = {"summary.md": summary(results)}
    if results.findings:
        files["validation.json"] = _json(_validation(results))
    if results.scores:
        name = str(results.parameters["result_filename"])
        files[f"{name}.csv"] = _csv(results)
        files[f"{name}.raw.json"] = _json([_official(score, results, score.score) for score in _valued(results)])
        files["scores.json"] = _json(_scores(results))
        files["details.json"] = details_text(results)
    return files


def details_text(results: Results) -> str:
    """Return what reports are made from beyond the scores, as JSON with a line for each score.

    Phone pairs and speakers, in columns, and the error rate in samples of speakers; eight decimals.
    """
    by_name = {(score.subset, score.condition): score for score in results.scores}
    records = [_detailed(by_name[one.subset, one.condition], one) for one in results.details]
    lines = ",\n".join(json.dumps(record, separators=(",", ":")) for record in records)
    return f'{{"details": [\n{lines}\n]}}\n'


def _detailed(score: Score, details: Details) -> dict[str, Any]:
    return {
        "subset": score.subset,
        "condition": score.condition,
        "profile": details.profile,
        "score": score.score,
        "draws": details.draws,
        "replicates": list(details.replicates),
        "tables": kept_tables(details),
    }


def kept_tables(details: Details) -> dict[str, dict[str, list[Any]]]:
    """Return the tables of details that are kept beside the scores, as they are read again."""
    kept = {name: table for name, table in details.tables.items() if name in KEPT_TABLES}
    return {name: {column: _rounded(values) for column, values in table.items()} for name, table in kept.items()}


def _rounded(values: Sequence[Any]) -> list[Any]:
    return [round(value, 8) if isinstance(value, float) else value for value in values]


def _valued(results: Results) -> list[Score]:
    return [score for score in results.scores if score.score is not None]


def _official(score: Score, results: Results, value: float | str | None) -> dict[str, Any]:
    """Return a score as a row with the columns of its benchmark."""
    benchmark = results.benchmark
    subset = next(one for one in benchmark.subsets if one.name == score.subset)
    known = {**results.parameters, **asdict(score), "set": subset.set, "task": subset.task, "score": value}
    return {column: known[name] for column, name in benchmark.columns.items()}


def _csv(results: Results) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, list(results.benchmark.columns), lineterminator="\n")
    table.writeheader()
    table.writerows(_official(score, results, f"{score.score:.4f}") for score in _valued(results))
    return text.getvalue()


def _scores(results: Results) -> dict[str, Any]:
    return {
        "benchmark": results.benchmark.name,
        "submission": results.submission,
        "validated": bool(results.checks),
        "profile": results.profile,
        "parameters": dict(results.parameters),
        "device": results.device,
        "model": results.model,
        "versions": dict(results.versions),
        "dataset_digest": results.dataset_digest,
        "subset_digests": dict(results.dataset_digests),
        "feature_digests": dict(results.feature_digests),
        "scores": [_unrounded(score) for score in _valued(results)],
        "missing": [
            {
                "subset": score.subset,
                "condition": score.condition,
                "reason": score.reason,
                "blocked": score.blocked,
            }
            for score in results.scores
            if score.score is None
        ],
        "gates": [asdict(verdict) for verdict in results.verdicts],
        "leaderboard": _leaderboard(results.standing),
    }


def _leaderboard(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    profile = standing.leaderboard.profile
    if standing.obstacle:
        return {"profile": profile, "not_compared": standing.obstacle}
    ranks = [
        {"subset": subset, "condition": condition, "rank": place.rank, "of": place.of}
        for (subset, condition), place in standing.ranks.items()
    ]
    return {"profile": profile, "ranks": ranks, "mean": _overall(standing.overall)}


def _overall(overall: Overall | None) -> dict[str, Any] | None:
    if overall is None:
        return None
    return {
        "percent": overall.mean,
        "scores": overall.scores,
        "rank": overall.rank.rank,
        "of": overall.rank.of,
        "best": {"model_id": overall.best.model_id, "percent": overall.best_mean},
    }


def _unrounded(score: Score) -> dict[str, Any]:
    return {
        "subset": score.subset,
        "condition": score.condition,
        "granularity": score.granularity,
        "context_mode": score.context_mode,
        "speaker_mode": score.speaker_mode,
        "score": score.score,
        "profile": score.profile,
        "interval": None if score.low is None else {"level": LEVEL, "low": score.low, "high": score.high},
        "cells": score.cells,
        "seconds": round(score.seconds, 3),
        "kernel": score.kernel,
        "memory": score.memory,
        "streamed": score.streamed,
        "distinct_frames": score.distinct_frames,
    }


def _validation(results: Results) -> dict[str, Any]:
    not_run = [name for name in results.checks if name not in results.findings]
    return {
        "benchmark": results.benchmark.name,
        "submission": results.submission,
        "valid": not results.errors and not not_run,
        "errors": len(results.errors),
        "warnings": len(results.warnings),
        "not_run": not_run,
        "checks": [{"name": name, "findings": len(found)} for name, found in results.findings.items()],
        "findings": [{"check": name, **asdict(one)} for name, found in results.findings.items() for one in found],
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
