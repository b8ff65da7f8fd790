"""From features to what the distances read: which frames a token has, and how frames are normalised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx import native
from pytest_zrc.abx.items import FloatArray, IntArray, Items

ALIGNMENT = 16  # floats: one cache line, and one register of the widest vector units
_COMPILED = (np.dtype(np.float32), np.dtype(np.float64))
_CHUNK = 1 << 16  # values that are normalised at once: they stay in the cache


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Frames:
    """Normalised frames, as the kernels read them.

    Attributes:
        values: of norm 1, or all zero; shape (frames, stride), C-contiguous, its base aligned to a cache line. The
            stride is the dimension, rounded up to a multiple of ``ALIGNMENT``; the columns beyond it are zero.
        zero: which frames were zero vectors, shape (frames,).
        dimension: features in a frame.
    """

    values: npt.NDArray[np.float32]
    zero: npt.NDArray[np.bool_]
    dimension: int

    @classmethod
    def empty(cls, count: int, dimension: int) -> Frames:
        """Make room for some frames; their values are undefined."""
        stride = -(-dimension // ALIGNMENT) * ALIGNMENT
        room = np.empty(count * stride + ALIGNMENT, dtype=np.float32)
        first = -room.ctypes.data // room.itemsize % ALIGNMENT
        values = room[first : first + count * stride].reshape(count, stride)
        values[:, dimension:] = 0
        return cls(values, np.zeros(count, dtype=np.bool_), dimension)

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that can be scored, file by file (files sorted by id), within a file in the item file's order.

    Attributes:
        files: the sorted file ids.
        file: index into ``files``, one a token.
        start, end: the token's frames ``[start, end)`` in its file.
        phone, context, speaker: the numbers of ``Items``.
    """

    files: tuple[str, ...]
    file: IntArray
    start: IntArray
    end: IntArray
    phone: IntArray
    context: IntArray
    speaker: IntArray

    def __len__(self) -> int:
        """Count the tokens."""
        return len(self.file)


def frame_range(
    onset: FloatArray, offset: FloatArray, feature_size: float, *, last_frame: bool = False
) -> tuple[IntArray, IntArray]:
    """Return the first frame of each token and the frame after its last, as libri-light cuts them.

    ``start = max(0, ceil(s * onset - 0.5))`` and ``end = floor(s * offset - 0.5)`` with ``s = 1 / feature_size``; the
    order of the operations is part of the definition: times often lie on a rounding edge.

    Args:
        onset: seconds, shape (tokens,).
        offset: seconds, shape (tokens,).
        feature_size: the frame shift, in seconds.
        last_frame: whether the frame ``end`` itself belongs to the token. It should, but the scores of libri-light
            are made without it.
    """
    rate = 1 / feature_size
    start = np.maximum(0, np.ceil(rate * onset - 0.5)).astype(np.int64)
    end = np.floor(rate * offset - 0.5).astype(np.int64)
    return start, end + last_frame


def cut_tokens(
    items: Items, frame_counts: Mapping[str, int], feature_size: float, *, last_frame: bool = False
) -> Tokens:
    """Find the frames of every item whose file is there; tokens without a frame are left out, as in the original.

    Args:
        items: the parsed item file.
        frame_counts: the number of frames of each file, by file id.
        feature_size: the frame shift, in seconds.
        last_frame: see ``frame_range``.
    """
    files = tuple(sorted(set(items.files) & frame_counts.keys()))
    rank = {name: position for position, name in enumerate(files)}
    file = np.array([rank.get(name, -1) for name in items.files], dtype=np.int64)[items.file]
    order = np.argsort(file, kind="stable")
    order = order[file[order] >= 0]
    file = file[order]
    counts = np.array([frame_counts[name] for name in files], dtype=np.int64)
    start, end = frame_range(items.onset[order], items.offset[order], feature_size, last_frame=last_frame)
    end = np.minimum(end, counts[file])
    kept = end > start
    order = order[kept]
    return Tokens(
        files=files,
        file=file[kept],
        start=start[kept],
        end=end[kept],
        phone=items.phone[order],
        context=items.context[order],
        speaker=items.speaker[order],
    )


def normalise(features: npt.NDArray[Any], out: Frames, first: int = 0) -> float:
    """Divide every frame by its L2 norm, and write it as float32.

    The norm is taken in the array's own precision (half precision is widened first). Frames whose norm is zero become
    all zero, and are flagged.

    Args:
        features: floats, shape (frames, dimension).
        out: takes the frames.
        first: the row of ``out`` that takes the first of them.

    Returns:
        The sum of the norms: finite and above 0 unless something is wrong with the values.
    """
    if native.library is not None and features.dtype in _COMPILED:
        rows = slice(first, first + len(features))
        total: float = native.library.normalise(np.ascontiguousarray(features), out.values[rows], out.zero[rows])
        return total
    step = max(1, _CHUNK // out.dimension)
    starts = range(0, len(features), step)
    return sum(_normalise(features[start : start + step], out, first + start) for start in starts)


def _normalise(features: npt.NDArray[Any], out: Frames, first: int) -> float:
    wide = features.astype(np.float32) if features.dtype.itemsize < np.dtype(np.float32).itemsize else features
    rows = slice(first, first + len(features))
    values = out.values[rows, : out.dimension]
    with np.errstate(all="ignore"):
        norm = np.sqrt(np.sum(wide * wide, axis=1, keepdims=True))
        np.divide(wide, norm, out=values, casting="same_kind")
    out.zero[rows] = zero = norm[:, 0] == 0
    values[zero] = 0
    return float(norm.sum(dtype=np.float64))
