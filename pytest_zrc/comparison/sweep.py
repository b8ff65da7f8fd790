"""Layers of a model, compared with the best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product

from pytest_zrc.benchmarks.model import Condition
from pytest_zrc.comparison.paired import Difference, paired_interval, why_not_comparable
from pytest_zrc.comparison.several import mean, require_same_kind, valued
from pytest_zrc.comparison.sources import Source
from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Details, Score


@dataclass(frozen=True, slots=True)
class Point:
    """The score of a layer, compared with that of the best layer.

    Attributes:
        layer: its name.
        score: the error rate, a fraction.
        low, high: its own 95 % interval, fractions; ``None`` where there is none.
        from_best: what it differs by from the best layer's score.
    """

    layer: str
    score: float
    low: float | None
    high: float | None
    from_best: Difference


@dataclass(frozen=True, slots=True)
class Curve:
    """The scores of all layers under a condition.

    Attributes:
        subset: its name.
        condition: what is compared.
        points: of the layers that have a score, in the order of the layers.
        best: the one of the lowest error rate; of equals the first.
    """

    subset: str
    condition: Condition
    points: tuple[Point, ...]
    best: Point

    def at(self, layer: str) -> Point | None:
        """Return the point of a layer, if it has one."""
        return next((one for one in self.points if one.layer == layer), None)

    @property
    def equals(self) -> list[Point]:
        """Return the other layers that cannot be told from the best one."""
        return [one for one in self.points if one is not self.best and one.from_best.outcome == "not distinguishable"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Layers of a model.

    Attributes:
        benchmark, profile: of all of them.
        layers: their names, in order.
        curves: one for each subset and condition, in the order of the benchmark.
        means: by layer, the mean of its scores, for the layers that have all of them; the lowest first.
        left_out: why layers, or scores of theirs, are not there, by their name.
    """

    benchmark: str
    profile: str
    layers: tuple[str, ...]
    curves: tuple[Curve, ...]
    means: Mapping[str, float]
    left_out: Mapping[str, str]


def compare_layers(layers: Sequence[Source], condition: str = "*", unscored: Sequence[str] = ()) -> Sweep:
    """Compare layers with the best of them, under each condition.

    Args:
        layers: in order.
        condition: a glob that the names of the conditions to compare match, as ``triphone-*-across``.
        unscored: names of layers that have no results.

    Raises:
        ZrcError: there are fewer than two layers with scores of the same kind.
    """
    scored = [layer for layer in layers if valued(layer.results)]
    if len(scored) < 2:
        raise ZrcError(
            f"a sweep needs two layers with scores, there {'is 1' if scored else 'are none'}: "
            "score each layer with pytest --zrc-submission=DIR/layers/NAME"
        )
    first = scored[0]
    for other in scored[1:]:
        require_same_kind(first, other)
    without = [*unscored, *(layer.name for layer in layers if layer not in scored)]
    left_out = dict.fromkeys(without, "no scores")
    curves: list[Curve] = []
    for subset, one in _matching(scored, condition):
        entries = [_find(layer, subset, one) for layer in scored]
        reasons = {layer.name: _obstacle(entries, entry) for layer, entry in zip(scored, entries, strict=True)}
        left_out.update({f"{name} {subset} {one.name}": reason for name, reason in reasons.items() if reason})
        curves.append(_curve(one, [entry for entry in entries if entry and not reasons[entry.layer]]))
    return Sweep(
        benchmark=first.results.benchmark.name,
        profile=first.results.profile,
        layers=tuple(layer.name for layer in scored),
        curves=tuple(curves),
        means=_means([layer.name for layer in scored], curves),
        left_out=left_out,
    )


def _matching(layers: Sequence[Source], pattern: str) -> list[tuple[str, Condition]]:
    """Return the scores that a layer has, and whose conditions match."""
    known = {name for layer in layers for name in valued(layer.results)}
    benchmark = layers[0].results.benchmark
    names = [
        (subset.name, one)
        for subset, one in product(benchmark.subsets, benchmark.conditions)
        if (subset.name, one.name) in known
    ]
    found = [(subset, one) for subset, one in names if fnmatchcase(one.name, pattern)]
    if not found:
        conditions = ", ".join(dict.fromkeys(one.name for _, one in names))
        raise ZrcError(f"no condition that was scored matches {pattern!r}: there are {conditions}")
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """A score of a layer, and what it is made of."""

    layer: str
    results: Results
    score: Score
    value: float
    details: Details | None


def _find(layer: Source, subset: str, condition: Condition) -> _Entry | None:
    name = subset, condition.name
    details = next((one for one in layer.results.details if (one.subset, one.condition) == name), None)
    for one in layer.results.scores:
        if (one.subset, one.condition) == name and one.score is not None:
            return _Entry(layer.name, layer.results, one, one.score, details)
    return None


def _obstacle(entries: Sequence[_Entry | None], entry: _Entry | None) -> str:
    """Return why a score is not compared with the others, a sentence; empty where it is."""
    if entry is None:
        return "it has no score"
    first = next(one for one in entries if one)
    return why_not_comparable(first.results, entry.results, entry.score.subset)


def _curve(condition: Condition, entries: Sequence[_Entry]) -> Curve:
    best = min(entries, key=lambda entry: entry.value)
    points = tuple(_point(entry, best) for entry in entries)
    return Curve(best.score.subset, condition, points, points[entries.index(best)])


def _point(entry: _Entry, best: _Entry) -> Point:
    score = entry.score
    interval = paired_interval(best.details, entry.details)
    difference = Difference(score.subset, score.condition, best.value, entry.value, *interval)
    return Point(entry.layer, entry.value, score.low, score.high, difference)


def _means(layers: Sequence[str], curves: Sequence[Curve]) -> dict[str, float]:
    scores = {layer: [one.score for curve in curves for one in curve.points if one.layer == layer] for layer in layers}
    means = {layer: mean(its) for layer, its in scores.items() if len(its) == len(curves)}
    return dict(sorted(means.items(), key=lambda one: one[1]))
