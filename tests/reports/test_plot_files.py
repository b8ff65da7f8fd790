"""Plots of differences and of layers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest

from pytest_zrc.comparison.several import Comparisons
from pytest_zrc.comparison.sweep import Sweep
from pytest_zrc.errors import ZrcError
from pytest_zrc.reports.plots.curves import plot_sweep, short_labels
from pytest_zrc.reports.plots.files import require_plot
from pytest_zrc.reports.plots.forest import plot_comparisons

BEGINNINGS = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}


@pytest.fixture(params=["comparisons", "sweep"])
def draw(request: pytest.FixtureRequest, comparisons: Comparisons, sweep: Sweep) -> Callable[[str], bytes]:
    """Either plot, by suffix."""
    if request.param == "sweep":
        return lambda suffix: plot_sweep(sweep, suffix)
    return lambda suffix: plot_comparisons(comparisons, suffix)


def _texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_the_same_bytes_whatever_the_settings(draw: Callable[[str], bytes], suffix: str) -> None:
    content = draw(suffix)
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert draw(suffix) == content
        assert mpl.rcParams["font.size"] == 20
    assert content.startswith(BEGINNINGS[suffix])


def test_differences_name_conditions_and_results(comparisons: Comparisons) -> None:
    texts = _texts(plot_comparisons(comparisons, ".svg"))
    assert {"demo", "near", "far", "triphone-within-within", "triphone-within-across"} < set(texts)
    assert "ABX error rates compared with those of plain" in texts
    one = replace(comparisons, others=comparisons.others[:1])
    assert "ABX error rates of near compared with those of plain" in _texts(plot_comparisons(one, ".svg"))


def test_what_includes_0_is_hollow(comparisons: Comparisons) -> None:
    far = comparisons.others[1]
    clear, other = far.differences
    assert clear.outcome == "worse"
    hollow = replace(far, differences=(replace(clear, low=-0.01), other))
    before, after = (
        plot_comparisons(replace(comparisons, others=(one,)), ".svg").count(b"fill: #ffffff; stroke")
        for one in (far, hollow)
    )
    assert after == before + 1


def test_layers_have_a_panel_for_each_subset(sweep: Sweep) -> None:
    subsets = ["dev-clean", "dev-other", "test-clean", "test-other", "more"]
    curves = tuple(replace(curve, subset=subset) for subset in subsets for curve in sweep.curves)
    texts = _texts(plot_sweep(replace(sweep, curves=curves), ".svg"))
    assert [text for text in texts if text in subsets] == subsets
    assert texts.count("triphone within across") == 1
    assert texts.count("10") >= len(subsets)


def test_without_intervals_and_with_odd_names(comparisons: Comparisons, sweep: Sweep) -> None:
    others = tuple(
        replace(
            one, name=f"$x_{{{number} <&", differences=tuple(replace(d, low=None, high=None) for d in one.differences)
        )
        for number, one in enumerate(comparisons.others)
    )
    assert "$x_{1 <&" in _texts(plot_comparisons(replace(comparisons, others=others), ".svg"))
    curves = tuple(
        replace(curve, points=tuple(replace(point, low=None, high=None) for point in curve.points[:2]))
        for curve in sweep.curves
    )
    assert "demo" in _texts(plot_sweep(replace(sweep, curves=curves), ".svg"))


@pytest.mark.parametrize(
    ("layers", "labels"),
    [
        (["layer-1", "layer-2", "layer-10"], ["1", "2", "10"]),
        (["10", "11"], ["10", "11"]),
        (["conv", "layer-1"], ["conv", "layer-1"]),
        (["a1", "b2"], ["a1", "b2"]),
        (["conv", "context"], ["conv", "context"]),
    ],
)
def test_layers_that_differ_in_their_numbers_are_called_by_these(layers: list[str], labels: list[str]) -> None:
    assert short_labels(layers) == labels


def test_other_files_are_refused() -> None:
    require_plot(Path("plot.SVG"))
    with pytest.raises(ZrcError, match=r"plot\.jpg is no name for a plot: let it end with one of \.svg, \.png, \.pdf"):
        require_plot(Path("plot.jpg"))


def test_matplotlib_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ZrcError, match=r"without Matplotlib: pip install 'pytest-zrc\[report\]'"):
        require_plot(Path("plot.svg"))


def test_it_is_loaded_late_and_its_global_state_never() -> None:
    code = """
        import sys
        import pytest_zrc.cli
        assert "matplotlib" not in sys.modules
        from pytest_zrc.reports.plots.files import panels, styled, to_bytes
        with styled():
            to_bytes(panels(1, 1, 1, 1)[0], ".svg")
        assert "matplotlib" in sys.modules
        assert "matplotlib.pyplot" not in sys.modules
        """
    subprocess.run([sys.executable, "-c", dedent(code)], check=True)
