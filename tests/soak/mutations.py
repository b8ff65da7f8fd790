"""Inputs made of others: bytes changed at random, and pieces replaced by those that parsers have stumbled over."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import TypeAlias

from tests.submission.npyfiles import npy, with_header

Tokens: TypeAlias = Sequence[bytes]

LARGEST = 1 << 16  # bytes: what takes more is a test of its own

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
    *(b"!!python/object:os.system ", b"!!python/name:os.system ", b"!!binary ", b"!!timestamp ", b"!!set ", b"!!omap "),
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


def mutate(chance: random.Random, corpus: Sequence[bytes], tokens: Tokens) -> bytes:
    """Return an input made of one of a corpus, by a few changes."""
    content = chance.choice(corpus)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 8))):
        content = chance.choice(_CHANGES)(chance, content, corpus, tokens)
    return content[:LARGEST]


def strange_npy(chance: random.Random, content: bytes = b"") -> bytes:
    """Return a ``.npy`` file whose header claims what the others never do; the values are those of another one."""
    values = chance.choice((b"", bytes(48), b"\xff" * 48, content[-48:]))
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
