"""Scores of one's own, from scores.json, to be put among published ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.errors import ZrcError, shown
from pytest_zrc.files import LARGEST_RESULTS, read_json
from pytest_zrc.leaderboards.board import ScoreName

_ADVICE = "give the scores.json of a run"


@dataclass(frozen=True, slots=True)
class OwnScores:
    """Scores that were computed, not published.

    Attributes:
        name: what they are called.
        profile: that they were made with.
        scores: in percent.
    """

    name: str
    profile: str
    scores: Mapping[ScoreName, float]


def read_own_scores(path: Path, benchmark: Benchmark) -> OwnScores:
    """Read a scores.json.

    Raises:
        ZrcError: it cannot be read, is no scores.json, is of another benchmark, or has no score.
    """
    stored = read_json(path, _ADVICE, LARGEST_RESULTS)
    try:
        name, profile, records = stored["benchmark"], str(stored["profile"]), stored["scores"]
        scores = dict(_percent(record, benchmark) for record in records) if name == benchmark.name else {}
    except (ArithmeticError, KeyError, TypeError, ValueError):
        raise ZrcError(f"{path} is not a file of scores: {_ADVICE}") from None
    if name != benchmark.name:
        raise ZrcError(f"{path} has scores of {shown(name)}, not of {benchmark.name}: {_ADVICE} over {benchmark.name}")
    if not scores:
        raise ZrcError(f"{path} has no score: {_ADVICE} that computed some")
    return OwnScores(str(path), profile, scores)


def _percent(record: Mapping[str, Any], benchmark: Benchmark) -> tuple[ScoreName, float]:
    """Return one score by its name; raises KeyError, TypeError or ValueError where it is none."""
    conditions = {(one.granularity, one.context, one.speaker): one.name for one in benchmark.conditions}
    condition = conditions[record["granularity"], record["context_mode"], record["speaker_mode"]]
    score = float(record["score"])
    if not 0 <= score <= 1:
        raise ValueError
    return (str(record["subset"]), condition), 100 * score
