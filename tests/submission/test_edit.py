"""Fields of a YAML text are set; its other lines stay as they are, to the character."""

from __future__ import annotations

import pytest
import yaml

from pytest_zrc.submission.edit import edited, written
from pytest_zrc.submission.yamlfile import Scalar, YamlFileError

ID = "model_info.model_id"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("model_id: x  # an id\n", "model_id: Mar26a  # an id\n", id="comment"),
        pytest.param("model_id:      # later\n", "model_id: Mar26a      # later\n", id="empty"),
        pytest.param("model_id: \n", "model_id: Mar26a \n", id="blank"),
        pytest.param("model_id: null\n", "model_id: Mar26a\n", id="null"),
        pytest.param("model_id : ''\n", "model_id : 'Mar26a'\n", id="single quotes"),
        pytest.param('"model_id":   "x y"\n', '"model_id":   "Mar26a"\n', id="double quotes"),
        pytest.param("model_id: a text\n  in two lines # c\n", "model_id: Mar26a # c\n", id="plain lines"),
        pytest.param('model_id: "a\n\n   b"\n', 'model_id: "Mar26a"\n', id="quoted lines"),
        pytest.param("model_id: >-  # c\n    a\n     b\n\n    c\n\n", "model_id: Mar26a  # c\n\n", id="folded"),
        pytest.param("model_id: |+\n  a\n\n\n", "model_id: Mar26a\n\n\n", id="block that keeps"),
        pytest.param("model_id:\n  # c\n  x\n", "model_id:\n  # c\n  Mar26a\n", id="on the next line"),
        pytest.param("model_id: !!str 5\n", "model_id: Mar26a\n", id="tag"),
        pytest.param("model_id: &a x\n", "model_id: Mar26a\n", id="anchor"),
        pytest.param("? model_id\n: x\n", "? model_id\n: Mar26a\n", id="explicit key"),
    ],
)
def test_a_value_is_replaced_where_it_stands(before: str, after: str) -> None:
    for head, tail in (("", ""), ("# é\n\na:   1\n", "b: [1,2]\n# end")):
        assert edited(head + before + tail, {"model_id": "Mar26a"}) == head + after + tail


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("model_info: {model_id: x, b: 1}\n", 'model_info: {model_id: "Mar26a", b: 1}\n', id="braces"),
        pytest.param("model_info: {b: 1} # c\n", 'model_info: {b: 1, model_id: "Mar26a"} # c\n', id="into braces"),
        pytest.param("model_info: {b: 1,}\n", 'model_info: {b: 1, model_id: "Mar26a",}\n', id="last comma"),
        pytest.param("model_info: {}\n", 'model_info: {model_id: "Mar26a"}\n', id="empty braces"),
        pytest.param('{"b": {"c": 1}}\n', '{"b": {"c": 1}, "model_info": {"model_id": "Mar26a"}}\n', id="JSON"),
        pytest.param('{"model_info": null}\n', '{"model_info": {"model_id": "Mar26a"}}\n', id="null in JSON"),
        pytest.param("a: 1\n", "a: 1\nmodel_info:\n  model_id: Mar26a\n", id="no section"),
        pytest.param("a:\n    b: 1\n", "a:\n    b: 1\nmodel_info:\n    model_id: Mar26a\n", id="indented as others"),
        pytest.param("model_info:  # c\na: 1\n", "model_info:  # c\n  model_id: Mar26a\na: 1\n", id="empty section"),
        pytest.param("model_info: ~ # c\n", "model_info: # c\n  model_id: Mar26a\n", id="null section"),
        pytest.param(
            "model_info:\n   b: 1 # c\n   # d\n\na: 1\n",
            "model_info:\n   b: 1 # c\n   model_id: Mar26a\n   # d\n\na: 1\n",
            id="end of the section",
        ),
        pytest.param(
            "model_info:\n  b: |\n    text\n\na: 1\n",
            "model_info:\n  b: |\n    text\n  model_id: Mar26a\n\na: 1\n",
            id="below a block",
        ),
        pytest.param(
            "model_info:\n  b: |+\n    text\n\na: 1\n",
            "model_info:\n  b: |+\n    text\n\n  model_id: Mar26a\na: 1\n",
            id="below a block that keeps empty lines",
        ),
        pytest.param(
            "model_info:\n  b:\n  - c:\n    - d\n    # e\na: 1",
            "model_info:\n  b:\n  - c:\n    - d\n  model_id: Mar26a\n    # e\na: 1",
            id="below lists",
        ),
        pytest.param("", "model_info:\n  model_id: Mar26a\n", id="empty file"),
        pytest.param("# c", "# c\nmodel_info:\n  model_id: Mar26a\n", id="comments only"),
        pytest.param("---\na: 1\n...\n", "---\na: 1\nmodel_info:\n  model_id: Mar26a\n...\n", id="end of document"),
    ],
)
def test_a_field_in_a_section(before: str, after: str) -> None:
    assert edited(before, {ID: "Mar26a"}) == after


def test_several_fields_keep_their_order() -> None:
    values: dict[str, Scalar] = {"username": "ada", "model_info.model_id": "M", "model_info.n": 1, "id": "x"}
    after = "model_info:\n  a: 1\n  model_id: M\n  n: 1\nusername: ada\nid: x\n"
    assert edited("model_info:\n  a: 1\n", values) == after


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "\r\n"])
def test_line_ends_and_byte_order_mark(mark: str, last: str) -> None:
    before, after = f"{mark}a: 1\r\nb: x{last}", f"{mark}a: 2\r\nb: x\r\nc: 3{last}"
    assert edited(before, {"a": 2, "c": 3}) == after


@pytest.mark.parametrize("text", ["a: {x: yes,  y: 'no'} # c\n", 'a:\n    y: "no"\n    x: On\n'])
def test_what_is_so_already_is_left_alone(text: str) -> None:
    assert edited(text, {"a.x": True, "a.y": "no"}) == text


def test_numbers_are_no_truth_values() -> None:
    assert edited("a: 1\n", {"a": True}) == "a: true\n"
    assert edited("a: 1\n", {"a": 1.0}) == "a: 1.0\n"
    assert edited("a: 1\n", {"a": "1"}) == "a: '1'\n"


TRAPS = [
    "123",
    "yes",
    "Off",
    "2026-01-01",
    "null",
    "~",
    "",
    "a: b",
    "#x",
    "a #b",
    "- a",
    "1e3",
    "1:30",
    "0o7",
    "=",
    "<<",
]
TRAPS += [
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "'",
    '"',
    "{a}",
    "[a",
    " a",
    "a ",
    "a\nb",
    "\t",
    "a\u2028b",
    "é😀",
    "\x07",
]
TRAPS += ["<...>", "|", "?", "a:", "---", "...", "x" * 300, "word " * 60, "\ud800", "\ufeff", "\x85"]


@pytest.mark.parametrize(
    "value", [*TRAPS, None, True, False, 0, -1, 10**20, 0.01, 1e-5, 1e300, float("inf")], ids=ascii
)
@pytest.mark.parametrize("text", ["a: x\nb: 1\n", "a: 'x'\nb: 1\n", 'a: "x"\nb: 1\n', "{a: x, b: 1}", "b: 1\n"])
def test_every_value_is_read_again(value: Scalar, text: str) -> None:
    found = yaml.safe_load(edited(text, {"a": value}))
    assert (type(found["a"]), found["a"], found["b"]) == (type(value), value, 1)


def test_values_are_written_as_people_write_them() -> None:
    values: list[Scalar] = ["Mar26a", "Martin et al.", "A, B", "123", None, True, 0.02, "é"]
    assert [written(value) for value in values] == [*values[:3], "'123'", "null", "true", "0.02", "é"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a\n", "a list"),
        ("a: 1\n---\nb: 1\n", "line 2: expected a single document in the stream but found another document"),
        ("a: [1\n", "line 2: "),
        ("b: &x 1\na: *x\n", "line 2: an alias"),
        ("a: 1\nb: 1\na: 2\n", "a is there twice, again on line 3"),
        ("a:\n  - 1\n", "a is a list"),
        ("a: {b: 1}\n", "a is a mapping"),
        ("null\n", "cannot be changed without the others"),
        ("---\n...\n", "cannot be changed without the others"),
        ("b: |\n  text", "cannot be changed without the others"),
    ],
)
def test_what_cannot_be_changed_is_refused(text: str, reason: str) -> None:
    with pytest.raises(YamlFileError) as error:
        edited(text, {"a": "x"})
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("s: text\n", "s has no fields below it"),
        ("s: [1]\n", "s has no fields below it"),
        ("s:\n  a: 1\n  a: 2\n", "s.a is there twice, again on line 3"),
        ("s: {a: 1}\ns: {b: 1}\n", "s is there twice, again on line 2"),
    ],
)
def test_sections_that_cannot_be_changed(text: str, reason: str) -> None:
    with pytest.raises(YamlFileError) as error:
        edited(text, {"s.a": "x"})
    assert reason in str(error.value)
