"""Several results, each compared with the first."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import fsum
from typing import TypeAlias

from pytest_zrc.comparison.paired import Difference, Outcome, differences, why_not_comparable, why_of_another_kind
from pytest_zrc.comparison.pairs import PairTrend, pair_trends
from pytest_zrc.comparison.sources import Source
from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.results import Results

ScoreName: TypeAlias = tuple[str, str]

DRAWING = ("max_size_group", "max_x_across", "seed")
_SCORING = ("distance_mode", "pooling", "feature_size", *DRAWING)


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A parameter of the scoring that two results do not share."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Comparison:
    """Results compared with the first ones.

    Attributes:
        name: of the results.
        differences: of the scores that both have, in the order of their benchmark.
        pairs: of phones over all these scores, the one that made the mean worse by most first.
        parameters: that differ.
        left_out: why subsets, or scores, were not compared, by their name.
    """

    name: str
    differences: tuple[Difference, ...]
    pairs: tuple[PairTrend, ...]
    parameters: tuple[ParameterChange, ...]
    left_out: Mapping[str, str]

    @property
    def before(self) -> float:
        """Return the mean of the scores before."""
        return mean(one.before for one in self.differences)

    @property
    def after(self) -> float:
        """Return the mean of the scores after."""
        return mean(one.after for one in self.differences)

    @property
    def outcomes(self) -> Counter[Outcome]:
        """Count the differences by what their intervals say."""
        return Counter(one.outcome for one in self.differences)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of results among the others.

    Attributes:
        rank: from 1 on; the same for equals.
        name: of the results.
        mean: of the scores that all have, a fraction.
        difference: from the mean of the first.
        outcomes: of the differences of these scores; empty for the first itself.
    """

    rank: int
    name: str
    mean: float
    difference: float
    outcomes: Counter[Outcome]


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Several results, each compared with the first.

    Attributes:
        benchmark, profile: of all of them.
        first: the name of those that the others are compared with.
        others: the comparisons.
        ranking: of all results by the mean of the scores that all have; empty where there is no such score.
        ranked_scores: how many these are.
    """

    benchmark: str
    profile: str
    first: str
    others: tuple[Comparison, ...]
    ranking: tuple[Place, ...]
    ranked_scores: int


def compare_results(sources: Sequence[Source], condition: str = "*") -> Comparisons:
    """Compare results with the first ones.

    Args:
        sources: two or more.
        condition: a glob that the names of the conditions to compare match, as ``triphone-*-across``.

    Raises:
        ZrcError: two of them have nothing to compare.
    """
    first, *others = sources
    compared = tuple(_compare(first, other, condition) for other in others)
    names = set.intersection(*({(one.subset, one.condition) for one in other.differences} for other in compared))
    ranking = tuple(_rank(first.name, compared, names)) if names else ()
    results = first.results
    return Comparisons(results.benchmark.name, results.profile, first.name, compared, ranking, len(names))


def require_same_kind(first: Source, other: Source) -> None:
    """Raise ZrcError where no scores of two results can be compared."""
    if reason := why_of_another_kind(first.results, other.results):
        raise ZrcError(f"{other.name} cannot be compared with {first.name}: {reason}; score both alike")


def valued(results: Results) -> list[ScoreName]:
    """Return the names of the scores that have a value, in the order of the benchmark."""
    return [(one.subset, one.condition) for one in results.scores if one.score is not None]


def _compare(first: Source, other: Source, condition: str) -> Comparison:
    require_same_kind(first, other)
    every = differences(first.results, other.results)
    left_out = _left_out(first, other)
    found = tuple(one for one in every if fnmatchcase(one.condition, condition))
    if every and not found:
        names = ", ".join(dict.fromkeys(one.condition for one in every))
        raise ZrcError(f"no condition that was compared matches {condition!r}: there are {names}")
    if not found:
        reason = next(iter(left_out.values()), "neither has a score")
        raise ZrcError(f"{other.name} and {first.name} have no score that can be compared: {reason}")
    parameters = tuple(_parameters(first.results, other.results))
    return Comparison(other.name, found, pair_trends(found), parameters, left_out)


def _left_out(first: Source, other: Source) -> dict[str, str]:
    """Return why subsets or single scores are not compared."""
    theirs, ours = set(valued(first.results)), set(valued(other.results))
    left_out: dict[str, str] = {}
    for subset, condition in dict.fromkeys((*valued(first.results), *valued(other.results))):
        has = [any(name == subset for name, _ in names) for names in (theirs, ours)]
        if not all(has):
            left_out[subset] = f"it has scores in {(first if has[0] else other).name} only"
        elif reason := why_not_comparable(first.results, other.results, subset):
            left_out[subset] = reason
        elif (subset, condition) not in theirs & ours:
            only = first if (subset, condition) in theirs else other
            left_out[f"{subset} {condition}"] = f"it has a score in {only.name} only"
    return left_out


def _parameters(before: Results, after: Results) -> Iterable[ParameterChange]:
    for name in _SCORING:
        theirs, ours = before.parameters.get(name), after.parameters.get(name)
        if theirs != ours:
            yield ParameterChange(name, theirs, ours)


def _rank(first: str, compared: Sequence[Comparison], names: set[ScoreName]) -> list[Place]:
    shared = [[one for one in other.differences if (one.subset, one.condition) in names] for other in compared]
    before = mean(one.before for one in shared[0])
    means = [(first, before, Counter[Outcome]())]
    for other, its in zip(compared, shared, strict=True):
        means.append((other.name, mean(one.after for one in its), Counter(one.outcome for one in its)))
    means.sort(key=lambda entry: entry[1])
    ordered = [mean for _, mean, _ in means]
    return [
        Place(1 + bisect_left(ordered, mean), name, mean, mean - before, outcomes) for name, mean, outcomes in means
    ]


def mean(values: Iterable[float]) -> float:
    """Return the mean of error rates."""
    numbers = list(values)
    return fsum(numbers) / len(numbers)
