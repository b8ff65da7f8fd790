"""Does params.yaml say only what a benchmark knows?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.errors import shown
from pytest_zrc.submission.layout import PARAMS
from pytest_zrc.submission.params import LIMITS, describe_parameters, parse_parameters
from pytest_zrc.submission.yamlfile import YamlFile, YamlFileError

_CODES = {"unknown": "ZRC-P02", "value": "ZRC-P03", "duplicate": "ZRC-P04"}


def check_params(case: Case) -> Iterator[Finding]:
    """Check every parameter: a wrong one would change the scores without a word."""
    try:
        params = case.submission.params
    except YamlFileError as error:
        yield finding("ZRC-P01", PARAMS, subset=None, problem=error)
        return
    yield from wrong_parameters(case.benchmark, params)
    ignored = [name for name in LIMITS if params.values.get(name) is not None]
    if ignored and not case.profile.subsampled:
        fields = " and ".join(ignored)
        yield finding("ZRC-P06", PARAMS, subset="", fields=fields, profile=case.profile.name)


def wrong_parameters(benchmark: Benchmark, params: YamlFile) -> Iterator[Finding]:
    """Return what a benchmark cannot use in its params.yaml."""
    known = describe_parameters(benchmark)
    for problem in parse_parameters(benchmark, params)[1]:
        line = params.lines.get(problem.field)
        similar = difflib.get_close_matches(problem.field, known, n=1) if problem.kind == "unknown" else []
        name = shown(problem.field, 60)
        yield finding(
            _CODES[problem.kind],
            f"{PARAMS}:{line} {name}" if line else f"{PARAMS} {name}",
            subset=None,
            value=problem.measured,
            expected=problem.expected,
            similar=f"; did you mean {similar[0]}?" if similar else "",
        )
