"""What the terminal shows at the end: the scores as a table, and what became of those that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pytest_zrc.gates.verdict import how_many_passed
from pytest_zrc.reports.columns import condition_heads, grid_row
from pytest_zrc.reports.standing import published_label, standing_lines
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import LEVEL, NOT_COMPUTED, Score

_INTERVAL = f"{100 * LEVEL:.0f} %"


def score_lines(results: Results) -> Iterator[str]:
    """Yield the table, subsets by conditions in percent; what gates say; each reason why scores are missing."""
    if any(score.score is not None for score in results.scores):
        yield from _table(results)
    if results.verdicts:
        yield f"gates: {how_many_passed(results.verdicts)}"
    yield from missing_lines(results)


def missing_lines(results: Results) -> Iterator[str]:
    """Yield one line for each reason why scores are missing."""
    for reason, scores in groupby(sorted(results.missing, key=_reason), key=_reason):
        names = [f"{score.subset} {score.condition}" for score in scores]
        yield f"no score for {names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {reason}"


def _reason(score: Score) -> str:
    return score.reason


def _table(results: Results) -> Iterator[str]:
    names = {score.condition for score in results.scores}
    conditions = [condition for condition in results.benchmark.conditions if condition.name in names]
    scores = {(score.subset, score.condition): score for score in results.scores}
    subsets = list(dict.fromkeys(score.subset for score in results.scores if score.reason != NOT_COMPUTED))
    standing = results.standing
    published = standing and standing.leaderboard.shown
    label = published_label(standing) if standing else "published"
    margin = max(map(len, [*subsets, label])) + 2
    yield f"ABX error rates in percent, profile {results.profile}, distance {results.parameters['distance_mode']}"
    yield from condition_heads(conditions, margin)
    for subset in subsets:
        of_subset = [scores[subset, condition.name] for condition in conditions]
        yield grid_row(subset, [_percent(score) for score in of_subset], margin)
        if any(score.low is not None for score in of_subset):
            yield grid_row(f"  {_INTERVAL}", [_interval(score) for score in of_subset], margin)
        if published:
            theirs = [published.scores.get((subset, condition.name)) for condition in conditions]
            yield grid_row(f"  {label}", ["-" if value is None else f"{value:.2f}" for value in theirs], margin)
    if standing:
        yield from standing_lines(standing)


def _percent(score: Score) -> str:
    return "-" if score.score is None else f"{100 * score.score:.2f}"


def _interval(score: Score) -> str:
    return "-" if score.low is None or score.high is None else f"{100 * score.low:.1f}-{100 * score.high:.1f}"
