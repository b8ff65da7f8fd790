"""Distances of tokens as they are defined, number by number, in the precision of what they are made from."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.frames import Frames, Values
from pytest_zrc.abx.kernel import Spans, TokenPairs, Units

Doubles = npt.NDArray[np.float64]

OF_ZERO = {"cosine": 1.0, "euclidean": 2e12, "kl": math.nan, "kl_symmetric": math.nan, "identical": 1.0}


def frame_distance(x: Doubles, y: Doubles, distance: str) -> float:
    """Return the distance of two frames, neither of them marked as zero."""
    match distance:
        case "cosine":
            return math.acos(max(-1.0, min(1.0, math.fsum(x * y)))) / math.pi
        case "euclidean":
            return math.sqrt(math.fsum((x - y) ** 2))
        case "kl":
            return math.fsum(x * np.log((x + 1e-6) / (y + 1e-6)))
        case "kl_symmetric":
            return (frame_distance(x, y, "kl") + frame_distance(y, x, "kl")) / 2
        case "identical":
            return float(x.tolist() != y.tolist())
    raise ValueError(distance)


def table_of(frames: Frames, distance: str) -> Doubles:
    """Return the distance of every frame to every other, shape (frames, frames)."""
    values = frames.values.astype(np.float64)
    table = np.empty((len(frames), len(frames)))
    for i, j in np.ndindex(table.shape):
        if frames.zero[i] or frames.zero[j]:
            table[i, j] = 0 if frames.zero[i] and frames.zero[j] else OF_ZERO[distance]
        else:
            table[i, j] = frame_distance(values[i], values[j], distance)
    return table


def table_of_units(units: Units) -> Values:
    """Return the distance of every frame to every other, shape (frames, frames)."""
    u, v = units.ids[:, None], units.ids[None, :]
    return (u != v).astype(np.float32) if units.table is None else units.table[u, v]


def token_distances(table: Values, spans: Spans, pairs: TokenPairs, *, mean_path: bool) -> Values:
    """Return the distance of each pair of tokens, both ways round, shape (pairs, 2).

    Args:
        table: the distance of every frame (row) to every other.
        spans: where tokens are among the frames.
        pairs: of tokens.
        mean_path: whether it is the mean along the path.
    """
    frames = [slice(start, start + length) for start, length in zip(spans.starts, spans.lengths, strict=True)]
    found: Values = np.empty((len(pairs), 2), dtype=table.dtype)
    for at, (t, u) in enumerate(pairs):
        found[at] = [_warp(table[frames[r], frames[c]], mean_path=mean_path) for r, c in ((t, u), (u, t))]
    return found


def _warp(distances: Values, *, mean_path: bool) -> float:
    if not distances.size:
        return 0 if distances.shape == (0, 0) else math.inf
    cost: Values = np.full((distances.shape[0] + 1, distances.shape[1] + 1), np.inf, dtype=distances.dtype)
    steps = np.zeros(cost.shape)
    cost[0, 0] = 0
    for i, j in np.ndindex(distances.shape):
        diagonal, left, up = (i, j), (i + 1, j), (i, j + 1)
        beside = left if cost[left] <= cost[up] else up
        best = diagonal if cost[diagonal] <= cost[beside] else beside
        cost[i + 1, j + 1], steps[i + 1, j + 1] = distances[i, j] + cost[best], steps[best] + 1
    return float(cost[-1, -1] / cost.dtype.type(steps[-1, -1]) if mean_path else cost[-1, -1])
