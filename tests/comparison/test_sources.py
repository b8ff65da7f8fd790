"""Results to be compared are found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc.comparison.sources import Source, read_layers, read_sources, short_names
from pytest_zrc.errors import ZrcError
from tests.scored import write_results


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/runs/a", "/runs/b"], ["a", "b"]),
        (["/runs/a/scores", "/runs/b/scores/scores.json"], ["a", "b"]),
        (["/runs/1/sub", "/runs/2/sub"], ["1/sub", "2/sub"]),
        (["/runs", "/runs/old"], ["runs", "runs/old"]),
        (["/runs/a", "/runs/a/scores"], ["/runs/a", "/runs/a/scores"]),
        (["/runs/a/baseline.json", "/runs/a"], ["a/baseline.json", "a"]),
    ],
)
def test_names_tell_them_apart(paths: list[str], names: list[str]) -> None:
    assert short_names([Path(path) for path in paths]) == [str(Path(name)) for name in names]


def test_relative_names_stay_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "runs" / "deep")
    assert short_names([Path("a"), Path("../../b")]) == ["a", "b"]


def test_results_are_read(tmp_path: Path, sources: list[Source]) -> None:
    for source in sources[:2]:
        write_results(tmp_path / source.name / "scores", source.results)
    read = read_sources([tmp_path / "plain", tmp_path / "near" / "scores" / "scores.json"])
    assert [source.name for source in read] == ["plain", "near"]
    for source, original in zip(read, sources, strict=False):
        assert [one.score for one in source.results.scores] == [one.score for one in original.results.scores]
        assert source.results.details


def test_layers_come_in_the_order_of_their_numbers(tmp_path: Path, sources: list[Source]) -> None:
    for name in ("layer-10", "layer-2", "layer-1"):
        write_results(tmp_path / "layers" / name / "scores", sources[0].results)
    (tmp_path / "layers" / "layer-3" / "dev-clean").mkdir(parents=True)
    (tmp_path / "layers" / ".cache").mkdir()
    (tmp_path / "layers" / "notes.txt").touch()
    layers, unscored = read_layers(tmp_path)
    assert [layer.name for layer in layers] == ["layer-1", "layer-2", "layer-10"]
    assert unscored == ["layer-3"]


def test_damaged_layers_are_not_passed_over(tmp_path: Path, sources: list[Source]) -> None:
    folder = write_results(tmp_path / "layers" / "1" / "scores", sources[0].results)
    (folder / "scores.json").write_text("{", encoding="utf-8")
    with pytest.raises(ZrcError, match=r"scores\.json is not JSON"):
        read_layers(tmp_path)


def test_without_layers_two_results_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ZrcError, match=r"no layers/ in .*: give two results to compare, or a folder with"):
        read_layers(tmp_path)
