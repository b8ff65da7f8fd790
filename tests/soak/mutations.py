"""Inputs made of others: bytes changed at random, and pieces replaced by those that parsers have stumbled over."""

from __future__ import annotations

import json
import pickle
import random
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from tests.submission.npyfiles import npy, with_header

Tokens: TypeAlias = Sequence[bytes]

LARGEST = 1 << 16  # bytes: what takes more is a test of its own

_GROWN = 100  # one of so many inputs is large

_WHOLE = (0, -1, 1, 2, 255, 2**31, 2**32 - 1, 2**60, -(2**63), 2**64, 10**400)
NUMBERS: Tokens = (
    *(str(number).encode() for number in _WHOLE),
    *(b"1" * 5000, b"1e-320", b"1e308", b"1e999", b"-0", b"NaN", b"Infinity", b"-Infinity"),
    *(b"0x1F", b"1_000", b".5", b"1.", b"+3", b"1j"),
)
JSON: Tokens = (
    *NUMBERS,
    *(
        b"null",
        b"true",
        b"false",
        b'""',
        b"[]",
        b"{}",
        b"[[]]",
        b'{"a":1}',
        b'["a"]',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
    ),
    *(
        b'"\\ud800"',
        b'"\\u0000"',
        b'"\\u001b[2J"',
        b'"a\\nb"',
        b'"..\\u002f.."',
        b'"/etc/passwd"',
        b'"\\u202e"',
        b'"."',
    ),
    b'"' + b"x" * 300 + b'"',
    b"[" * 3000,
    b'{"a":' * 3000,
)
YAML: Tokens = (
    *NUMBERS,
    *(b"null", b"~", b"yes", b"[]", b"{}", b"- ", b"? ", b": ", b"| ", b"> ", b"|-9", b"&a ", b"*a", b"<<: ", b"---\n"),
    *(
        b'!!python/object/apply:os.system ["true"] ',
        b"!!python/object:os.system ",
        b"!!python/name:os.system ",
        b"!!binary ",
        b"!!timestamp ",
        b"!!set ",
        b"!!omap ",
    ),
    *(b"!!int ", b"!!float ", b"!!null ", b"!<x> ", b"%YAML 9.9\n", b"%TAG ! x\n", b"\t", b"\r", b"\x85", b"#", b"="),
    *(b"2001-99-99", b"2001-01-01", b"2001-01-01T25:00:00+99:99", b"190:20:30.15", b'"\\ud800"', b'"\\e[2J"'),
    *('"\N{LINE SEPARATOR}"'.encode(), "\N{BYTE ORDER MARK}".encode(), b"{a: " * 300, b"[" * 300, b"x" * 300),
)
TABLE: Tokens = (
    *NUMBERS,
    *(b" ", b"\n", b"\r", b"\r\n", b"\t", b"\0", b"\x0b", b"\x1c", b"#", b",", b"nan", b"inf", b"x", b"'", b'"'),
    *("\N{NO-BREAK SPACE}".encode(), "\N{ARABIC-INDIC DIGIT THREE}".encode(), "\N{LINE SEPARATOR}".encode()),
    *(b"\x1b[2J", b"\xff", "\N{BYTE ORDER MARK}".encode()),
)
ZIP: Tokens = (
    *(b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"),
    *(b"../", b"/", b"\\", b"C:", b"\0", b"\xff\xff\xff\xff", b"\xff\xff", bytes(4), b"\x01\x00\x10\x00"),
    *(bytes([method, 0]) for method in (0, 1, 8, 9, 12, 14, 93, 95, 99)),
    *(value.to_bytes(8, "little") for value in (2**32, 2**60, 2**63, 2**64 - 1)),
)
AUDIO: Tokens = (
    *(
        b"RIFF",
        b"RF64",
        b"WAVE",
        b"fmt ",
        b"data",
        b"LIST",
        b"fLaC",
        b"OggS",
        b"ID3",
        b"FORM",
        b"\xff\xf8",
        b"\x01vorbis",
    ),
    *(bytes(8), b"\xff" * 8, b"\x00\x00\x00\x80", b"\xff\xff\xff\x7f", b"\xff\xff", b"\x01", b"\xff\x00\x01\x00"),
)
HTTP: Tokens = (
    *NUMBERS,
    *(
        b"\n",
        b"\n\n",
        b": ",
        b"\t",
        b"\0",
        b"\xff",
        b"\x1b[2J",
        b",",
        b"bytes",
        b"bytes 0-0/*",
        b"W/",
        b"gzip",
        b"x" * 300,
    ),
    *(b"206", b"301", b"304", b"307", b"404", b"416", b"429", b"503", b"999", b"Location: ", b"Content-Length: "),
    *(b"Content-Range: ", b"Content-Encoding: ", b"Transfer-Encoding: chunked", b"Retry-After: ", b"ETag: "),
    *(
        b"http://[",
        b"https://a:b@c/",
        b"file:///etc/passwd",
        b"//",
        b"https://[::1",
        b"https://a:99999999/",
        b"ftp://a/",
    ),
    *(b"https://\xc3\xbc\xe2\x80\xae/", b"https://" + b"a" * 3000, b"javascript:alert(1)", b"/b" * 3000),
)
OPTIONS: Tokens = (
    *NUMBERS,
    *(
        b"=",
        b"%",
        b"ci",
        b"paired",
        b"*",
        b"?",
        b"[",
        b"]",
        b"[!a-z]",
        b"::",
        b"*" * 300,
        b"[" * 300,
        b"\n",
        b" ",
        b"\0",
    ),
    *(
        b"K",
        b"GiB",
        b"null",
        b"true",
        b"feature_size=",
        b"seed=",
        b"pooling=",
        b"\x1b[2J",
        b"\xff",
        b"!!python/name:os.system ",
    ),
    *("\N{ARABIC-INDIC DIGIT THREE}".encode(), b"_", b"'", b'"', b"- a", b"{a: 1}", b"!!int ", b"&a ", b"*a"),
)
_SHAPES = (
    *("(1152921504606846976, 4)", "(-1, 4)", "((2, 4), 4)", "(2, (4,))", "(2.0, 4)", "(True, 4)", "()", "(0,)", "(4,)"),
    *("(1099511627776, 0)", "(0, 140737488355328)", "(2, 0)", "(1, 4)", "[3, 4]", "None", "3", "'34'", "(3, 4, 1)"),
    "(" + "1, " * 33 + ")",
    "(" + "9" * 5000 + ",)",
    "(" + "[" * 90 + "]" * 90 + ")",
    "(1 if True else 2, 4)",
    "(__import__('os').getpid(), 4)",
    "{2: 4}",
)
_TYPES: tuple[object, ...] = (
    *("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<f16", "<i1", "<i4", ">i8", "<u8", "|b1", "<c8", "|O", "|V0", "|V8"),
    *("|S4", "<U2", "|S0", "<M8[s]", "<m8", "(2,)<f4", "f4,f4", "", "x", "<f99999999999999999999", "<f3", "O4"),
    *([("a", "<f4")], [("a", "|O")], [("a", [("b", "|O")])], [("a", "<f4", (9, 9))], [], None, 4, {"names": ["a"]}),
    [("a", "<f4"), ("a", "<f4")],
)
_WORD = re.compile(rb"[\w.+-]+|\"[^\"]*\"|[^\w\s]")


class _Call:
    """What a pickle of it does when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, ("1 + 1",)


_PICKLES = tuple(pickle.dumps(one, 2) for one in (np.array([1, None]), [1, 2], _Call()))
_LEAVES = (
    None,
    True,
    -1,
    0.5,
    2**60,
    -(10**400),
    float("nan"),
    float("inf"),
    "",
    "a",
    "\ud800",
    "\x1b[2J",
    "../a",
    "x" * 300,
)


def mutate(chance: random.Random, corpus: Sequence[bytes], tokens: Tokens, largest: int = LARGEST) -> bytes:
    """Return an input made of one of a corpus, by a few changes."""
    content = chance.choice(corpus)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 8))):
        content = chance.choice(_CHANGES)(chance, content, corpus, tokens)
    return (_grown(chance, content, largest) if chance.randrange(_GROWN) == 0 else content)[:largest]


def _grown(chance: random.Random, content: bytes, largest: int) -> bytes:
    """Repeat a piece until it is as large as it may be: what takes too long for long inputs shows."""
    start = _place(chance, content)
    piece = content[start : start + chance.choice((1, 2, 8, 64, 512))] or b"\n"
    times = chance.choice((largest // 8, largest)) // len(piece)
    return content[:start] + piece * times + content[start + len(piece) :]


def strange_json(chance: random.Random, corpus: Sequence[bytes]) -> bytes:
    """Return JSON made of some of a corpus, with a value in it that is another one, or gone, or twice."""
    try:
        root, other = (json.loads(chance.choice(corpus)) for _ in range(2))
    except (ValueError, RecursionError):
        return mutate(chance, corpus, JSON)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        boxes = _boxes(root)
        if boxes:
            _change(chance, chance.choice(boxes), [*_LEAVES, *_boxes(other), [], {}])
    try:
        return json.dumps(root).encode()[:LARGEST]
    except (ValueError, RecursionError):  # a value within itself
        return b"[]"


def _boxes(value: object) -> list[Any]:
    """Return all lists and objects within a value that have something in them."""
    found: list[Any] = []
    left = [value]
    while left and len(found) < 1000:
        one = left.pop()
        if one and isinstance(one, list | dict):
            found.append(one)
            left.extend(one.values() if isinstance(one, dict) else one)
    return found


def _change(chance: random.Random, box: Any, values: Sequence[Any]) -> None:  # noqa: ANN401
    """Change one thing in a list or an object."""
    key = chance.choice(list(box)) if isinstance(box, dict) else chance.randrange(len(box))
    kind = chance.randrange(6)
    if kind == 0:
        del box[key]
    elif kind == 1 and isinstance(box, list):
        box.insert(key, box[chance.randrange(len(box))])
    elif kind == 1:
        box[chance.choice(("a", "", "\ud800", "x" * 300))] = box.pop(key)
    else:
        box[key] = chance.choice(values)


def strange_npy(chance: random.Random, content: bytes = b"") -> bytes:
    """Return a ``.npy`` file whose header claims what the others never do; the values are those of another one."""
    values = chance.choice((b"", bytes(48), b"\xff" * 48, content[-48:], *_PICKLES))
    version = chance.choice((1, 2, 2, 3, 4, 255))
    if chance.random() < 0.1:
        return with_header(
            chance.choice(("", "{}", "[]", "(" * 150, "{'shape'", "1" * 5000, "\0", "{**{}}")), values, version
        )
    shape = chance.choice((*_SHAPES, "(3, 4)", "(2, 2)", "(6, 2)", "(12,)"))
    return npy(shape, chance.choice(_TYPES), values, version)


def _flip(chance: random.Random, content: bytes, _corpus: Sequence[bytes], _tokens: Tokens) -> bytes:
    place = _place(chance, content)
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def _cut(chance: random.Random, content: bytes, _corpus: Sequence[bytes], _tokens: Tokens) -> bytes:
    return content[: _place(chance, content)]


def _drop(chance: random.Random, content: bytes, _corpus: Sequence[bytes], _tokens: Tokens) -> bytes:
    place = _place(chance, content)
    return content[:place] + content[place + chance.choice((1, 2, 4, 16, 256)) :]


def _repeat(chance: random.Random, content: bytes, _corpus: Sequence[bytes], _tokens: Tokens) -> bytes:
    place = _place(chance, content)
    piece = content[place : place + chance.choice((1, 4, 16, 64, 256))]
    return content[:place] + piece * chance.choice((2, 3, 50)) + content[place + len(piece) :]


def _splice(chance: random.Random, content: bytes, corpus: Sequence[bytes], _tokens: Tokens) -> bytes:
    other = chance.choice(corpus)
    return content[: _place(chance, content)] + other[_place(chance, other) :]


def _put_in(chance: random.Random, content: bytes, _corpus: Sequence[bytes], tokens: Tokens) -> bytes:
    place = _place(chance, content)
    return content[:place] + chance.choice(tokens) + content[place:]


def _put_over(chance: random.Random, content: bytes, _corpus: Sequence[bytes], tokens: Tokens) -> bytes:
    token, place = chance.choice(tokens), _place(chance, content)
    return content[:place] + token + content[place + len(token) :]


def _replace_word(chance: random.Random, content: bytes, _corpus: Sequence[bytes], tokens: Tokens) -> bytes:
    """Put something in the place of a whole value, so that what is around it still makes sense."""
    found = _WORD.search(content, _place(chance, content))
    if not found:
        return content
    start, end = found.span()
    return content[:start] + chance.choice(tokens) + content[end:]


def _place(chance: random.Random, content: bytes) -> int:
    return chance.randrange(len(content) + 1)


_CHANGES = (_flip, _cut, _drop, _repeat, _splice, _put_in, _put_over, *[_replace_word] * 4)
