"""Differences between two scores of the same comparisons, made on the same speakers.

Both scores move together when speakers change, so that their difference is surer than either of them: its interval is
that of the differences in the same samples of speakers (Efron and Tibshirani, An Introduction to the Bootstrap, 1993).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pytest_zrc.abx.bootstrap import percentile_interval
from pytest_zrc.abx.breakdown import PHONE_PAIRS
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import LEVEL, Details, Score

Outcome = Literal["better", "worse", "not distinguishable", "no interval"]


@dataclass(frozen=True, slots=True)
class PairChange:
    """What became of a pair of phones.

    Attributes:
        phone: of A and X.
        other_phone: of B.
        before, after: error rates, fractions.
    """

    phone: str
    other_phone: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        """Return by how much the error rate has grown."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a score.

    Attributes:
        subset, condition: its name.
        before, after: error rates, fractions.
        low, high: the 95 % interval of the difference, fractions; ``None`` where there is none.
        obstacle: why there is none, a sentence.
        pairs: of phones, the one that lost most first.
    """

    subset: str
    condition: str
    before: float
    after: float
    low: float | None = None
    high: float | None = None
    obstacle: str = ""
    pairs: tuple[PairChange, ...] = ()

    @property
    def difference(self) -> float:
        """Return by how much the error rate has grown."""
        return self.after - self.before

    @property
    def outcome(self) -> Outcome:
        """Return what the interval says: better or worse where it excludes 0."""
        if self.low is None or self.high is None:
            return "no interval"
        return "better" if self.high < 0 else "worse" if self.low > 0 else "not distinguishable"


def why_of_another_kind(before: Results, after: Results) -> str:
    """Return why no scores of two results can be compared, a sentence; empty where there is no such reason."""
    for name, ours, theirs in (
        ("benchmark", after.benchmark.name, before.benchmark.name),
        ("profile", after.profile, before.profile),
        ("version of the engine", after.versions.get("engine"), before.versions.get("engine")),
    ):
        if ours != theirs:
            return f"the {name} differs: {ours} here, {theirs} there"
    return ""


def why_not_comparable(before: Results, after: Results, subset: str) -> str:
    """Return why the scores of a subset are of different things, a sentence; empty where they can be compared."""
    if reason := why_of_another_kind(before, after):
        return reason
    if after.dataset_digests.get(subset) != before.dataset_digests.get(subset):
        return f"the item files of {subset} differ: the two were not scored on the same dataset"
    return ""


def differences(before: Results, after: Results) -> list[Difference]:
    """Compare the scores that two results have both, in the order of their benchmark.

    Those of subsets that cannot be compared (see ``why_not_comparable``) are left out.
    """
    theirs, its_details = _scores(before), _details(before)
    details = _details(after)
    return [
        difference(theirs[name], score, its_details.get(name), details.get(name))
        for name, score in _scores(after).items()
        if name in theirs and not why_not_comparable(before, after, score.subset)
    ]


def difference(
    before: Score, after: Score, details_before: Details | None = None, details_after: Details | None = None
) -> Difference:
    """Compare two scores of one name; what they are made of is needed for the interval and for pairs of phones.

    Raises:
        ValueError: one of the scores has no value.
    """
    if before.score is None or after.score is None:
        raise ValueError(f"{after.subset} {after.condition}: there is nothing to compare")
    low, high, obstacle = paired_interval(details_before, details_after)
    pairs = tuple(_changes(details_before, details_after))
    return Difference(after.subset, after.condition, before.score, after.score, low, high, obstacle, pairs)


def paired_interval(before: Details | None, after: Details | None) -> tuple[float | None, float | None, str]:
    """Return the two ends of the 95 % interval of a difference, fractions, or why there is none, a sentence."""
    if before is None or after is None:
        return None, None, "details.json is not there for both"
    if not before.replicates or not after.replicates:
        return None, None, "there are fewer than two speakers"
    if before.draws != after.draws or len(before.replicates) != len(after.replicates):
        return None, None, "the samples of speakers are not the same (another seed, or other speakers)"
    first, second = (np.array(one.replicates, dtype=np.float64) for one in (before, after))
    interval = percentile_interval(second - first, LEVEL)
    return (*interval, "") if interval else (None, None, "hardly a sample of speakers has a cell")


def _changes(before: Details | None, after: Details | None) -> Iterator[PairChange]:
    """Yield pairs of phones that both have, the one that lost most first."""
    if before is None or after is None:
        return
    theirs, ours = _pairs(before), _pairs(after)
    for phones in sorted(theirs.keys() & ours.keys(), key=lambda pair: (theirs[pair] - ours[pair], pair)):
        yield PairChange(*phones, theirs[phones], ours[phones])


def _pairs(details: Details) -> dict[tuple[str, str], float]:
    table = details.tables[PHONE_PAIRS]
    names = zip(table["phone"], table["other_phone"], strict=True)
    return dict(zip(names, table["error_rate"], strict=True))


def _scores(results: Results) -> dict[tuple[str, str], Score]:
    return {(one.subset, one.condition): one for one in results.scores if one.score is not None}


def _details(results: Results) -> dict[tuple[str, str], Details]:
    return {(one.subset, one.condition): one for one in results.details}
