"""The evaluations of the 2015 and 2017 challenges, written from their definition in plain Python, and slow.

Nothing of the package is used here. Tokens are lists of frames, frames lists of numbers; every triplet is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

Frame = Sequence[float]
Year = Literal[2015, 2017]


@dataclass(frozen=True)
class Token:
    """A stretch of speech, with its frames."""

    phone: str
    context: str
    talker: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Cell:
    """All triplets with the same phones, context and talkers, and the share of them that is wrong."""

    a: str
    b: str
    context: str
    talker: str
    x_talker: str
    error: float


def tokens(
    features: Mapping[str, Sequence[Frame]],
    items: Sequence[tuple[str, float, float, str, str, str]],
    times: Mapping[str, Sequence[float]],
) -> list[Token]:
    """Cut tokens out: the frames of a file whose times are not before the onset and not after the offset.

    Args:
        features: frames by file.
        items: file, onset, offset, phone, context, talker.
        times: of the frames, by file.
    """
    found = []
    for file, onset, offset, phone, context, talker in items:
        if file in features:
            pairs = zip(features[file], times[file], strict=True)
            found.append(Token(phone, context, talker, tuple(frame for frame, t in pairs if onset <= t <= offset)))
    return found


def angle(x: Frame, y: Frame) -> float:
    """Return the angle between two frames, from 0 to 1."""
    x_norm, y_norm = math.sqrt(sum(v * v for v in x)), math.sqrt(sum(v * v for v in y))
    if x_norm == 0 or y_norm == 0:
        return float(x_norm != y_norm)
    cosine = sum((u / x_norm) * (v / y_norm) for u, v in zip(x, y, strict=True))
    return math.acos(min(1.0, max(-1.0, cosine))) / math.pi


def warp(x: Token, y: Token, year: Year) -> float:
    """Return the cost of the best path between two tokens; in 2017 it is divided by the length of that path."""
    rows, columns = len(x.frames), len(y.frames)
    if not rows or not columns:
        return 0.0 if rows == columns else math.inf
    costs: dict[tuple[int, int], float] = {}
    for i, j in product(range(rows), range(columns)):
        before = [costs[place] for place in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if place in costs]
        costs[i, j] = angle(x.frames[i], y.frames[j]) + (min(before) if before else 0.0)
    cost = costs[rows - 1, columns - 1]
    return cost if year == 2015 else cost / _steps(costs, rows - 1, columns - 1)


def _steps(costs: Mapping[tuple[int, int], float], i: int, j: int) -> int:
    """Count the frame pairs on the path, walked back from its end."""
    steps = 1
    while i and j:
        diagonal, left, up = costs[i - 1, j - 1], costs[i, j - 1], costs[i - 1, j]
        if diagonal <= left and diagonal <= up:
            i, j = i - 1, j - 1
        elif left <= up:
            j -= 1
        else:
            i -= 1
        steps += 1
    return steps + i + j


def cells(found: Sequence[Token], year: Year, *, across: bool) -> Iterator[Cell]:
    """Yield every cell that has a triplet."""
    phones, contexts, talkers = (
        sorted({getattr(token, name) for token in found}) for name in ("phone", "context", "talker")
    )
    for a, b, context, talker, x_talker in product(phones, phones, contexts, talkers, talkers):
        if a == b or (talker == x_talker) == across:
            continue
        of_a = [t for t in found if (t.phone, t.context, t.talker) == (a, context, talker)]
        of_b = [t for t in found if (t.phone, t.context, t.talker) == (b, context, talker)]
        of_x = [t for t in found if (t.phone, t.context, t.talker) == (a, context, x_talker)]
        wrong = [_wrong(x, one, other, year) for x, one, other in product(of_x, of_a, of_b) if x is not one]
        if wrong:
            yield Cell(a, b, context, talker, x_talker, sum(wrong) / len(wrong))


def _wrong(x: Token, a: Token, b: Token, year: Year) -> float:
    to_a, to_b = warp(x, a, year), warp(x, b, year)
    return 0.5 if to_a == to_b else float(to_a > to_b)


def score(found: Sequence[Token], year: Year, *, across: bool) -> float | None:
    """Return the error rate.

    2015: talkers (or pairs of them) within context and phone pair, then contexts, then ordered phone pairs.
    2017: contexts within talker (or pair) and phone pair, then talkers, then phone pairs.
    """
    levels = (("talker", "x_talker"), ("context",)) if year == 2015 else (("context",), ("talker", "x_talker"))
    keys = ["a", "b", "context", "talker", "x_talker"]
    values = [(tuple(getattr(cell, key) for key in keys), cell.error) for cell in cells(found, year, across=across)]
    for level in levels:
        left = [position for position, key in enumerate(keys) if key not in level]
        values = _means([(tuple(name[position] for position in left), error) for name, error in values])
        keys = [keys[position] for position in left]
    return sum(error for _, error in values) / len(values) if values else None


def _means(values: Sequence[tuple[tuple[str, ...], float]]) -> list[tuple[tuple[str, ...], float]]:
    groups: dict[tuple[str, ...], list[float]] = {}
    for name, error in values:
        groups.setdefault(name, []).append(error)
    return [(name, sum(errors) / len(errors)) for name, errors in groups.items()]
