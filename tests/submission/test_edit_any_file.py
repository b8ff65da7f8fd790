"""Whatever a user's file looks like: exactly the lines of the wanted fields change, and they say what was wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.submission.edit import edited
from pytest_zrc.submission.yamlfile import Scalar

TOP, SECTIONS, INNER = ("code_url", "open_source", "username"), ("model_info", "publication"), ("team", "DOI", "id")
NAMES = (*TOP, *(f"{section}.{field}" for section in SECTIONS for field in INNER))

# A value as it may be written, and what stays behind it when it is replaced.
INLINE = [
    "x",
    "'x y'",
    '"a: b # c"',
    "yes",
    "12",
    "1.50",
    "2026-01-01",
    "null",
    "",
    "http://a/b#c",
    "é 😀",
    "\\n",
    "'it''s'",
]
LONG = ["plain text\n{0}that goes on", "'quoted\n\n{0}text'", '"a \\\n{0}b"']
BLOCKS = ["|\n{0}a\n{0}  b", ">-\n{0}a\n\n{0}b", "|+\n{0}a"]
BRACED = ["x", "1", '"a b"']
COMMENTS = st.sampled_from(["", "", " # c", "   #c: d"])
EMPTY = st.sampled_from(["", "", "\n", "  \n\n"])
BETWEEN = st.sampled_from(["", "", "\n", "# a comment\n", " # deeper: 1\n\n"])


@dataclass(frozen=True)
class Piece:
    """Some lines: of the field ``owner`` where it has a name; ``tail`` stays when its value is replaced."""

    owner: str
    text: str
    tail: str = ""


@st.composite
def fields(draw: st.DrawFn, prefix: str, name: str, indentation: str) -> Piece:
    head = f"{indentation}{name}{draw(st.sampled_from(['', ' ']))}:"
    gap, kind = draw(st.sampled_from([" ", "   "])), draw(st.sampled_from(["inline", "inline", "long", "block"]))
    comment = draw(COMMENTS)
    if kind == "inline":
        return Piece(prefix + name, f"{head}{gap}{draw(st.sampled_from(INLINE))}", f"{comment}\n{draw(EMPTY)}")
    value = draw(st.sampled_from(LONG if kind == "long" else BLOCKS)).format(indentation + "  ")
    if kind == "long":
        return Piece(prefix + name, f"{head}{gap}{value}", f"{comment}\n{draw(EMPTY)}")
    value = value.replace("\n", f"{comment}\n", 1)
    return Piece(prefix + name, f"{head}{gap}{value}", f"\n{draw(EMPTY)}")


@st.composite
def sections(draw: st.DrawFn, name: str) -> list[Piece]:
    kind = draw(st.sampled_from(["block", "block", "braces", "null"]))
    names = draw(st.permutations(INNER))[: draw(st.integers(1, 3))]
    comment = draw(COMMENTS)
    if kind == "null":
        return [Piece(f"{name}.", f"{name}:", f"{comment}\n")]
    if kind == "braces":
        inside = ", ".join(f"{field}: {draw(st.sampled_from(BRACED))}" for field in names)
        return [Piece(f"{name}.", f"{name}: {{{inside} }}", f"{comment}\n")]
    indentation = " " * draw(st.integers(1, 4))
    found = [Piece("", f"{name}:{comment}\n")]
    for field in names:
        found += [Piece("", draw(BETWEEN)), draw(fields(f"{name}.", field, indentation))]
    return found


@st.composite
def files(draw: st.DrawFn) -> list[Piece]:
    found = [Piece("", draw(st.sampled_from(["", "---\n", "# head\n\n"])))]
    for name in draw(st.permutations((*TOP, *SECTIONS)))[: draw(st.integers(1, 5))]:
        found += draw(sections(name)) if name in SECTIONS else [draw(fields("", name, ""))]
        found.append(Piece("", draw(BETWEEN)))
    return found


VALUES: st.SearchStrategy[Scalar] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(["Mar26a", "yes", "a: b", "# c"])
)


def stays(pieces: list[Piece], wanted: Iterable[str]) -> Iterator[str]:
    """Return a pattern for each line that must still be there; of a changed one its name and its comment stay."""
    for piece in pieces:
        if any(piece.owner == name or (piece.owner[-1:] == "." and name.startswith(piece.owner)) for name in wanted):
            comment, *below = piece.tail.split("\n")[:-1]
            yield f"{re.escape(piece.text.split(':')[0])}:.*{re.escape(comment)}"
            yield from map(re.escape, below)
        else:
            yield from map(re.escape, (piece.text + piece.tail).split("\n")[:-1])


def others(lines: list[str], patterns: Iterable[str]) -> list[str]:
    """Take lines that match the patterns, all of them and in their order, from others; return what is left."""
    left, rest = [], iter(lines)
    for one in patterns:
        while not re.fullmatch(one, line := next(rest), re.DOTALL):
            left.append(line)
    return [*left, *rest]


def flat(text: str) -> dict[str, str]:
    values: dict[str, Any] = yaml.safe_load(text) or {}
    rows = {}
    for name, value in values.items():
        if name in SECTIONS:
            rows.update({f"{name}.{field}": repr(inner) for field, inner in (value or {}).items()})
        else:
            rows[name] = repr(value)
    return rows


@settings(deadline=None)
@given(
    pieces=files(),
    wanted=st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=3),
    line_end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    cut=st.booleans(),
)
def test_only_the_wanted_lines_differ(
    pieces: list[Piece], wanted: dict[str, Scalar], line_end: str, mark: str, *, cut: bool
) -> None:
    text = "".join(piece.text + piece.tail for piece in pieces)
    cut = cut and "|" not in text and ">" not in text  # a block text without a last line end is another text with one
    before = mark + (text[:-1] if cut else text).replace("\n", line_end)
    after = edited(before, wanted)

    assert flat(after) == {**flat(before), **{name: repr(value) for name, value in wanted.items()}}
    assert edited(after, wanted) == after
    assert after.startswith(mark)
    if line_end in before:
        assert after.count("\n") == after.count(line_end)

    had = flat(before)
    changed = [name for name, value in wanted.items() if had.get(name) != repr(value)]
    lines = (after.removeprefix(mark).replace("\r\n", "\n") + ("\n" if cut else "")).split("\n")[:-1]
    new = others(lines, stays(pieces, changed))
    added = [name for name in changed if name not in had]
    heads = {name.split(".")[0] for name in added if "." in name}
    assert {line.partition(":")[0].strip() for line in new} <= {name.split(".")[-1] for name in added} | heads
    assert len(new) <= len(added) + len(heads)
