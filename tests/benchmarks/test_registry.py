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
        "feature_size": 0.01,
        "max_size_group": 10,
        "max_x_across": 5,
        "speaker_mode": "all",
        "context": "all",
        "seed": 3459,
        "score_file_type": ".npy",
        "result_filename": "score_all_phonetic",
    }


def test_defaults_are_complete() -> None:
    assert list(Parameters().as_dict()) == list(find_benchmark("abxLS").defaults.as_dict())
