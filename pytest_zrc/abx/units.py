"""Discrete units: features that consist of few different frames, again and again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.frames import Frames, Values

MOST = 4096  # different frames: the table of their distances takes 64 MiB in float32
_SEED = 3459
_WORDS = 1 << 16  # that are looked at at once: they stay in the cache


class Codebook:
    """The different frames of some features, in the order in which they first appear.

    Attributes:
        dimension: features in a frame.
    """

    def __init__(self, dimension: int, *, most: int = MOST) -> None:
        """Hold none yet.

        Args:
            dimension: features in a frame.
            most: how many there may be.
        """
        self.dimension, self._most = dimension, most
        self._frames = Frames.empty(0, dimension)
        self._ids: dict[int, int] = {}
        self._factors: npt.NDArray[np.uint64] = np.empty(0, dtype=np.uint64)

    def __len__(self) -> int:
        """Count the different frames."""
        return len(self._ids)

    def ids(self, frames: Frames) -> npt.NDArray[np.int32] | None:
        """Return which of the different frames each one is, int32, shape (frames,); new ones are added.

        Frames are the same if all their bits are.

        Returns:
            None once there are more different frames than there may be.
        """
        of_frames = self._keys(frames.values)
        keys, first, of_frame = np.unique(of_frames, return_index=True, return_inverse=True)
        new = sorted(row for key, row in zip(keys.tolist(), first.tolist(), strict=True) if key not in self._ids)
        if len(self._ids) + len(new) > self._most:
            return None
        self._add(frames, new)
        self._ids.update(zip(of_frames[new].tolist(), count(len(self._ids)), strict=False))
        ids = np.array([self._ids[key] for key in keys.tolist()], dtype=np.int32)[of_frame]
        # Two different frames with one key: it does not happen, but a score must not hang on that.
        distinct, words = (some.values.view(np.uint64) for some in (self._frames, frames))
        return ids if all(np.array_equal(distinct[ids[some]], words[some]) for some in _parts(words)) else None

    def frames(self) -> Frames:
        """Return the different frames."""
        return self._frames[: len(self)]

    def _add(self, frames: Frames, rows: list[int]) -> None:
        """Keep some frames, in room that doubles when it is full."""
        first, end = len(self), len(self) + len(rows)
        if end > len(self._frames):
            room = Frames.empty(max(end, 2 * len(self._frames)), self.dimension, frames.dtype)
            room.values[:first], room.zero[:first] = self._frames.values[:first], self._frames.zero[:first]
            self._frames = room
        self._frames.values[first:end], self._frames.zero[first:end] = frames.values[rows], frames.zero[rows]

    def _keys(self, values: Values) -> npt.NDArray[np.uint64]:
        """Return a number for each frame that tells different ones apart: the sum of its words, times random ones."""
        words = values.view(np.uint64)
        if len(self._factors) != words.shape[1]:
            rng = np.random.default_rng(_SEED)
            self._factors = np.asarray(2 * rng.integers(1 << 63, size=words.shape[1], dtype=np.uint64) + 1)
        keys = np.empty(len(words), dtype=np.uint64)
        for some in _parts(words):
            mixed = words[some] ^ (words[some] >> np.uint64(29))
            mixed *= self._factors
            mixed.sum(axis=1, out=keys[some])
        return keys


def _parts(words: npt.NDArray[np.uint64]) -> Iterator[slice]:
    """Cut frames into slices that stay in the cache."""
    step = max(1, _WORDS // words.shape[1])
    return (slice(first, first + step) for first in range(0, len(words), step))
