"""Does meta.yaml say who made the submission, and how?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.errors import ZrcError, shown
from pytest_zrc.submission.layout import META
from pytest_zrc.submission.meta import FIELDS, Field, flatten, is_placeholder
from pytest_zrc.submission.yamlfile import YamlFile, YamlFileError, show


def check_meta(case: Case) -> Iterator[Finding]:
    """Check meta.yaml field by field. What is wrong in it keeps nothing from being scored."""
    try:
        meta = case.submission.meta
    except YamlFileError as error:
        yield finding("ZRC-M01", META, subset="", problem=error)
        return
    values, odd_sections = flatten(meta.values)
    for section in odd_sections:
        value = show(meta.values[section])
        yield finding("ZRC-M03", _where(meta, section), subset="", value=value, expected="fields below it")
    for item in FIELDS:
        if item.name.split(".")[0] not in odd_sections:
            yield from _check_field(meta, item, values, case.benchmark.name)
    yield from _check_names(meta, values)


def _check_field(meta: YamlFile, item: Field, values: Mapping[str, object], benchmark: str) -> Iterator[Finding]:
    where, value = _where(meta, item.name), values.get(item.name)
    if value is None or (isinstance(value, str) and not value.strip()):
        problem = "is empty" if item.name in values else "is missing"
        if item.need == "required" and not (item.empty and item.name in values):
            yield finding("ZRC-M02", where, subset="", problem=problem, expected=item.expected)
        elif item.need == "recommended":
            yield finding("ZRC-M08", where, subset="", problem=problem, expected=item.expected)
    elif is_placeholder(value):
        yield finding("ZRC-M04", where, subset="", value=show(value), expected=item.expected)
    elif not item.holds(value):
        yield finding("ZRC-M03", where, subset="", value=show(value), expected=item.expected)
    elif item.name == "benchmark_name":
        yield from _check_benchmark(where, str(value), benchmark)


def _check_benchmark(where: str, name: str, benchmark: str) -> Iterator[Finding]:
    try:
        same = find_benchmark(name).name == benchmark
    except ZrcError:
        same = False
    if not same:
        yield finding("ZRC-M05", where, subset="", value=show(name), expected=f"{benchmark}, which is being run")


def _check_names(meta: YamlFile, values: Mapping[str, object]) -> Iterator[Finding]:
    for name, line in meta.duplicates.items():
        yield finding("ZRC-M06", _where(meta, name), subset="", line=line)
    known = [item.name for item in FIELDS]
    for name in values:
        if name not in known:
            similar = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {similar[0]}?" if similar else ""
            yield finding("ZRC-M07", _where(meta, name), subset="", similar=hint)


def _where(meta: YamlFile, name: str) -> str:
    line = meta.lines.get(name)
    return f"{META}:{line} {shown(name, 60)}" if line else f"{META} {shown(name, 60)}"
