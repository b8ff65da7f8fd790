"""A sweep over layers on the terminal, and in Markdown."""

from __future__ import annotations

from dataclasses import replace

from pytest_zrc.comparison.sweep import Sweep
from pytest_zrc.reports.sweep import sweep_lines, sweep_markdown


def test_layers_by_conditions_with_the_best_marked(sweep: Sweep) -> None:
    lines = list(sweep_lines(sweep))
    assert lines[0] == "demo, profile librilight: ABX error rates in percent of 3 layers"
    assert lines[3].split() == ["demo", "triphone-within"]
    assert lines[4].split() == ["within", "across"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[5:11:2]}
    assert list(rows) == ["layer-1", "layer-2", "layer-10"]
    for place, curve in enumerate(sweep.curves):
        assert rows["layer-2"][place] == f"{100 * curve.best.score:.2f}*"
        assert rows["layer-10"][place].endswith("=") == bool(curve.equals)
        assert rows["layer-1"][place][-1].isdecimal()
    assert all(line.startswith("  95 % ") for line in lines[6:12:2])
    assert max(map(len, lines)) <= 100


def test_the_best_layer_of_each_condition_and_those_like_it(sweep: Sweep) -> None:
    equal = replace(sweep.curves[0], points=sweep.curves[0].points[1:])
    lines = list(sweep_lines(replace(sweep, curves=(equal, *sweep.curves[1:]))))
    row = next(line for line in lines if line.startswith("demo triphone-within-within"))
    others = ", ".join(point.layer for point in equal.equals) or "-"
    assert row.split(maxsplit=4)[2:] == ["layer-2", f"{100 * equal.best.score:.2f}", others]
    means = ", ".join(f"{layer} {100 * mean:.2f}" for layer, mean in sweep.means.items())
    assert lines[-1] == f"lowest means of 2 scores: {means}"


def test_what_is_missing_is_told(sweep: Sweep) -> None:
    first = replace(sweep.curves[0], points=sweep.curves[0].points[1:])
    gap = replace(sweep, curves=(first, sweep.curves[1]), left_out={"layer-1 demo x": "it has no score"})
    lines = list(sweep_lines(gap))
    assert next(line for line in lines if line.startswith("layer-1 ")).split()[1] == "-"
    assert lines[-1] == "not compared: layer-1 demo x: it has no score"


def test_a_layer_without_a_score_in_a_subset_has_no_row_there(sweep: Sweep) -> None:
    curves = tuple(replace(curve, points=curve.points[1:]) for curve in sweep.curves)
    assert not any(line.startswith("layer-1 ") for line in sweep_lines(replace(sweep, curves=curves)))


def test_markdown_has_the_same(sweep: Sweep) -> None:
    text = "\n".join(sweep_markdown(sweep))
    assert "| demo | triphone within within | triphone within across |\n| --- | ---: | ---: |" in text
    assert f"**{100 * sweep.curves[0].best.score:.2f}\\***<br>" in text
    assert "| demo triphone-within-within | layer-2 |" in text
