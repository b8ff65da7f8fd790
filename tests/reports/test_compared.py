"""Comparisons and sweeps as data."""

from __future__ import annotations

import csv
import json

import pytest

from pytest_zrc.comparison.several import Comparisons
from pytest_zrc.comparison.sweep import Sweep
from pytest_zrc.reports.compared import comparisons_csv, comparisons_json, sweep_csv, sweep_json


def test_json_has_every_difference_with_its_pairs(comparisons: Comparisons) -> None:
    stored = json.loads(comparisons_json(comparisons))
    assert (stored["benchmark"], stored["first"], stored["ranked_scores"]) == ("demo", "plain", 2)
    assert [place["result"] for place in stored["ranking"]] == ["plain", "near", "far"]
    expected = [(other.name, one) for other in comparisons.others for one in other.differences]
    for record, (name, one) in zip(stored["differences"], expected, strict=True):
        assert (record["result"], record["subset"], record["condition"]) == (name, one.subset, one.condition)
        assert (record["low"], record["high"], record["outcome"]) == (one.low, one.high, one.outcome)
        assert record["difference"] == record["after"] - record["before"]
        changes = [pair["after"] - pair["before"] for pair in record["pairs"]]
        assert sum(changes) / len(changes) == pytest.approx(record["difference"], abs=1e-7)
    assert len(stored["pairs"]) == sum(len(other.pairs) for other in comparisons.others)
    assert (stored["parameters"], stored["left_out"]) == ([], [])


def test_json_has_a_line_for_each_record(comparisons: Comparisons, sweep: Sweep) -> None:
    assert sum(line.startswith('{"result"') for line in comparisons_json(comparisons).splitlines()) > 4
    points = [line for line in sweep_json(sweep).splitlines() if line.startswith('{"subset"')]
    assert len(points) == 6


def test_csv_has_a_row_for_each_difference(comparisons: Comparisons) -> None:
    rows = list(csv.DictReader(comparisons_csv(comparisons).splitlines()))
    expected = [one for other in comparisons.others for one in other.differences]
    assert [row["result"] for row in rows] == ["near", "near", "far", "far"]
    assert [float(row["difference"]) for row in rows] == [one.difference for one in expected]
    assert [float(row["low"]) for row in rows] == [one.low for one in expected]


def test_points_of_a_sweep(sweep: Sweep) -> None:
    rows = list(csv.DictReader(sweep_csv(sweep).splitlines()))
    stored = json.loads(sweep_json(sweep))
    assert stored["layers"] == ["layer-1", "layer-2", "layer-10"]
    assert stored["means"] == dict(sweep.means)
    assert [(row["layer"], row["best"]) for row in rows[:3]] == [
        ("layer-1", "False"),
        ("layer-2", "True"),
        ("layer-10", "False"),
    ]
    for row, record in zip(rows, stored["points"], strict=True):
        assert {name: "" if value is None else str(value) for name, value in record.items()} == row
