"""YAML files, read safely, with the lines on which their fields stand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from pytest_zrc.errors import ZrcError, shown
from pytest_zrc.files import require_regular

Scalar: TypeAlias = str | int | float | bool | None

_LARGEST = 1 << 20
_LONGEST_NUMBER = 5000  # characters


class YamlFileError(ZrcError):
    """The file cannot be read as a mapping of fields; the message says why, without the file's name."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The fields of a file.

    Attributes:
        values: as read.
        lines: where each field is, from 1; fields of a nested mapping as ``outer.inner``.
        duplicates: fields that are there twice (YAML keeps the last), with the line of the second.
    """

    values: Mapping[str, object]
    lines: Mapping[str, int] = field(default_factory=dict)
    duplicates: Mapping[str, int] = field(default_factory=dict)


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file whose top level is a mapping; nothing in it is executed.

    Raises:
        YamlFileError: no such file, unreadable, not YAML, or not a mapping.
    """
    return parse_yaml(read_text(path))


def parse_yaml(text: str) -> YamlFile:
    """Return the fields of a YAML text whose top level is a mapping.

    Raises:
        YamlFileError: not YAML, or not a mapping.
    """
    node, values = _compose(text)
    if values is None:
        return YamlFile({})
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise YamlFileError(f"{_kind(values)}, not `field: value` lines")
    lines: dict[str, int] = {}
    duplicates: dict[str, int] = {}
    _note_lines(node, "", lines, duplicates)
    return YamlFile({str(key): value for key, value in values.items()}, lines, duplicates)


def parse_scalar(text: str) -> Scalar:
    """Return a value as YAML reads it where it stands alone: ``true``, ``0.01``, ``null``, or a text.

    Raises:
        YamlFileError: not YAML, or no single value.
    """
    value = _compose(text)[1]
    if value is not None and not isinstance(value, str | int | float | bool):
        raise YamlFileError(f"{show(value)}, not a text, a number, true, false or null")
    return value


def read_text(path: Path) -> str:
    """Return the text of a YAML file, with its line ends as they are.

    Raises:
        YamlFileError: no such file, unreadable, too large, or not UTF-8.
    """
    try:
        require_regular(path)
        if path.stat().st_size > _LARGEST:
            raise YamlFileError("larger than 1 MiB")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise YamlFileError(f"byte {error.start} is not UTF-8 text") from None
    except OSError as error:
        raise YamlFileError(error.strerror or str(error)) from None


def compose(text: str) -> yaml.MappingNode | None:
    """Return the fields of a text that ``parse_yaml`` can read as nodes, which know where they stand."""
    with closing(_Loader(text)) as loader:
        node = loader.get_single_node()
    return node if isinstance(node, yaml.MappingNode) else None


def _compose(text: str) -> tuple[yaml.Node | None, object]:
    """Return what a text holds as a node and as values."""
    try:
        with closing(_Loader(text)) as loader:
            node = loader.get_single_node()
            return node, None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlFileError(f"line {line}: {shown(_problem(error), 200)}") from None
    except yaml.YAMLError as error:
        raise YamlFileError(shown(error, 200)) from None
    except RecursionError:
        raise YamlFileError("nested too deeply") from None
    except Exception as error:  # noqa: BLE001 - the text is foreign, and PyYAML's constructors raise many kinds
        raise YamlFileError(f"a value that cannot be read ({type(error).__name__})") from None


def _problem(error: yaml.MarkedYAMLError) -> str:
    """Say what is wrong; some problems go on where their context ends."""
    problem = str(error.problem or error.context)
    return f"{error.context} {problem}" if error.context and problem.startswith("but ") else problem


class _Loader(yaml.SafeLoader):
    """Knows no aliases: nobody needs them here, and a few lines of them can stand for a text that fills the memory."""

    def close(self) -> None:
        """Let go of the parser's state."""
        self.dispose()

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        """Compose a node unless it is an alias."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="an alias (*), which is not allowed here", problem_mark=mark)
        return super().compose_node(parent, index)


def _require_short(node: yaml.ScalarNode) -> None:
    """Raise ValueError for a number that nobody would write: PyYAML takes hours for one of many parts, like 1:59:59."""
    if len(node.value) > _LONGEST_NUMBER:
        raise ValueError


def _float(loader: _Loader, node: yaml.ScalarNode) -> float:
    _require_short(node)
    return float(loader.construct_yaml_float(node))


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    _require_short(node)
    value = loader.construct_yaml_int(node)
    str(value)  # raises ValueError where there are too many digits for any message or file
    return value


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _float)


def _note_lines(node: object, prefix: str, lines: dict[str, int], duplicates: dict[str, int]) -> None:
    """Walk two levels of mappings, the depth at which fields have names."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        name = f"{prefix}{key.value}" if isinstance(key, yaml.ScalarNode) else prefix
        twice = name in lines
        if twice:
            duplicates[name] = key.start_mark.line + 1
        lines[name] = key.start_mark.line + 1
        if not prefix and not twice:
            _note_lines(value, f"{name}.", lines, duplicates)


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else "a single value"


def show(value: object) -> str:
    """Return a value as a message can hold it: scalars short, containers by their kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
