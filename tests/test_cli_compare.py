"""The command pytest-zrc compare."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main
from pytest_zrc.comparison.sources import Source
from tests.scored import write_results

FORMS = ("--json", "--csv", "--markdown")


@pytest.fixture(autouse=True)
def _runs(tmp_path: Path, sources: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the results of three systems into the working folder, as those of submissions; and as layers of one."""
    for source in sources:
        write_results(tmp_path / source.name / "scores", source.results)
    for number, source in enumerate((sources[2], sources[0], sources[1]), 9):
        write_results(tmp_path / "model" / "layers" / f"layer-{number}" / "scores", source.results)
    monkeypatch.chdir(tmp_path)


def _compare(*args: str) -> Result:
    return CliRunner().invoke(main, ["compare", *args])


def test_two_results() -> None:
    result = _compare("plain", "far/scores/scores.json")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[2] == "far compared with plain"
    assert lines[4].startswith("demo  triphone-within-within    5.73 ")
    assert lines[4].endswith("  worse")
    assert lines[7] == "better: 0, worse: 2, not distinguishable: 0"


def test_a_folder_of_results_is_one_wherever_it_is() -> None:
    assert _compare("plain", "far").stdout == _compare("plain/scores", "far/scores").stdout


def test_several_results_are_ranked() -> None:
    lines = _compare("far", "plain", "near").stdout.splitlines()
    assert [line.split()[1] for line in lines[4:7]] == ["plain", "near", "far"]


def test_layers_are_compared_with_the_best() -> None:
    result = _compare("model")
    assert result.exit_code == 0
    assert result.stdout.startswith("demo, profile librilight: ABX error rates in percent of 3 layers\n")
    rows = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("layer-")]
    assert rows == ["layer-9", "layer-10", "layer-11"]
    assert "demo triphone-within-within  layer-10  " in result.stdout


@pytest.mark.parametrize("paths", [("plain", "far"), ("model",)])
def test_one_condition(paths: tuple[str, ...]) -> None:
    output = _compare(*paths, "--condition=*-across").stdout
    assert "across" in output
    assert "triphone-within-within" not in output


@pytest.mark.parametrize("paths", [("plain", "far"), ("model",)])
def test_data(paths: tuple[str, ...]) -> None:
    stored = json.loads(_compare(*paths, "--json").stdout)
    rows = list(csv.DictReader(_compare(*paths, "--csv").stdout.splitlines()))
    assert stored["benchmark"] == "demo"
    assert len(rows) == len(stored["differences" if len(paths) == 2 else "points"])


@pytest.mark.parametrize("paths", [("plain", "near", "far"), ("model",)])
def test_markdown(paths: tuple[str, ...]) -> None:
    result = _compare(*paths, "--markdown")
    assert result.exit_code == 0
    assert "\n| --- |" in result.stdout


def test_pairs() -> None:
    output = _compare("plain", "far", "--pairs=7").stdout
    assert output.count("worse in") == 7
    assert "worse in" not in _compare("plain", "far", "--pairs=0").stdout


@pytest.mark.parametrize("paths", [("plain", "far"), ("model",)])
def test_a_plot_is_written_beside_the_text(paths: tuple[str, ...]) -> None:
    result = _compare(*paths, "--plot=plots/new.svg")
    assert result.exit_code == 0
    assert result.stdout == _compare(*paths).stdout
    assert "triphone" in Path("plots/new.svg").read_text(encoding="utf-8")


def test_without_details_the_differences_are_shown_still() -> None:
    Path("far/scores/details.json").unlink()
    lines = _compare("plain", "far").stdout.splitlines()
    assert lines[-1] == "no interval for 2 differences: details.json is not there for both"


def _edit(path: str, **changes: object) -> None:
    stored = json.loads(Path(path).read_text(encoding="utf-8"))
    Path(path).write_text(json.dumps({**stored, **changes}), encoding="utf-8")


def test_another_profile_is_refused() -> None:
    _edit("far/scores/scores.json", profile="exact")
    result = _compare("plain", "near", "far")
    assert result.exit_code == 2
    assert result.output.splitlines()[-1] == (
        "Error: far cannot be compared with plain: the profile differs: exact here, librilight there; score both alike"
    )


def test_other_items_are_refused() -> None:
    _edit("far/scores/scores.json", subset_digests={"demo": "x"})
    result = _compare("plain", "far")
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith(
        "Error: far and plain have no score that can be compared: the item"
    )


def test_a_folder_without_scores_is_told_by_name() -> None:
    shutil.rmtree("model/layers/layer-9/scores")
    result = _compare("model")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "not compared: layer-9: no scores"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["plain", "none"], "none cannot be read (no such file): give the folder of a submission that was scored, or"),
        (["plain"], "no layers/ in plain: give two results to compare, or a folder with a submission a layer"),
        (["plain", "far", "--csv", "--json"], "--csv and --json are forms of the same: give one of them"),
        (["plain", "far", "--condition=x"], "no condition that was compared matches 'x': there are triphone-within-"),
        (["plain", "far", "--plot=x.jpg"], "x.jpg is no name for a plot: let it end with one of .svg, .png, .pdf"),
        (["plain", "far", "--plot=plain/scores/scores.json/x.svg"], "plain/scores/scores.json/x.svg cannot be written"),
        (["plain", "far", "--pairs=-1"], "Invalid value for '--pairs'"),
        ([], "Missing argument"),
    ],
)
def test_wrong_use_is_one_sentence(args: list[str], error: str) -> None:
    result = _compare(*args)
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith(f"Error: {error}")
