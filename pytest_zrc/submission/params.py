"""params.yaml: the parameters of the scoring, over the benchmark's defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from pytest_zrc.abx.distances import DISTANCES
from pytest_zrc.benchmarks.model import Benchmark, Parameters, Pooling
from pytest_zrc.errors import ZrcError, shown
from pytest_zrc.submission.edit import set_fields
from pytest_zrc.submission.features import SUFFIXES
from pytest_zrc.submission.layout import PARAMS, Submission
from pytest_zrc.submission.yamlfile import Scalar, YamlFile, YamlFileError, show

LIMITS = ("max_size_group", "max_x_across")
_SHORTEST = 0.0001  # frame shift, in seconds
_MEANINGS = {
    "cuda": "Score on a GPU, where there is one.",
    "distance_mode": "How two frames are compared; cosine is the angle between them, identical is for discrete units.",
    "pooling": "Make one vector of the frames of each token, and compare these.",
    "feature_size": "The time between two frames of the features; set it to yours.",
    "max_size_group": "So many tokens of each phone, context and speaker are compared, drawn at random.",
    "max_x_across": "So many speakers are compared with each speaker, drawn at random.",
    "speaker_mode": "Compare within speakers, across speakers, or both.",
    "context": "Compare triphones, or phones in the same or in any context.",
    "seed": "Of what is drawn at random.",
    "score_file_type": "The suffix of the feature files.",
    "result_filename": "Of the file with the scores.",
}
_FILENAME = re.compile(r"[\w-][\w .-]{0,99}")


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """A line of params.yaml that cannot be used."""

    kind: Literal["unknown", "value", "duplicate"]
    field: str
    measured: str
    expected: str

    def __str__(self) -> str:
        """Return the problem as one line."""
        measured = "no parameter" if self.kind == "unknown" else self.measured
        return f"{shown(self.field)} is {measured}; expected {self.expected}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a value may be; ``convert`` returns the one to use, or raises ValueError."""

    expected: str
    convert: Callable[[object], Any]


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _seconds(value: object) -> float:
    if isinstance(value, str):  # YAML takes 1e-2 for text
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not _SHORTEST <= value <= 1:
        raise ValueError
    return float(value)


def _limit(smallest: int) -> _Rule:
    def convert(value: object) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < smallest:
            raise ValueError
        return value

    return _Rule(f"a whole number from {smallest}, or null for no limit", convert)


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _filename(value: object) -> str:
    if not isinstance(value, str) or not _FILENAME.fullmatch(value):
        raise ValueError
    return value.removesuffix(".csv")


def _choice(*names: str, also: Mapping[str, str] | None = None) -> _Rule:
    def convert(value: object) -> str:
        if isinstance(value, str):
            name = (also or {}).get(value, value)
            if name in names:
                return name
        raise ValueError

    return _Rule("one of " + ", ".join(names), convert)


def _rules(benchmark: Benchmark) -> dict[str, _Rule]:
    rules = {
        "cuda": _Rule("true or false", _boolean),
        "distance_mode": _choice(*DISTANCES, also={"euclidian": "euclidean"}),
        "pooling": _choice(*get_args(Pooling)),
        "feature_size": _Rule(f"the frame shift in seconds, from {_SHORTEST} to 1", _seconds),
        "max_size_group": _limit(2),  # X and A are two tokens of one group
        "max_x_across": _limit(1),
        "speaker_mode": _choice("all", "within", "across"),
        "context": _choice("all", *benchmark.kinds),
        "seed": _Rule("a whole number", _integer),
        "score_file_type": _choice(*SUFFIXES, also={suffix[1:]: suffix for suffix in SUFFIXES}),
        "result_filename": _Rule("a file name of letters, digits, blanks and ._-", _filename),
    }
    return {name: rule for name, rule in rules.items() if name != "context" or len(benchmark.kinds) > 1}


def parse_parameters(benchmark: Benchmark, params: YamlFile) -> tuple[Parameters, list[ParameterProblem]]:
    """Put what params.yaml says over the benchmark's defaults.

    Returns:
        The parameters, with the default wherever a value cannot be used; and what cannot be used.
    """
    rules, usual = _rules(benchmark), usual_names(benchmark)
    values: dict[str, Any] = {}
    problems = [
        ParameterProblem("duplicate", name, f"given again on line {line}", "one value")
        for name, line in params.duplicates.items()
    ]
    for name, value in params.values.items():
        field = usual.get(name, name)
        if field not in rules:
            known = ", ".join(describe_parameters(benchmark))
            problems.append(ParameterProblem("unknown", name, show(value), f"one of {known}"))
            continue
        if field in values:
            problems.append(ParameterProblem("duplicate", name, "the same parameter under another name", "one of them"))
        try:
            values[field] = rules[field].convert(value)
        except ValueError:
            problems.append(ParameterProblem("value", name, show(value), rules[field].expected))
    if values.get("distance_mode") == "identical" and values.get("pooling", "none") != "none":
        given = values.pop("pooling")
        problems.append(ParameterProblem("value", "pooling", show(given), "none: units, being identical, have no mean"))
    return replace(benchmark.defaults, **values), problems


def describe_parameters(benchmark: Benchmark) -> dict[str, str]:
    """Return what each parameter may be, in words, by the name that the benchmark's params.yaml has for it."""
    return {benchmark.spelling.get(name, name): rule.expected for name, rule in _rules(benchmark).items()}


def explain_parameters(benchmark: Benchmark) -> dict[str, str]:
    """Return what each parameter is for, in a sentence, by the same names."""
    return {benchmark.spelling.get(name, name): _MEANINGS[name] for name in _rules(benchmark)}


def default_parameters(benchmark: Benchmark) -> dict[str, Scalar]:
    """Return the defaults of the same parameters, by the same names."""
    return {benchmark.spelling.get(name, name): getattr(benchmark.defaults, name) for name in _rules(benchmark)}


def set_parameters(benchmark: Benchmark, folder: Path, values: Mapping[str, object]) -> None:
    """Set parameters in the params.yaml of a submission; comments and everything else in it stay.

    Args:
        benchmark: whose parameters they are.
        folder: of the submission; the file is made where there is none.
        values: by name.

    Raises:
        ZrcError: a value cannot be used, or the file cannot be changed; it is as it was.
    """
    path = folder / PARAMS
    try:
        before = Submission(folder).params
    except YamlFileError as error:
        raise ZrcError(f"{path} cannot be changed ({error}): correct it, or remove it for the defaults") from None
    named: dict[str, object] = {_name_in(before, benchmark, name): value for name, value in values.items()}
    if len(named) < len(values):
        raise ZrcError(f"{' and '.join(values)} name one parameter twice: give it once")
    after = replace(before, values={**before.values, **named})
    parameters, problems = parse_parameters(benchmark, after)
    already = parse_parameters(benchmark, before)[1]
    if new := [problem for problem in problems if problem not in already or problem.field in named]:
        raise ZrcError(f"{path} stays as it is: " + "; ".join(map(str, new)))
    usual = usual_names(benchmark)
    used = {name: getattr(parameters, usual.get(name, name)) for name in named}
    set_fields(path, used, make=True)


def _name_in(params: YamlFile, benchmark: Benchmark, name: str) -> str:
    """Return what a file calls a parameter: of two names for one, that which it has already."""
    usual = usual_names(benchmark)
    same = [other for other in params.values if usual.get(other, other) == usual.get(name, name)]
    return same[0] if same else name


def usual_names(benchmark: Benchmark) -> dict[str, str]:
    """Return the usual name of each parameter that the benchmark's params.yaml calls otherwise."""
    return {theirs: ours for ours, theirs in benchmark.spelling.items()}
