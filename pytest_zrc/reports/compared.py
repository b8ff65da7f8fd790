"""Comparisons and sweeps as data, fractions, unrounded: JSON with everything, CSV with a row for each difference."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from pytest_zrc.comparison.paired import Difference
from pytest_zrc.comparison.several import Comparisons, Place
from pytest_zrc.comparison.sweep import Sweep
from pytest_zrc.scoring.scores import LEVEL

Record: TypeAlias = dict[str, Any]


def comparisons_json(comparisons: Comparisons) -> str:
    """Return everything, pairs of phones of each score included, with a line for each difference."""
    others = comparisons.others
    return _with_lines(
        {
            "benchmark": comparisons.benchmark,
            "profile": comparisons.profile,
            "level": LEVEL,
            "first": comparisons.first,
            "ranked_scores": comparisons.ranked_scores,
            "ranking": [_place(place) for place in comparisons.ranking],
            "differences": [
                {"result": other.name, **_difference(one), "pairs": _pairs(one)}
                for other in others
                for one in other.differences
            ],
            "pairs": [{"result": other.name, **asdict(one)} for other in others for one in other.pairs],
            "parameters": [{"result": other.name, **asdict(one)} for other in others for one in other.parameters],
            "left_out": [{"result": other.name, **one} for other in others for one in _left_out(other.left_out)],
        }
    )


def comparisons_csv(comparisons: Comparisons) -> str:
    """Return a row for each difference."""
    return _csv({"result": other.name, **_difference(one)} for other in comparisons.others for one in other.differences)


def sweep_json(sweep: Sweep) -> str:
    """Return everything, with a line for each score of each layer."""
    return _with_lines(
        {
            "benchmark": sweep.benchmark,
            "profile": sweep.profile,
            "level": LEVEL,
            "layers": sweep.layers,
            "means": sweep.means,
            "points": list(_points(sweep)),
            "left_out": list(_left_out(sweep.left_out)),
        }
    )


def sweep_csv(sweep: Sweep) -> str:
    """Return a row for each score of each layer."""
    return _csv(_points(sweep))


def _place(place: Place) -> Record:
    return {
        "rank": place.rank,
        "result": place.name,
        "mean": place.mean,
        "difference": place.difference,
        "outcomes": dict(place.outcomes),
    }


def _difference(one: Difference) -> Record:
    return {
        "subset": one.subset,
        "condition": one.condition,
        "before": one.before,
        "after": one.after,
        "difference": one.difference,
        "low": one.low,
        "high": one.high,
        "outcome": one.outcome,
        "obstacle": one.obstacle,
    }


def _pairs(one: Difference) -> list[Record]:
    return [asdict(pair) for pair in one.pairs]


def _points(sweep: Sweep) -> Iterator[Record]:
    for curve in sweep.curves:
        for point in curve.points:
            yield {
                "subset": curve.subset,
                "condition": curve.condition.name,
                "layer": point.layer,
                "score": point.score,
                "low": point.low,
                "high": point.high,
                "best": point is curve.best,
                "difference": point.from_best.difference,
                "difference_low": point.from_best.low,
                "difference_high": point.from_best.high,
                "outcome": point.from_best.outcome,
                "obstacle": point.from_best.obstacle,
            }


def _left_out(reasons: Mapping[str, str]) -> Iterator[Record]:
    return ({"name": name, "reason": reason} for name, reason in reasons.items())


def _with_lines(value: Record) -> str:
    """Return JSON in which each field, and each record in a list, has a line of its own."""
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {_lines(field)}" for name, field in value.items()) + "\n}\n"


def _lines(field: object) -> str:
    if not isinstance(field, list) or not field:
        return json.dumps(field, ensure_ascii=False)
    return "[\n" + ",\n".join(json.dumps(record, ensure_ascii=False) for record in field) + "\n]"


def _csv(records: Iterable[Record]) -> str:
    first, *rest = records
    text = io.StringIO()
    writer = csv.DictWriter(text, list(first), lineterminator="\n")
    writer.writeheader()
    writer.writerows([first, *rest])
    return text.getvalue()
