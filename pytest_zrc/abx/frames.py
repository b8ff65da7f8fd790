"""From features to what the distances read: which frames a token has, and how frames are normalised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.items import FloatArray, IntArray, Items

# The border column of the libri-light back end: it keeps zero frames at the maximal angle from all others.
_BORDER, _BORDER_OF_ZERO = 1e-12, -2e12

Frames: TypeAlias = npt.NDArray[np.float32]


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


def frame_range(onset: FloatArray, offset: FloatArray, feature_size: float) -> tuple[IntArray, IntArray]:
    """Return the first frame of each token and the frame after its last, as libri-light cuts them.

    ``start = max(0, ceil(s * onset - 0.5))`` and ``end = floor(s * offset - 0.5)`` with ``s = 1 / feature_size``; the
    order of the operations is part of the definition: times often lie on a rounding edge. The frame ``end`` itself
    would belong to the token too, but the published scores were made without it.

    Args:
        onset: seconds, shape (tokens,).
        offset: seconds, shape (tokens,).
        feature_size: the frame shift, in seconds.
    """
    rate = 1 / feature_size
    start = np.maximum(0, np.ceil(rate * onset - 0.5)).astype(np.int64)
    end = np.floor(rate * offset - 0.5).astype(np.int64)
    return start, end


def cut_tokens(items: Items, frame_counts: Mapping[str, int], feature_size: float) -> Tokens:
    """Find the frames of every item whose file is there; tokens without a frame are left out, as in the original.

    Args:
        items: the parsed item file.
        frame_counts: the number of frames of each file, by file id.
        feature_size: the frame shift, in seconds.
    """
    files = tuple(sorted(set(items.files) & frame_counts.keys()))
    rank = {name: position for position, name in enumerate(files)}
    file = np.array([rank.get(name, -1) for name in items.files], dtype=np.int64)[items.file]
    order = np.argsort(file, kind="stable")
    order = order[file[order] >= 0]
    file = file[order]
    counts = np.array([frame_counts[name] for name in files], dtype=np.int64)
    start, end = frame_range(items.onset[order], items.offset[order], feature_size)
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


def normalise(features: npt.NDArray[Any]) -> Frames:
    """Divide every frame by its L2 norm, add the border column, and cast to float32.

    The norm is taken in the array's own precision (half precision is widened first). A zero frame becomes
    ``1 / sqrt(dim)`` everywhere with a border of ``-2e12``, so that it is as far as can be from every other frame and
    at no distance from another zero frame.

    Args:
        features: floats, shape (frames, dim).

    Returns:
        shape (frames, dim + 1).
    """
    wide = features.astype(np.float32) if features.dtype.itemsize < np.dtype(np.float32).itemsize else features
    with np.errstate(all="ignore"):
        norm = np.sqrt(np.sum(wide * wide, axis=1, keepdims=True))
        unit = wide / norm
    zero = norm[:, 0] == 0
    unit[zero] = 1 / np.sqrt(features.shape[1])
    out = np.empty((len(features), features.shape[1] + 1), dtype=np.float32)
    out[:, :-1] = unit
    out[:, -1] = np.where(zero, _BORDER_OF_ZERO, _BORDER)
    return out
