"""Distances between frames. All of them are computed on normalised frames, in blocks of many frames against many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.frames import Frames

Block: TypeAlias = npt.NDArray[np.float32]
FrameDistance: TypeAlias = Callable[[Frames, Frames, Block], None]

EPSILON = 1e-6  # keeps the logarithms of the divergences finite
# Below this, the difference of large float64 terms has lost digits, and equal frames may not be at distance zero.
CANCELLED = 1e-8
_CHUNK = 1 << 22


def angular(x: Frames, y: Frames, out: Block) -> None:
    """``acos(x . y) / pi``, with the product clamped to [-1, 1]."""
    np.matmul(x, y.T, out=out)
    np.clip(out, -1, 1, out=out)
    # Rounded once, from double precision: ties then do not depend on whose float32 arccos this machine has.
    np.arccos(out, out=out, dtype=np.float64, casting="same_kind")
    np.divide(out, np.float32(np.pi), out=out)


def euclidean(x: Frames, y: Frames, out: Block) -> None:
    """``sqrt(sum((x - y) ** 2))``."""
    # The border column is of another magnitude: apart, so that it does not drown the others.
    u, v = x[:, :-1].astype(np.float64), y[:, :-1].astype(np.float64)
    border = np.subtract.outer(x[:, -1].astype(np.float64), y[:, -1].astype(np.float64)) ** 2
    square = np.sum(u * u, axis=1)[:, None] + np.sum(v * v, axis=1)[None, :] - 2 * (u @ v.T)
    _again_where_cancelled(square, u, v, lambda a, b: np.sum((a - b) ** 2, axis=1))
    np.sqrt(square + border, out=out, casting="same_kind")


def kl(x: Frames, y: Frames, out: Block) -> None:
    """``sum(x * log((x + 1e-6) / (y + 1e-6)))``."""
    out[...] = _divergence(x, y)


def kl_symmetric(x: Frames, y: Frames, out: Block) -> None:
    """Half the sum of the divergences in both directions."""
    out[...] = (_divergence(x, y).astype(np.float32) + _divergence(y, x).T.astype(np.float32)) / np.float32(2)


def _divergence(x: Frames, y: Frames) -> npt.NDArray[np.float64]:
    u, v = x.astype(np.float64), y.astype(np.float64)
    value: npt.NDArray[np.float64] = np.sum(u * np.log(u + EPSILON), axis=1)[:, None] - u @ np.log(v + EPSILON).T
    # Negative frames have no logarithm of their own, but the ratio of two of them has one.
    value[np.isnan(value)] = 0
    _again_where_cancelled(value, u, v, lambda a, b: np.sum(a * np.log((a + EPSILON) / (b + EPSILON)), axis=1))
    return value


def _again_where_cancelled(
    value: npt.NDArray[np.float64],
    u: npt.NDArray[np.float64],
    v: npt.NDArray[np.float64],
    directly: Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], npt.NDArray[np.float64]],
) -> None:
    """Compute the entries near zero from the frames themselves, so that ties stay ties."""
    rows, columns = np.nonzero(~(np.abs(value) > CANCELLED))
    step = max(1, _CHUNK // max(1, u.shape[1]))
    for first in range(0, len(rows), step):
        r, c = rows[first : first + step], columns[first : first + step]
        value[r, c] = directly(u[r], v[c])


DISTANCES: dict[str, FrameDistance] = {
    "cosine": angular,
    "euclidean": euclidean,
    "kl": kl,
    "kl_symmetric": kl_symmetric,
}
