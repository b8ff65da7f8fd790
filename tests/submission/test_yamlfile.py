"""YAML files are read with the lines of their fields, and refused with a reason; nothing in them is executed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.submission.yamlfile import YamlFile, YamlFileError, read_yaml, show
from tests.submission.pipes import fed_pipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yaml")


def read(folder: Path, text: str | bytes) -> YamlFile:
    (folder / "a.yaml").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return read_yaml(folder / "a.yaml")


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(YamlFileError) as error:
        read(folder, text)
    return str(error.value)


def test_values_and_lines(tmp_path: Path) -> None:
    found = read(tmp_path, "# a comment\nname: abxLS\npublication:\n  authors: Doe\n  year: 2026\nopen: true\n")
    assert found.values == {"name": "abxLS", "publication": {"authors": "Doe", "year": 2026}, "open": True}
    assert found.lines == {
        "name": 2,
        "publication": 3,
        "publication.authors": 4,
        "publication.year": 5,
        "open": 6,
    }
    assert found.duplicates == {}


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "null\n", "~"])
def test_empty_file_has_no_fields(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == YamlFile({})


@pytest.mark.parametrize("text", ["\ufeffname: été\n", "name: été\r\n", '{"name": "été"}'])
def test_other_ways_to_write_it(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found.values == {"name": "été"}
    assert found.lines == {"name": 1}


def test_duplicates_with_the_line_of_the_second(tmp_path: Path) -> None:
    found = read(tmp_path, "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert found.values == {"a": 3, "b": {"c": 2}}
    assert found.duplicates == {"a": 5, "b.c": 4}


def test_repeated_section_is_one_duplicate(tmp_path: Path) -> None:
    found = read(tmp_path, "b:\n  c: 1\nb:\n  c: 2\n")
    assert found.duplicates == {"b": 3}


def test_names_that_are_no_text(tmp_path: Path) -> None:
    assert set(read(tmp_path, "1: a\n2.5: b\n").values) == {"1", "2.5"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "a list, not `field: value` lines"),
        ("just text", "a single value, not `field: value` lines"),
        ("a: 1\nb: [1, 2\n", "line 3: "),
        ("a: 1\n\tb: 2\n", "line 2: "),
        ("a: *b\n", "line 1: an alias (*)"),
        ("a: &a [*a]\n", "line 1: an alias (*)"),
        ("a: 1\n---\nb: 1\n", "line 2: "),
        ("a: 1\n? [b]\n: 2\n", "line 2: "),
        ("a: \x01\n", "unacceptable character #x0001"),
        (b"a: caf\xe9\n", "byte 6 is not UTF-8 text"),
        ("a: 1\n".encode("utf-16"), "byte 0 is not UTF-8 text"),
        ("a: 2001-99-99\n", "a value that cannot be read"),
        ("[" * 5000, "nested too deeply"),
        ("a: " + "{a: " * 3000, "nested too deeply"),
        ("a: " + "x" * 2**20, "larger than 1 MiB"),
    ],
)
def test_reasons(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert message in refusal(tmp_path, text)


@pytest.mark.parametrize(
    "value",
    [
        '!!int ""',
        '!!float ""',
        "!!bool x",
        "!!timestamp x",
        '!!binary "é"',
        "1" + ":00" * 300 + ".5",
        "1" * 5000,
        "0x" + "f" * 5000,
        "=",
    ],
)
def test_values_that_cannot_be_made(tmp_path: Path, value: str) -> None:
    assert refusal(tmp_path, f"a: {value}\n")


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.mkdir", "!!python/object/new:os.mkdir", "!!python/object/apply:pathlib.Path.mkdir"],
)
def test_nothing_is_executed(tmp_path: Path, tag: str) -> None:
    assert refusal(tmp_path, f"a: {tag} [{tmp_path / 'marker'}]\n").startswith("line 1: ")
    assert not (tmp_path / "marker").exists()


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(YamlFileError, match=r"(?i)no such file"):
        read_yaml(tmp_path / "a.yaml")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(YamlFileError):
        read_yaml(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    with fed_pipe(tmp_path / "a.yaml"), pytest.raises(YamlFileError, match="regular file"):
        read_yaml(tmp_path / "a.yaml")


BOMBS = {
    "lists": ("[x, x]", "[{aliases}]"),
    "mappings": ("{k: 1, l: 2}", "{{k: [{aliases}]}}"),
    "merges": ("{k: 1, l: 2}", "{{<<: [{aliases}]}}"),
}
READ_WITHIN_LIMITS = """
import sys
from pathlib import Path
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
except ImportError:
    pass
from pytest_zrc.submission.yamlfile import YamlFileError, read_yaml
try:
    read_yaml(Path(sys.argv[1]))
except YamlFileError:
    pass
"""


@pytest.mark.parametrize("kind", BOMBS)
def test_billion_laughs(tmp_path: Path, kind: str) -> None:
    first, other = BOMBS[kind]
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{n}: &a{n} {other.format(aliases=', '.join([f'*a{n - 1}'] * 9))}" for n in range(1, 12)]
    path = tmp_path / "a.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", READ_WITHIN_LIMITS, path], timeout=20, check=False)
    assert done.returncode == 0


YAML_LIKE = st.text() | st.text(alphabet="ab01:-?*&!|>'\"[]{},.#% \n\t<=~_")


@given(text=st.binary() | YAML_LIKE.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_file_is_read_or_refused(folder: Path, text: bytes) -> None:
    try:
        found = read(folder, text)
    except YamlFileError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert all(isinstance(name, str) for name in found.values)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (False, "false"),
        (0.01, "0.01"),
        ("0.01", "'0.01'"),
        ("", "''"),
        (["a"], "a list"),
        ({"a": 1}, "a mapping"),
        ("x" * 100, "'" + "x" * 56 + "..."),
    ],
)
def test_values_as_messages_show_them(value: object, text: str) -> None:
    assert show(value) == text
