"""pytest-zrc params: the parameters of a submission are shown, judged and set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.cli import main
from pytest_zrc.submission.params import describe_parameters

TEXT = "# mine\r\nfeature_size: 0.01   # 10 ms\r\n\r\nmode:   within\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "my sub"
    root.mkdir()
    (root / "meta.yaml").write_text("benchmark_name: abx17\n", encoding="utf-8")
    (root / "params.yaml").write_bytes(TEXT.encode())
    return root


def params(*args: object) -> Result:
    return CliRunner().invoke(main, ["params", *map(str, args)])


def text_of(folder: Path) -> str:
    return (folder / "params.yaml").read_bytes().decode()


def row(result: Result, name: str) -> list[str]:
    [line] = [line for line in result.output.splitlines() if line.split()[0] == name]
    return line.split(maxsplit=3)


def test_every_parameter_is_shown_with_where_it_comes_from(folder: Path) -> None:
    result = params(folder)
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(describe_parameters(BENCHMARKS["abx17"]))
    assert row(result, "mode") == ["mode", "within", "line", "4   one of all, within, across"]
    assert row(result, "seed") == ["seed", "3459", "default", "a whole number"]


def test_scripts_read_json(folder: Path) -> None:
    found = json.loads(params(folder, "--json").output)
    assert (found["benchmark"], found["problems"]) == ("abx17", [])
    [mode] = [one for one in found["parameters"] if one["name"] == "mode"]
    assert (mode["value"], mode["default"], mode["line"]) == ("within", "all", 4)
    assert mode["expected"] == "one of all, within, across"


def test_problems_are_listed_as_the_checks_word_them(folder: Path) -> None:
    (folder / "params.yaml").write_text("seed: x\nfeature_siz: 0.01\nseed: 1\n", encoding="utf-8")
    result = params(folder)
    assert result.exit_code == 1
    found = result.output.splitlines()[-2:]
    assert found[0].startswith("ZRC-P04 params.yaml:3 seed: given again on line 3")
    assert found[1].startswith("ZRC-P02 params.yaml:2 feature_siz: no such parameter")
    assert "did you mean feature_size?" in found[1]
    as_json = params(folder, "--json")
    assert as_json.exit_code == 1
    assert [one["code"] for one in json.loads(as_json.output)["problems"]] == ["ZRC-P04", "ZRC-P02"]


def test_comments_stay_when_parameters_are_set(folder: Path) -> None:
    result = params(
        folder, "feature_size=0.02", "mode=across", "cuda=no", "max_x_across=null", "distance_mode=euclidian"
    )
    assert result.exit_code == 0
    changed = TEXT.replace("0.01", "0.02").replace("within", "across")
    assert text_of(folder) == f"{changed}cuda: false\r\nmax_x_across: null\r\ndistance_mode: euclidean\r\n"
    assert row(result, "max_x_across")[1] == "null"


def test_the_name_that_the_file_has_is_kept(folder: Path) -> None:
    assert params(folder, "speaker_mode=across").exit_code == 0
    assert text_of(folder) == TEXT.replace("within", "across")


def test_a_file_is_made_where_there_is_none(folder: Path) -> None:
    (folder / "params.yaml").unlink()
    assert row(params(folder), "feature_size")[2] == "default"
    assert not (folder / "params.yaml").exists()
    assert params(folder, "feature_size=1e-2").exit_code == 0
    assert text_of(folder) == "feature_size: 0.01\n"


def test_what_was_wrong_can_be_put_right(folder: Path) -> None:
    (folder / "params.yaml").write_text("seed: x  # y\nspeed: 1\n", encoding="utf-8")
    result = params(folder, "seed=3")
    assert result.exit_code == 1  # there is another one
    assert text_of(folder) == "seed: 3  # y\nspeed: 1\n"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["feature_size=20"], "feature_size is 20; expected the frame shift in seconds, from 0.0001 to 1"),
        (["cuda=1"], "cuda is 1; expected true or false"),
        (["seed=1", "cuda=x"], "cuda is 'x'; expected true or false"),
        (["speed=1"], "speed is no parameter; expected one of cuda, distance_mode, "),
        (["context=all"], "context is no parameter; "),
        (["pooling=mean", "distance_mode=identical"], "pooling is 'mean'; expected none: units, being identical"),
        (["mode=all", "speaker_mode=all"], "mode and speaker_mode name one parameter twice: give it once"),
        (["seed"], "'seed' sets nothing: write NAME=VALUE, as feature_size=0.01"),
        (["seed="], "'seed=' sets nothing: write NAME=VALUE"),
        (["seed=1", "seed=2"], "seed is set twice: give it once"),
        (["seed=[1"], "the value in 'seed=[1' cannot be read (line 1: "),
        (["seed=[1]"], "the value in 'seed=[1]' cannot be read (a list, not a text, "),
        (["seed=!!python/name:os.system"], "the value in 'seed=!!python/name:os.system' cannot be read ("),
    ],
)
def test_a_wrong_value_changes_nothing(folder: Path, settings: list[str], message: str) -> None:
    result = params(folder, *settings)
    assert result.exit_code == 2
    assert message in result.output.splitlines()[-1]
    assert text_of(folder) == TEXT


def test_no_submission(tmp_path: Path) -> None:
    result = params(tmp_path / "gone")
    assert (result.exit_code, result.output) == (
        2,
        f"Error: no submission at {tmp_path / 'gone'}: give a folder that is there\n",
    )


def test_the_benchmark_can_be_named(folder: Path) -> None:
    (folder / "meta.yaml").unlink()
    (folder / "params.yaml").unlink()
    result = params(folder)
    assert result.exit_code == 2
    assert result.output.endswith("give the benchmark with --benchmark=NAME\n")
    assert row(params(folder, "--benchmark", "abxls"), "context")[1] == "all"


@pytest.mark.parametrize("settings", [[], ["seed=1"]])
def test_a_file_that_cannot_be_read(folder: Path, settings: list[str]) -> None:
    (folder / "params.yaml").write_text("- a\n", encoding="utf-8")
    result = params(folder, *settings)
    assert result.exit_code == 2
    assert "(a list, not `field: value` lines): correct it, or remove it for the defaults" in result.output
    assert text_of(folder) == "- a\n"
