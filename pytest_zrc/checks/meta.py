"""Does meta.yaml say who made the submission, and how?"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.layout import META
from pytest_zrc.submission.yamlfile import YamlFile, YamlFileError, show

_PLACEHOLDER = re.compile(r"\s*<.*>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of meta.yaml.

    Attributes:
        name: dotted, as ``publication.authors``.
        need: a missing ``required`` field is an error, a missing ``recommended`` one a warning.
        expected: what it holds.
        holds: tells whether a value that is there is of that kind.
        empty: whether a required field may be there and empty.
    """

    name: str
    need: Literal["required", "recommended", "optional"]
    expected: str
    holds: Callable[[object], bool]
    empty: bool = False


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_number(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 2200


def _is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


FIELDS = (
    Field("benchmark_name", "required", "the name of the benchmark", _is_text),
    Field("model_info.model_id", "optional", "the id given at the first upload", _is_text),
    Field("model_info.system_description", "required", "text: what the system is", _is_text),
    Field("model_info.train_set", "required", "text: what it was trained on", _is_text),
    Field(
        "model_info.gpu_budget", "recommended", "text or a number: hours of GPU for the training", _is_text_or_number
    ),
    Field("publication.author_label", "required", "a short label like `Ada et al.`, or nothing", _is_text, empty=True),
    Field("publication.authors", "required", "text: the names of all authors", _is_text),
    Field("publication.paper_title", "recommended", "text: the title of the paper", _is_text),
    Field("publication.paper_url", "recommended", "an absolute URL (https://...)", _is_url),
    Field("publication.publication_year", "required", "a year, as a number", _is_year),
    Field("publication.bib_reference", "optional", "text: the reference as bibliographies have it", _is_text),
    Field("publication.DOI", "optional", "text: the DOI of the paper", _is_text),
    Field("publication.institution", "required", "text: where the authors work", _is_text),
    Field("publication.team", "optional", "text: the name of the team", _is_text),
    Field("open_source", "required", "true or false", _is_boolean),
    Field("code_url", "recommended", "an absolute URL (https://...)", _is_url),
    Field("username", "optional", "the name of the account that uploads", _is_text),
    Field("submission_id", "optional", "the id given at the upload", _is_text),
)
_SECTIONS = tuple(dict.fromkeys(item.name.split(".")[0] for item in FIELDS if "." in item.name))


def check_meta(case: Case) -> Iterator[Finding]:
    """Check meta.yaml field by field. What is wrong in it keeps nothing from being scored."""
    try:
        meta = case.submission.meta
    except YamlFileError as error:
        yield finding("ZRC-M01", META, subset="", problem=error)
        return
    values, odd_sections = _flatten(meta.values)
    for section in odd_sections:
        value = show(meta.values[section])
        yield finding("ZRC-M03", _where(meta, section), subset="", value=value, expected="fields below it")
    for item in FIELDS:
        if item.name.split(".")[0] not in odd_sections:
            yield from _check_field(meta, item, values, case.benchmark.name)
    yield from _check_names(meta, values)


def _flatten(values: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Return the values by dotted name, and the sections that are none."""
    flat: dict[str, object] = {}
    odd: list[str] = []
    for name, value in values.items():
        if name in _SECTIONS and isinstance(value, dict):
            flat.update({f"{name}.{key}": inner for key, inner in value.items()})
        elif name in _SECTIONS and value is not None:
            odd.append(name)
        elif name not in _SECTIONS:
            flat[name] = value
    return flat, odd


def _check_field(meta: YamlFile, item: Field, values: Mapping[str, object], benchmark: str) -> Iterator[Finding]:
    where, value = _where(meta, item.name), values.get(item.name)
    if value is None or (isinstance(value, str) and not value.strip()):
        problem = "is empty" if item.name in values else "is missing"
        if item.need == "required" and not (item.empty and item.name in values):
            yield finding("ZRC-M02", where, subset="", problem=problem, expected=item.expected)
        elif item.need == "recommended":
            yield finding("ZRC-M08", where, subset="", problem=problem, expected=item.expected)
    elif isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
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
    return f"{META}:{line} {name}" if line else f"{META} {name}"
