"""Fields of a YAML file are changed; whatever else the user wrote stays as it is, to the character.

The parser says where each value stands, and only that piece of the text is replaced. A library that writes the whole
file anew (ruamel.yaml) also changes lines that nobody asked it to.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import yaml

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.submission.yamlfile import Scalar, YamlFileError, compose, parse_yaml, read_text

_LINE_BREAK = re.compile(r"[\n\r\x85\u2028\u2029]")
_COMMENT = re.compile(r"[ \t]+#.*")
_QUOTE = '"'
_STEP = "  "  # of indentation, where the file has none to go by

_Tree: TypeAlias = tuple[str, object]


def set_fields(path: Path, values: Mapping[str, Scalar], *, make: bool = False) -> None:
    """Change fields of a YAML file, and nothing else in it; the file keeps its mode.

    Args:
        path: the file; where it is a link, the file that it leads to is changed.
        values: by dotted name, as ``model_info.model_id``.
        make: the file where there is none.

    Raises:
        ZrcError: it cannot be read, changed or written; it is as it was.
    """
    try:
        text = "" if make and not os.path.lexists(path) else read_text(path)
        changed = edited(text, values)
        if changed != text:
            _overwrite(Path(os.path.realpath(path)), changed)
    except YamlFileError as error:
        raise ZrcError(f"{path} cannot be changed ({error}): {_by_hand(values)}") from None
    except OSError as error:
        raise ZrcError(
            f"{path} cannot be written ({error.strerror or error}): make it writable, or {_by_hand(values)}"
        ) from None


def edited(text: str, values: Mapping[str, Scalar]) -> str:
    """Return a YAML text with some fields set.

    A value is replaced where it stands, a field that is not there is added at the end of its section, and a section at
    the end of the text. A field that has the value already is left as it is.

    Args:
        text: its top level is a mapping, or nothing.
        values: by name, that of a field in a section dotted, as ``model_info.model_id``.

    Raises:
        YamlFileError: it cannot be done without changing anything else. The message does not name the file.
    """
    before = parse_yaml(text)
    for name in values:
        for part in (name.partition(".")[0], name):
            if part in before.duplicates:
                raise YamlFileError(f"{part} is there twice, again on line {before.duplicates[part]}")
    changed = text
    try:
        for name, value in values.items():
            if not _holds(changed, name, value):
                changed = _with_field(changed, name, value)
        done = all(_holds(changed, name, value) for name, value in values.items())
    except (yaml.YAMLError, YamlFileError) as error:
        if isinstance(error, _ByHandError):
            raise
        done = False
    if not done or _others(changed, values) != _others(text, values):
        raise YamlFileError("it is written in a way in which these fields cannot be changed without the others")
    return changed


def written(value: Scalar, quote: str | None = None) -> str:
    """Return a value in one line of YAML, which is read as the same value again.

    Args:
        value: a text is in quotes only where it must be.
        quote: put around a text in any case: ``"``, or ``'`` where the text has signs that need no escape.
    """
    style = quote if isinstance(value, str) else None
    if isinstance(value, str) and _LINE_BREAK.search(value):
        style = _QUOTE
    dumped: str = yaml.safe_dump(
        [value], default_style=style, default_flow_style=False, allow_unicode=True, width=math.inf
    )
    return dumped.removeprefix("- ").rstrip("\n")


class _ByHandError(YamlFileError):
    """What stands there is to be changed by hand."""


def _by_hand(values: Mapping[str, Scalar]) -> str:
    return "edit it by hand: set " + ", ".join(f"{name} to {written(value)}" for name, value in values.items())


def _overwrite(path: Path, text: str) -> None:
    there = path.exists()
    if there and not os.access(path, os.W_OK):  # a rename would not mind
        raise OSError(0, "read-only")
    write_atomically(path, text, mode=path.stat().st_mode if there else None)


def _with_field(text: str, name: str, value: Scalar) -> str:
    root = compose(text)
    section, _, field = name.rpartition(".")
    if root is None:
        return _appended(text, _entry(section, field, value, _STEP))
    parent = _find(root, section) if section else root
    if parent is None:
        return _added(text, root, section, field, value)
    if section and _is_null(parent):
        return _filled(text, root, parent, field, value)
    if not isinstance(parent, yaml.MappingNode):
        raise _ByHandError(f"{section} has no fields below it")
    node = _find(parent, field)
    if node is None:
        return _added(text, parent, "", field, value)
    if not isinstance(node, yaml.ScalarNode):
        raise _ByHandError(f"{name} is a {'list' if isinstance(node, yaml.SequenceNode) else 'mapping'}")
    return _replaced(text, node, value, flow=bool(parent.flow_style))


def _find(mapping: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((value for key, value in mapping.value if key.value == name), None)


def _is_null(node: yaml.Node) -> bool:
    return str(node.tag) == "tag:yaml.org,2002:null"


def _replaced(text: str, node: yaml.ScalarNode, value: Scalar, *, flow: bool) -> str:
    """Put a value in the place of another one; quotes stay, and a comment after it."""
    start, end = node.start_mark.index, _end(text, node, with_empty_lines=False)
    quote = node.style if node.style in ("'", _QUOTE) else _QUOTE if flow else None
    comment = _COMMENT.search(_first_line(text[start:end])) if node.style in ("|", ">") else None
    gap = " " if start == end else ""  # nothing stands there: this is right behind the colon
    return text[:start] + gap + written(value, quote) + (comment[0] if comment else "") + text[end:]


def _added(text: str, mapping: yaml.MappingNode, section: str, field: str, value: Scalar) -> str:
    """Add a field, or a section of one field, at the end of a mapping."""
    if mapping.flow_style:
        return _added_in_braces(text, mapping, section, field, value)
    entry = _entry(section, field, value, _step(mapping), _indentation(mapping))
    return _below(text, _end(text, mapping.value[-1][1]), entry)


def _added_in_braces(text: str, mapping: yaml.MappingNode, section: str, field: str, value: Scalar) -> str:
    quote = _QUOTE if any(key.style == _QUOTE for key, _ in mapping.value) else None
    entry = f"{written(field, quote)}: {written(value, _QUOTE)}"
    if section:
        entry = f"{written(section, quote)}: {{{entry}}}"
    if not mapping.value:
        end = mapping.end_mark.index - 1
        return text[:end] + entry + text[end:]
    end = _end(text, mapping.value[-1][1])
    return f"{text[:end]}, {entry}{text[end:]}"


def _filled(text: str, root: yaml.MappingNode, section: yaml.Node, field: str, value: Scalar) -> str:
    """Give an empty section a field."""
    start, end = section.start_mark.index, section.end_mark.index
    if root.flow_style:
        return f"{text[:start].rstrip(' ')} {{{written(field, _QUOTE)}: {written(value, _QUOTE)}}}{text[end:]}"
    before = text[:start].rstrip(" ")
    entry = _entry("", field, value, "", _indentation(root) + _step(root))
    return _below(before + text[end:], len(before), entry)


def _indentation(mapping: yaml.MappingNode) -> str:
    return " " * int(mapping.value[0][0].start_mark.column)


def _step(root: yaml.MappingNode) -> str:
    """Return how much deeper the fields of a section stand."""
    for _, value in root.value:
        if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            return _indentation(value).removeprefix(_indentation(root))
    return _STEP


def _entry(section: str, field: str, value: Scalar, step: str, indentation: str = "") -> list[str]:
    """Return the line of a field, below that of its section if there is one."""
    line = f"{written(field)}: {written(value)}"
    lines = [f"{written(section)}:", f"{step}{line}"] if section else [line]
    return [indentation + line for line in lines]


def _below(text: str, place: int, lines: list[str]) -> str:
    """Put lines below that of a place in the text."""
    line_end = _line_end(text)
    if place and _LINE_BREAK.match(text[place - 1]):  # after a block that keeps the empty lines below it
        return text[:place] + "".join(line + line_end for line in lines) + text[place:]
    found = _LINE_BREAK.search(text, place)
    place = found.start() if found else len(text)
    return text[:place] + "".join(line_end + line for line in lines) + text[place:]


def _appended(text: str, lines: list[str]) -> str:
    line_end = _line_end(text)
    gap = line_end if text.strip("\ufeff") and not _LINE_BREAK.match(text[-1]) else ""
    return text + gap + "".join(line + line_end for line in lines)


def _end(text: str, node: yaml.Node, *, with_empty_lines: bool = True) -> int:
    """Return where the text of a node ends; for blocks, the parser says only where the next thing begins.

    Empty lines below a block text can be part of it.
    """
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        block = text[node.start_mark.index : node.end_mark.index]
        keeps = "+" in _COMMENT.sub("", _first_line(block))
        return int(node.start_mark.index) + len(block if keeps and with_empty_lines else block.rstrip())
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(node, yaml.MappingNode) else last)
    return int(node.end_mark.index)


def _first_line(text: str) -> str:
    return _LINE_BREAK.split(text, maxsplit=1)[0]


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _holds(text: str, name: str, value: Scalar) -> bool:
    """Tell whether a field has a value, of the same type."""
    found: object = parse_yaml(text).values
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return type(found) is type(value) and repr(found) == repr(value)


def _others(text: str, names: Collection[str]) -> list[tuple[str, _Tree]]:
    """Return all fields but some, in their order, without regard to how they are written."""
    root = compose(text)
    sections = {name.partition(".")[0] for name in names}
    return [row for row in _rows(root, sections) if row[0] not in names] if root else []


def _rows(root: yaml.MappingNode, sections: Collection[str]) -> Iterator[tuple[str, _Tree]]:
    for key, value in root.value:
        if isinstance(value, yaml.MappingNode) and key.value in sections:
            yield from ((f"{key.value}.{inner.value}", _tree(below)) for inner, below in value.value)
        elif not (_is_null(value) and key.value in sections):
            yield key.value, _tree(value)


def _tree(node: yaml.Node) -> _Tree:
    if isinstance(node, yaml.MappingNode):
        return str(node.tag), [(_tree(key), _tree(value)) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return str(node.tag), [_tree(item) for item in node.value]
    return str(node.tag), node.value
