"""What params.yaml of abx17 and abx15 may say otherwise than that of abxLS."""

from __future__ import annotations

import pytest

from pytest_zrc.benchmarks.abx15 import ABX15
from pytest_zrc.benchmarks.abx17 import ABX17
from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.submission.params import default_parameters, describe_parameters, parse_parameters
from pytest_zrc.submission.yamlfile import YamlFile

BOTH = pytest.mark.parametrize("benchmark", [ABX17, ABX15], ids=lambda benchmark: benchmark.name)


@BOTH
@pytest.mark.parametrize("name", ["mode", "speaker_mode"])
def test_both_names_of_the_speaker_mode(benchmark: Benchmark, name: str) -> None:
    parameters, problems = parse_parameters(benchmark, YamlFile({name: "across"}))
    assert not problems
    assert parameters.speaker_mode == "across"


@BOTH
def test_both_names_at_once(benchmark: Benchmark) -> None:
    parameters, [problem] = parse_parameters(benchmark, YamlFile({"mode": "across", "speaker_mode": "within"}))
    assert (problem.kind, problem.field) == ("duplicate", "speaker_mode")
    assert parameters.speaker_mode == "within"


@BOTH
def test_wrong_value_goes_by_the_name_that_was_used(benchmark: Benchmark) -> None:
    _, [problem] = parse_parameters(benchmark, YamlFile({"mode": "both"}))
    assert (problem.kind, problem.field, problem.expected) == ("value", "mode", "one of all, within, across")


@BOTH
def test_there_is_no_context_to_choose(benchmark: Benchmark) -> None:
    _, [problem] = parse_parameters(benchmark, YamlFile({"context": "all"}))
    assert (problem.kind, problem.field) == ("unknown", "context")
    assert "mode," in problem.expected
    assert "speaker_mode" not in problem.expected


def test_abxls_has_no_mode() -> None:
    _, [problem] = parse_parameters(ABXLS, YamlFile({"mode": "all"}))
    assert problem.kind == "unknown"


@BOTH
def test_defaults_are_described_by_the_same_names(benchmark: Benchmark) -> None:
    assert list(default_parameters(benchmark)) == list(describe_parameters(benchmark))
    assert parse_parameters(benchmark, YamlFile(default_parameters(benchmark))) == (benchmark.defaults, [])


@pytest.mark.parametrize("name", ["score_phonetic", "score_phonetic.csv"])
def test_the_official_result_filename(name: str) -> None:
    parameters, problems = parse_parameters(ABX17, YamlFile({"result_filename": name}))
    assert not problems
    assert parameters == ABX17.defaults
