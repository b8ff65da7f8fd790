"""Distances between frames. All of them are computed on normalised frames, in blocks of many frames against many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Block: TypeAlias = npt.NDArray[np.float32]
_Wide: TypeAlias = npt.NDArray[np.float64]

EPSILON = 1e-6  # keeps the logarithms of the divergences finite
# Below this, the difference of large float64 terms has lost digits, and equal frames may not be at distance zero.
CANCELLED = 1e-8
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class FrameDistance:
    """How frames are compared.

    Attributes:
        compare: fills a block, shape (rows, columns), from frames, shapes (rows, stride) and (columns, stride).
        finish: what is left to do to every value of blocks, flat.
        symmetric: whether it is the same both ways round.
        of_zero: from a frame of zeros to any other. Two frames of zeros are at distance 0 like all equal frames.
    """

    compare: Callable[[Block, Block, Block], None]
    finish: Callable[[Block], None]
    symmetric: bool
    of_zero: float


def _product(x: Block, y: Block, out: Block) -> None:
    np.matmul(x, y.T, out=out)


def _angle(cosine: Block) -> None:
    """``acos(x . y) / pi``, with the product clamped to [-1, 1]."""
    np.clip(cosine, -1, 1, out=cosine)
    # Rounded once, from double precision: ties then do not depend on whose float32 arccos this machine has.
    np.arccos(cosine, out=cosine, dtype=np.float64, casting="same_kind")
    np.divide(cosine, np.float32(np.pi), out=cosine)


def _euclidean(x: Block, y: Block, out: Block) -> None:
    """``sqrt(sum((x - y) ** 2))``."""
    u, v = x.astype(np.float64), y.astype(np.float64)
    square = np.sum(u * u, axis=1)[:, None] + np.sum(v * v, axis=1)[None, :] - 2 * (u @ v.T)
    _again_where_cancelled(square, u, v, lambda a, b: np.sum((a - b) ** 2, axis=1))
    np.sqrt(square, out=out, casting="same_kind")


def _kl(x: Block, y: Block, out: Block) -> None:
    """``sum(x * log((x + 1e-6) / (y + 1e-6)))``."""
    out[...] = _divergence(x, y)


def _kl_symmetric(x: Block, y: Block, out: Block) -> None:
    """Half the sum of the divergences in both directions."""
    out[...] = (_divergence(x, y).astype(np.float32) + _divergence(y, x).T.astype(np.float32)) / np.float32(2)


def _divergence(x: Block, y: Block) -> _Wide:
    u, v = x.astype(np.float64), y.astype(np.float64)
    value: _Wide = np.sum(u * np.log(u + EPSILON), axis=1)[:, None] - u @ np.log(v + EPSILON).T
    # Negative frames have no logarithm of their own, but the ratio of two of them has one.
    value[np.isnan(value)] = 0
    _again_where_cancelled(value, u, v, lambda a, b: np.sum(a * np.log((a + EPSILON) / (b + EPSILON)), axis=1))
    return value


def _again_where_cancelled(value: _Wide, u: _Wide, v: _Wide, directly: Callable[[_Wide, _Wide], _Wide]) -> None:
    """Compute the entries near zero from the frames themselves, so that ties stay ties."""
    rows, columns = np.nonzero(~(np.abs(value) > CANCELLED))
    step = max(1, _CHUNK // max(1, u.shape[1]))
    for first in range(0, len(rows), step):
        r, c = rows[first : first + step], columns[first : first + step]
        value[r, c] = directly(u[r], v[c])


def _nothing(_block: Block) -> None:
    """Do nothing: the values are what they are to be."""


DISTANCES: dict[str, FrameDistance] = {
    "cosine": FrameDistance(_product, _angle, symmetric=True, of_zero=1.0),
    # That of the border columns of libri-light, in which zero frames have -2e12 and others 1e-12.
    "euclidean": FrameDistance(_euclidean, _nothing, symmetric=True, of_zero=2e12),
    "kl": FrameDistance(_kl, _nothing, symmetric=False, of_zero=np.nan),
    "kl_symmetric": FrameDistance(_kl_symmetric, _nothing, symmetric=True, of_zero=np.nan),
}
