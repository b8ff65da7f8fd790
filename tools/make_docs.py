#!/usr/bin/env python3
"""Writes docs/checks.md from the catalogue of findings and the tables of fields, so that it cannot go stale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pytest_zrc.benchmarks.model import Benchmark, Parameters
from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.checks.catalogue import CATALOGUE, Rule
from pytest_zrc.submission.meta import FIELDS
from pytest_zrc.submission.params import describe_parameters

TARGET = Path(__file__).resolve().parent.parent / "docs" / "checks.md"

HEAD = """# The checks

Made by `tools/make_docs.py`; do not edit.

Each check is a test. Those of the submission as a whole are `meta`, `params`, `dimension` (one feature dimension
everywhere) and `frame-shift`; those of a subset are `items` (the dataset's item files), `files`, `frames` (enough for
the last item) and `arrays-01of11`, `arrays-02of11`, ... (256 files each, more where there are more than 50,000). With
`--zrc-encoder` there are those of the [contract of an encoder](contract.md), whose findings have codes with `E`.

A finding says what was measured in which place, what is expected, and what to do. An **error** fails its test, and the
scores of the subset that it is in are skipped; what is wrong in `meta.yaml` or with an encoder keeps no score back. A
**warning** is a recommendation, shown as a pytest warning. The terminal shows the first ten findings of a test; all of
them are in `validation.json`. The codes are stable: none is ever given to another finding.
"""


def page() -> str:
    """Return the text of docs/checks.md."""
    return "\n".join([HEAD, *_findings(), *_meta(), *_params()]) + "\n"


def _findings() -> Iterator[str]:
    yield "## Findings\n"
    for rule in CATALOGUE.values():
        yield from _finding(rule)


def _finding(rule: Rule) -> Iterator[str]:
    yield f"### {rule.code}: {rule.title}\n"
    yield f"**{rule.severity}**\n"
    for name in ("measured", "expected", "fix"):
        label = "what to do" if name == "fix" else name
        yield f"- {label}: {_plain(getattr(rule, name))}"
    yield ""


def _plain(template: str) -> str:
    """Show the fields of a template as what they stand for; a template that is one field says nothing by itself."""
    if template.startswith("{") and template.endswith("}") and template.count("{") == 1:
        return {"{problem}": "what is wrong with it", "{value}": "the value"}.get(template, "what belongs there")
    optional = re.sub(r"\{(similar|transposed|suggestion)\}", "", template)
    return re.sub(r"\{(\w+)[^}]*\}", r"<\1>", optional)


def _meta() -> Iterator[str]:
    yield "## The fields of meta.yaml\n"
    yield "| field | | what it holds |"
    yield "|---|---|---|"
    for item in FIELDS:
        yield f"| `{item.name}` | {item.need} | {item.expected} |"
    yield "\nA value that is still a placeholder of a template (`<...>`) is an error, in optional fields too.\n"


def _params() -> Iterator[str]:
    yield "## The parameters of params.yaml\n"
    yield "All of them may be left out, and so may the file.\n"
    yield "| parameter | default | value |"
    yield "|---|---|---|"
    defaults = Parameters().as_dict()
    for name, expected in describe_parameters(BENCHMARKS["abxLS"]).items():
        default = defaults[name]
        yield f"| `{name}` | `{str(default).lower() if isinstance(default, bool) else default}` | {expected} |"
    yield "\nThat is abxLS. What is different elsewhere:\n"
    for benchmark in BENCHMARKS.values():
        if differences := list(_differences(benchmark)):
            yield f"- {benchmark.name}: {'; '.join(differences)}."


def _differences(benchmark: Benchmark) -> Iterator[str]:
    """Say what the parameters of a benchmark are where they are not those of abxLS."""
    for name, theirs in benchmark.spelling.items():
        yield f"`{name}` is called `{theirs}` (both names are taken)"
    rules = describe_parameters(benchmark)
    for name, default in benchmark.defaults.as_dict().items():
        if benchmark.spelling.get(name, name) not in rules:
            yield f"there is no `{name}`"
        elif default != getattr(Parameters(), name):
            yield f"`{name}` is `{default}`"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
