"""meta.yaml, field by field; what is wrong in it keeps nothing from being scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc.checks.catalogue import Finding
from tests.builders import META, TinyDataset, unreadable, write_yaml
from tests.checks.helpers import drop_field, findings, line_of, only_finding, set_field

REQUIRED = (
    "benchmark_name",
    "model_info.system_description",
    "model_info.train_set",
    "publication.author_label",
    "publication.authors",
    "publication.institution",
    "publication.publication_year",
    "open_source",
)
RECOMMENDED = ("model_info.gpu_budget", "publication.paper_title", "publication.paper_url", "code_url")
OPTIONAL = (
    "model_info.model_id",
    "publication.bib_reference",
    "publication.DOI",
    "publication.team",
    "username",
    "submission_id",
)
FIELDS = (*REQUIRED, *RECOMMENDED, *OPTIONAL)


@pytest.fixture
def meta(submission: Path) -> Path:
    return submission / "meta.yaml"


def place(meta: Path, name: str) -> str:
    return f"meta.yaml:{line_of(meta, name.rpartition('.')[2] + ':')} {name}"


def check(meta: Path, dataset: TinyDataset) -> Finding:
    finding = only_finding(meta.parent, dataset)
    assert not any(finding.blocks(subset) for subset in dataset.subsets)
    return finding


def test_the_fields_are_those_of_a_full_file() -> None:
    full = {
        f"{name}.{inner}" if inner else name
        for name, value in META.items()
        for inner in (value if isinstance(value, dict) else [""])
    }
    assert full == set(FIELDS)


@pytest.mark.parametrize("name", REQUIRED)
def test_required_field_is_missing(meta: Path, dataset: TinyDataset, name: str) -> None:
    drop_field(meta, name)
    finding = check(meta, dataset)
    assert (finding.code, finding.severity, finding.where) == ("ZRC-M02", "error", f"meta.yaml {name}")
    assert finding.measured == "is missing"


@pytest.mark.parametrize("value", [None, "", "  "])
@pytest.mark.parametrize("name", [name for name in REQUIRED if name != "publication.author_label"])
def test_required_field_is_empty(meta: Path, dataset: TinyDataset, name: str, value: object) -> None:
    set_field(meta, name, value)
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M02", place(meta, name))
    assert finding.measured == "is empty"


@pytest.mark.parametrize("name", RECOMMENDED)
def test_recommended_field_is_missing(meta: Path, dataset: TinyDataset, name: str) -> None:
    drop_field(meta, name)
    finding = check(meta, dataset)
    assert (finding.code, finding.severity, finding.where) == ("ZRC-M08", "warning", f"meta.yaml {name}")


@pytest.mark.parametrize("name", RECOMMENDED)
def test_recommended_field_is_empty(meta: Path, dataset: TinyDataset, name: str) -> None:
    set_field(meta, name, "")
    finding = check(meta, dataset)
    assert (finding.code, finding.severity, finding.where) == ("ZRC-M08", "warning", place(meta, name))


@pytest.mark.parametrize("name", OPTIONAL)
def test_optional_field_is_missing(meta: Path, dataset: TinyDataset, name: str) -> None:
    drop_field(meta, name)
    assert not findings(meta.parent, dataset)


@pytest.mark.parametrize("name", [*OPTIONAL, "publication.author_label"])
@pytest.mark.parametrize("value", ["", None])
def test_field_that_may_be_empty(meta: Path, dataset: TinyDataset, name: str, value: object) -> None:
    set_field(meta, name, value)
    assert not findings(meta.parent, dataset)


@pytest.mark.parametrize("name", FIELDS)
def test_placeholder_of_the_template(meta: Path, dataset: TinyDataset, name: str) -> None:
    set_field(meta, name, " <fill me in> ")
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M04", place(meta, name))
    assert "<fill me in>" in finding.measured


@pytest.mark.parametrize("name", FIELDS)
def test_mapping_in_the_place_of_a_value(meta: Path, dataset: TinyDataset, name: str) -> None:
    set_field(meta, name, {"a": 1})
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M03", place(meta, name))
    assert finding.measured == "a mapping"


@pytest.mark.parametrize(
    ("name", "value", "measured"),
    [
        ("publication.publication_year", "2026", "'2026'"),
        ("publication.publication_year", 26, "26"),
        ("publication.publication_year", 20266, "20266"),
        ("publication.publication_year", True, "true"),
        ("publication.publication_year", 2026.5, "2026.5"),
        ("publication.authors", ["Jane Doe", "John Doe"], "a list"),
        ("publication.authors", 7, "7"),
        ("publication.paper_url", "example.org/noise", "'example.org/noise'"),
        ("publication.paper_url", "https://", "'https://'"),
        ("publication.paper_url", "http://[::1", "'http://[::1'"),
        ("publication.paper_url", "see below", "'see below'"),
        ("code_url", "https://example.org/my code", "'https://example.org/my code'"),
        ("code_url", "javascript:alert(1)", "'javascript:alert(1)'"),
        ("code_url", False, "false"),
        ("open_source", "yes", "'yes'"),
        ("open_source", 1, "1"),
        ("model_info.gpu_budget", True, "true"),
        ("model_info.train_set", 960, "960"),
    ],
)
def test_wrong_value(meta: Path, dataset: TinyDataset, name: str, value: object, measured: str) -> None:
    set_field(meta, name, value)
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M03", place(meta, name))
    assert finding.measured == measured


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("benchmark_name", "ABXLS"),
        ("benchmark_name", "test-abxLS"),
        ("model_info.gpu_budget", "60 hours on one V100"),
        ("model_info.gpu_budget", 0),
        ("model_info.gpu_budget", 1.5),
        ("publication.authors", "Zoë Nguyễn, 山田"),
        ("publication.paper_title", "A < B > C"),
        ("open_source", False),
    ],
)
def test_right_value(meta: Path, dataset: TinyDataset, name: str, value: object) -> None:
    set_field(meta, name, value)
    assert not findings(meta.parent, dataset)


@pytest.mark.parametrize("name", ["demo", "abx", "abxLS2"])
def test_another_benchmark(meta: Path, dataset: TinyDataset, name: str) -> None:
    set_field(meta, "benchmark_name", name)
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M05", place(meta, "benchmark_name"))
    assert finding.measured == repr(name)
    assert finding.expected == "abxLS, which is being run"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("code_ulr", "did you mean code_url?"),
        ("publication.institute", "did you mean publication.institution?"),
        ("x", ""),
    ],
)
def test_unknown_field(meta: Path, dataset: TinyDataset, name: str, hint: str) -> None:
    set_field(meta, name, "something")
    finding = check(meta, dataset)
    assert (finding.code, finding.severity, finding.where) == ("ZRC-M07", "warning", place(meta, name))
    assert finding.measured == f"not a field of meta.yaml{'; ' if hint else ''}{hint}"


def test_field_given_twice(meta: Path, dataset: TinyDataset) -> None:
    with meta.open("a", encoding="utf-8") as stream:
        stream.write("open_source: false\n")
    finding = check(meta, dataset)
    last = len(meta.read_text(encoding="utf-8").splitlines())
    assert (finding.code, finding.where) == ("ZRC-M06", f"meta.yaml:{last} open_source")
    assert f"line {last}" in finding.measured


@pytest.mark.parametrize("value", ["text", ["a"], 7])
def test_section_that_is_none(meta: Path, dataset: TinyDataset, value: object) -> None:
    set_field(meta, "publication", value)
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M03", place(meta, "publication"))
    assert finding.expected == "fields below it"


def test_missing_section_misses_its_fields(meta: Path, dataset: TinyDataset) -> None:
    drop_field(meta, "model_info")
    assert [(finding.code, finding.where) for finding in findings(meta.parent, dataset)] == [
        ("ZRC-M02", "meta.yaml model_info.system_description"),
        ("ZRC-M02", "meta.yaml model_info.train_set"),
        ("ZRC-M08", "meta.yaml model_info.gpu_budget"),
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"- a\n", "a list"),
        (b"a: [1\n", "line 2"),
        (b"a: \xff\n", "not UTF-8"),
        (b"a: !!python/name:os.system\n", "line 1"),
    ],
)
def test_unreadable_file(meta: Path, dataset: TinyDataset, text: bytes, part: str) -> None:
    meta.write_bytes(text)
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M01", "meta.yaml")
    assert part in finding.measured


def test_file_without_the_right_to_read_it(meta: Path, dataset: TinyDataset) -> None:
    with unreadable(meta):
        finding = check(meta, dataset)
    assert (finding.code, finding.where, finding.measured) == ("ZRC-M01", "meta.yaml", "Permission denied")


def test_no_file(meta: Path, dataset: TinyDataset) -> None:
    meta.unlink()
    finding = check(meta, dataset)
    assert (finding.code, finding.where) == ("ZRC-M01", "meta.yaml")


def test_empty_file_misses_everything(meta: Path, dataset: TinyDataset) -> None:
    write_yaml(meta, {})
    found = {finding.where.removeprefix("meta.yaml "): finding.code for finding in findings(meta.parent, dataset)}
    assert found == {**dict.fromkeys(REQUIRED, "ZRC-M02"), **dict.fromkeys(RECOMMENDED, "ZRC-M08")}


def test_every_field_is_looked_at(meta: Path, dataset: TinyDataset) -> None:
    for name in FIELDS:
        set_field(meta, name, ["a list"])
    assert [finding.code for finding in findings(meta.parent, dataset)] == ["ZRC-M03"] * len(FIELDS)
