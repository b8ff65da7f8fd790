"""YAML files, read safely, with the lines on which their fields stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from pytest_zrc.errors import ZrcError

_LARGEST = 1 << 20


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
    text = _text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlFileError(f"line {line}: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlFileError(" ".join(str(error).split()) or "nested too deeply") from None
    if values is None:
        return YamlFile({})
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise YamlFileError(f"{_kind(values)}, not `field: value` lines")
    lines: dict[str, int] = {}
    duplicates: dict[str, int] = {}
    _note_lines(node, "", lines, duplicates)
    return YamlFile({str(key): value for key, value in values.items()}, lines, duplicates)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise YamlFileError("larger than 1 MiB")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise YamlFileError(f"byte {error.start} is not UTF-8 text") from None
    except OSError as error:
        raise YamlFileError(error.strerror or str(error)) from None


def _note_lines(node: object, prefix: str, lines: dict[str, int], duplicates: dict[str, int]) -> None:
    """Walk two levels of mappings, the depth at which fields have names."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        name = f"{prefix}{key.value}" if isinstance(key, yaml.ScalarNode) else prefix
        if name in lines:
            duplicates[name] = key.start_mark.line + 1
        lines[name] = key.start_mark.line + 1
        if not prefix:
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
