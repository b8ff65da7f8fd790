"""Distances between frames, in blocks of many frames against many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.frames import Frames, Values

Block: TypeAlias = Values
Precision: TypeAlias = np.dtype[np.float32] | np.dtype[np.float64]
_Wide: TypeAlias = npt.NDArray[np.float64]

EPSILON = 1e-6  # keeps the logarithms of the divergences finite
# Below this share of its terms, a difference in float64 has lost too many digits for float32, or for float64 itself (by
# their bytes); and equal frames may not be at distance zero.
CANCELLED = {4: 1e-8, 8: 1e-3}
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


def distance_table(frames: Frames, distance: str) -> Values:
    """Return the distance of every frame to every other, the same both ways round to the bit if it is symmetric.

    Products and sums are taken in double precision and rounded once: so the distances do not depend on the order in
    which a machine adds.

    Args:
        frames: distinct ones.
        distance: a key of ``DISTANCES``.

    Returns:
        shape (frames, frames), from the rows to the columns, in the precision of the frames.
    """
    measure, values, count = DISTANCES[distance], frames.values.astype(np.float64), len(frames)
    table: Values = np.empty((count, count), dtype=frames.dtype)
    step = max(1, _CHUNK // max(1, count, values.shape[1]))
    with np.errstate(all="ignore"):
        for first in range(0, count, step):
            rows, columns = slice(first, first + step), slice(first if measure.symmetric else 0, None)
            wide: Block = np.empty((len(values[rows]), len(values[columns])), dtype=np.float64)
            measure.compare(values[rows], values[columns], wide)
            block: Block = np.empty(wide.shape, dtype=table.dtype)
            block[...] = wide
            measure.finish(block.reshape(-1))
            set_zero_frames_apart(block, frames.zero[rows], frames.zero[columns], measure.of_zero)
            table[rows, columns] = block
            if measure.symmetric:
                _mirror(table, rows)
    return table


def _mirror(table: Values, rows: slice) -> None:
    """Give what is left and below of these rows what is right and above."""
    square, right = table[rows, rows], table[rows, rows.stop :]
    below = np.tri(len(square), k=-1, dtype=np.bool_)
    square[below] = square.T[below]
    table[rows.stop :, rows] = right.T


def set_zero_frames_apart(
    block: Block, rows: npt.NDArray[np.bool_], columns: npt.NDArray[np.bool_], of_zero: float
) -> None:
    """Give frames of zeros their distances to all others, and to each other; what is not a number remains so.

    Args:
        block: the distances, shape (rows, columns).
        rows: which of their frames are of zeros.
        columns: likewise.
        of_zero: how far they are from all others.
    """
    if rows.any() or columns.any():
        block[np.not_equal.outer(rows, columns) & ~np.isnan(block)] = of_zero
        block[np.logical_and.outer(rows, columns)] = 0


def _product(x: Block, y: Block, out: Block) -> None:
    np.matmul(x, y.T, out=out)


def _angle(cosine: Block) -> None:
    """``acos(x . y) / pi``, with the product clamped to [-1, 1]."""
    np.clip(cosine, -1, 1, out=cosine)
    # Rounded once, from double precision: ties then do not depend on whose float32 arccos this machine has.
    np.arccos(cosine, out=cosine, dtype=np.float64, casting="same_kind")
    np.divide(cosine, cosine.dtype.type(np.pi), out=cosine)


def _euclidean(x: Block, y: Block, out: Block) -> None:
    """``sqrt(sum((x - y) ** 2))``."""
    u, v = x.astype(np.float64), y.astype(np.float64)
    terms = np.sum(u * u, axis=1)[:, None] + np.sum(v * v, axis=1)[None, :]
    square = terms - 2 * (u @ v.T)
    again = _near_zero(square, terms / 2, out.dtype)
    _compute_again(square, again, u, v, lambda a, b: np.sum((a - b) ** 2, axis=1))
    np.sqrt(square, out=out, casting="same_kind")


def _kl(x: Block, y: Block, out: Block) -> None:
    """``sum(x * log((x + 1e-6) / (y + 1e-6)))``."""
    u, v = x.astype(np.float64), y.astype(np.float64)
    own, other = np.sum(u * np.log(u + EPSILON), axis=1)[:, None], u @ np.log(v + EPSILON).T
    value: _Wide = own - other
    # Negative frames have no logarithm of their own, but the ratio of two of them has one.
    value[np.isnan(value)] = 0
    again = _near_zero(value, np.maximum(1, np.abs(own) + np.abs(other)), out.dtype)
    _compute_again(value, again, u, v, lambda a, b: np.sum(a * np.log((a + EPSILON) / (b + EPSILON)), axis=1))
    out[...] = value


def _kl_symmetric(x: Block, y: Block, out: Block) -> None:
    """Half the sum of the divergences in both directions."""
    back = np.empty_like(out.T)
    _kl(x, y, out)
    _kl(y, x, back)
    out += back.T
    out /= 2


def _near_zero(value: _Wide, terms: _Wide, dtype: Precision) -> npt.NDArray[np.bool_]:
    """Tell where a difference of two terms may not be exact enough; where it is not a number, too."""
    return np.asarray(~(np.abs(value) > CANCELLED[dtype.itemsize] * terms))


def _compute_again(
    value: _Wide, where: npt.NDArray[np.bool_], u: _Wide, v: _Wide, directly: Callable[[_Wide, _Wide], _Wide]
) -> None:
    """Compute some entries from the frames themselves, so that ties stay ties."""
    rows, columns = np.nonzero(where)
    step = max(1, _CHUNK // max(1, u.shape[1]))
    for first in range(0, len(rows), step):
        r, c = rows[first : first + step], columns[first : first + step]
        value[r, c] = directly(u[r], v[c])


def _identical(x: Block, y: Block, out: Block) -> None:
    """0 where all values of two frames are equal, else 1."""
    for row, to_all in zip(x, out, strict=True):
        np.any(y != row, axis=1, out=to_all)


def _nothing(_block: Block) -> None:
    """Do nothing: the values are what they are to be."""


DISTANCES: dict[str, FrameDistance] = {
    "cosine": FrameDistance(_product, _angle, symmetric=True, of_zero=1.0),
    # That of the border columns of libri-light, in which zero frames have -2e12 and others 1e-12.
    "euclidean": FrameDistance(_euclidean, _nothing, symmetric=True, of_zero=2e12),
    "kl": FrameDistance(_kl, _nothing, symmetric=False, of_zero=np.nan),
    "kl_symmetric": FrameDistance(_kl_symmetric, _nothing, symmetric=True, of_zero=np.nan),
    "identical": FrameDistance(_identical, _nothing, symmetric=True, of_zero=1.0),
}
