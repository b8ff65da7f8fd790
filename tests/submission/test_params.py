"""What params.yaml may say, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.model import Parameters
from pytest_zrc.submission.params import ParameterProblem, parse_parameters
from pytest_zrc.submission.yamlfile import YamlFile, YamlFileError, read_yaml

FIELDS = list(Parameters().as_dict())


def parse(**values: object) -> tuple[Parameters, list[ParameterProblem]]:
    return parse_parameters(ABXLS, YamlFile(values))


def test_nothing_said_defaults_taken() -> None:
    assert parse() == (Parameters(), [])


def test_the_defaults_may_be_written_down() -> None:
    assert parse(**Parameters().as_dict()) == (Parameters(), [])


@pytest.mark.parametrize(
    ("field", "value", "used"),
    [
        ("cuda", False, False),
        ("distance_mode", "cosine", "cosine"),
        ("distance_mode", "euclidean", "euclidean"),
        ("distance_mode", "euclidian", "euclidean"),
        ("distance_mode", "kl", "kl"),
        ("distance_mode", "kl_symmetric", "kl_symmetric"),
        ("distance_mode", "identical", "identical"),
        ("feature_size", 0.02, 0.02),
        ("feature_size", 1, 1.0),
        ("max_size_group", 2, 2),
        ("max_size_group", None, None),
        ("max_x_across", 1, 1),
        ("max_x_across", None, None),
        ("speaker_mode", "within", "within"),
        ("speaker_mode", "across", "across"),
        ("context", "phoneme-any", "phoneme-any"),
        ("context", "phoneme-within", "phoneme-within"),
        ("context", "triphone-within", "triphone-within"),
        ("seed", 0, 0),
        ("seed", -1, -1),
        ("score_file_type", ".txt", ".txt"),
        ("score_file_type", "npy", ".npy"),
        ("score_file_type", "txt", ".txt"),
        ("result_filename", "mine", "mine"),
        ("result_filename", "mine.csv", "mine"),
    ],
)
def test_values_that_are_taken(field: str, value: object, used: object) -> None:
    parameters, problems = parse(**{field: value})
    assert not problems
    assert parameters.as_dict() == {**Parameters().as_dict(), field: used}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cuda", "yes"),
        ("cuda", 1),
        ("cuda", None),
        ("distance_mode", "manhattan"),
        ("distance_mode", "Cosine "),
        ("distance_mode", ["cosine"]),
        ("feature_size", 0),
        ("feature_size", -0.01),
        ("feature_size", 1.01),
        ("feature_size", 0.00001),
        pytest.param("feature_size", 10**400, id="feature_size-huge"),
        ("feature_size", 5e-324),
        ("feature_size", float("nan")),
        ("feature_size", float("inf")),
        ("feature_size", True),
        ("feature_size", None),
        ("feature_size", "10 ms"),
        ("max_size_group", 1),
        ("max_size_group", 2.0),
        ("max_size_group", True),
        ("max_x_across", 0),
        ("max_x_across", "all"),
        ("speaker_mode", "any"),
        ("context", "triphone-any"),
        ("context", "within"),
        ("seed", 1.5),
        ("seed", None),
        ("score_file_type", ".npz"),
        ("result_filename", ""),
        ("result_filename", "../mine"),
        ("result_filename", "a\\b"),
        ("result_filename", "a\0b"),
        ("result_filename", ".hidden"),
        ("result_filename", "\ud800"),
        pytest.param("result_filename", "x" * 300, id="result_filename-long"),
        ("result_filename", 7),
    ],
)
def test_values_that_are_not_taken(field: str, value: object) -> None:
    parameters, problems = parse(**{field: value})
    assert [(problem.kind, problem.field) for problem in problems] == [("value", field)]
    assert problems[0].measured
    assert problems[0].expected
    assert parameters == Parameters()


def test_text_that_yaml_does_not_take_for_a_number(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("feature_size: 1e-2\n", encoding="utf-8")
    parameters, problems = parse_parameters(ABXLS, read_yaml(tmp_path / "params.yaml"))
    assert not problems
    assert parameters.feature_size == 0.01


def test_unknown_field_names_the_known_ones() -> None:
    parameters, [problem] = parse(feature_sise=0.02)
    assert parameters == Parameters()
    assert (problem.kind, problem.field, problem.measured) == ("unknown", "feature_sise", "0.02")
    assert all(field in problem.expected for field in FIELDS)


def test_every_problem_is_reported() -> None:
    parameters, problems = parse(cuda="no", seed=7, speed=1)
    assert [problem.field for problem in problems] == ["cuda", "speed"]
    assert parameters == Parameters(seed=7)


def test_field_given_twice(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("seed: 1\nseed: 2\n", encoding="utf-8")
    parameters, [problem] = parse_parameters(ABXLS, read_yaml(tmp_path / "params.yaml"))
    assert parameters.seed == 2
    assert (problem.kind, problem.field) == ("duplicate", "seed")
    assert "line 2" in problem.measured


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()))


@given(values=st.dictionaries(st.sampled_from(FIELDS) | st.text(), VALUES))
def test_any_values_are_taken_or_reported(values: dict[str, object]) -> None:
    parameters, problems = parse_parameters(ABXLS, YamlFile(values))
    reported = {problem.field for problem in problems}
    assert set(values) - set(FIELDS) <= reported
    for field, default in Parameters().as_dict().items():
        if field not in values or field in reported:
            assert parameters.as_dict()[field] == default


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("params")


LINES = st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=20)).map(": ".join)).map("\n".join)


@given(text=LINES)
def test_any_text_behind_the_fields(folder: Path, text: str) -> None:
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    try:
        params = read_yaml(folder / "params.yaml")
    except YamlFileError:
        return
    parse_parameters(ABXLS, params)
