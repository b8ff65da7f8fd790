"""The benchmarks and their data."""

from __future__ import annotations

import pytest

from pytest_zrc.benchmarks.model import Benchmark, Parameters
from pytest_zrc.benchmarks.registry import BENCHMARKS, find_benchmark
from pytest_zrc.errors import ZrcError

EVERY = pytest.mark.parametrize("benchmark", BENCHMARKS.values(), ids=list(BENCHMARKS))


@pytest.mark.parametrize("name", ["abxLS", "abxls", "ABXLS", "test-abxLS", "TEST-ABXLS"])
def test_names(name: str) -> None:
    assert find_benchmark(name).name == "abxLS"


@pytest.mark.parametrize("name", ["", "abx", "test-", "abxLS ", "test-test-abxLS"])
def test_unknown_name_lists_the_known_ones(name: str) -> None:
    with pytest.raises(ZrcError) as error:
        find_benchmark(name)
    assert repr(name) in str(error.value)
    assert all(known in str(error.value) for known in BENCHMARKS)


@EVERY
def test_found_by_its_own_name(benchmark: Benchmark) -> None:
    assert BENCHMARKS[benchmark.name] is find_benchmark(benchmark.name) is benchmark


@EVERY
def test_names_are_distinct(benchmark: Benchmark) -> None:
    for names in (
        [subset.name for subset in benchmark.subsets],
        [(subset.set, subset.task) for subset in benchmark.subsets],
        [condition.name for condition in benchmark.conditions],
    ):
        assert len(set(names)) == len(names) > 0


def test_abxls_has_24_scores() -> None:
    benchmark = find_benchmark("abxLS")
    assert [subset.name for subset in benchmark.subsets] == ["dev-clean", "dev-other", "test-clean", "test-other"]
    assert (benchmark.sets, benchmark.tasks) == (("dev", "test"), ("clean", "other"))
    assert [condition.name for condition in benchmark.conditions] == [
        "triphone-within-within",
        "triphone-within-across",
        "phoneme-within-within",
        "phoneme-within-across",
        "phoneme-any-within",
        "phoneme-any-across",
    ]


def test_abxls_defaults_are_those_of_the_official_toolkit() -> None:
    assert find_benchmark("abxLS").defaults.as_dict() == {
        "cuda": True,
        "distance_mode": "cosine",
        "pooling": "none",
        "feature_size": 0.01,
        "max_size_group": 10,
        "max_x_across": 5,
        "speaker_mode": "all",
        "context": "all",
        "seed": 3459,
        "score_file_type": ".npy",
        "result_filename": "score_all_phonetic",
    }


def test_abx17_has_five_languages_of_three_durations() -> None:
    benchmark = find_benchmark("abx17")
    assert (benchmark.sets, benchmark.tasks) == (
        ("1s", "10s", "120s"),
        ("english", "french", "mandarin", "german", "wolof"),
    )
    assert [subset.name for subset in benchmark.subsets] == [
        f"{task}/{duration}" for task in benchmark.tasks for duration in benchmark.sets
    ]
    assert [subset.aliases for subset in benchmark.subsets[-6::3]] == [("LANG1/1s",), ("LANG2/1s",)]
    assert not any(subset.aliases for subset in benchmark.subsets[:-6])
    assert (benchmark.dataset, benchmark.profile) == ("zrc2017-test-dataset", "librilight")


def test_abx15_has_two_languages() -> None:
    benchmark = find_benchmark("abx15")
    assert [subset.name for subset in benchmark.subsets] == ["english", "xitsonga"]
    assert (benchmark.sets, benchmark.tasks) == (("test",), ("english", "xitsonga"))
    assert (benchmark.dataset, benchmark.profile, benchmark.text_times) == ("abx15-dataset", "abxpy2015", True)


@pytest.mark.parametrize(("name", "result"), [("abx17", "score_phonetic"), ("abx15", "score_abx15")])
def test_abx17_and_abx15_differ_from_abxls_in_conditions_and_results(name: str, result: str) -> None:
    benchmark = find_benchmark(name)
    assert [(one.name, one.kind, one.speaker) for one in benchmark.conditions] == [
        ("within", "triphone-within", "within"),
        ("across", "triphone-within", "across"),
    ]
    assert benchmark.defaults == Parameters(result_filename=result)


@EVERY
def test_every_score_stands_beside_its_profile(benchmark: Benchmark) -> None:
    assert {"score", "profile"} <= set(benchmark.columns)
    assert list(benchmark.columns)[-1] == "profile"


def test_defaults_are_complete() -> None:
    assert list(Parameters().as_dict()) == list(find_benchmark("abxLS").defaults.as_dict())
