"""From features to what the distances read: which frames a token has, and what a frame is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx import native
from pytest_zrc.abx.items import FloatArray, IntArray, Items
from pytest_zrc.abx.profiles import LIBRILIGHT, Profile

ALIGNMENT = 16  # values: of float32 one cache line, and one register of the widest vector units
_LINE = 64  # bytes of a cache line
Values: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.float64]

_COMPILED = tuple((np.dtype(given), np.dtype(np.float32)) for given in (np.float32, np.float64))
_DIGITS = 6  # of a time in frames: more are rounding
_CHUNK = 1 << 16  # values that are normalised at once: they stay in the cache


@dataclass(frozen=True, slots=True)
class Form:
    """How the frames of features are held.

    Attributes:
        unit: divided by their L2 norms; if not, as they are.
        dtype: float32 or float64.
    """

    unit: bool = True
    dtype: type[np.float32 | np.float64] = np.float32

    @classmethod
    def of(cls, profile: Profile, distance: str, *, pooled: bool = False) -> Form:
        """Return how frames are held that are compared by a distance, or pooled before that."""
        # Only libri-light pools frames that are divided by their norms already.
        unit = profile.unit_frames(distance) and (profile.all_unit_frames or not pooled)
        # Units may be numbers that float32 cannot tell apart.
        wide = profile.precision == "float64" or distance == "identical"
        return cls(unit, np.float64 if wide else np.float32)

    def size(self, dimension: int) -> int:
        """Return the bytes that a frame takes; see ``Frames``."""
        return _stride(dimension) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Frames:
    """Frames as the kernels read them.

    Attributes:
        values: float32 or float64, shape (frames, stride), C-contiguous, its base aligned to a cache line. The stride
            is the dimension, rounded up to a multiple of ``ALIGNMENT``; the columns beyond it are zero.
        zero: which frames had no norm to be divided by, shape (frames,); their values are zero.
        dimension: features in a frame.
    """

    values: Values
    zero: npt.NDArray[np.bool_]
    dimension: int

    @classmethod
    def empty(cls, count: int, dimension: int, dtype: npt.DTypeLike = np.float32) -> Frames:
        """Make room for some frames; their values are undefined."""
        size = count * _stride(dimension) * np.dtype(dtype).itemsize
        return cls.within(np.empty(size + _LINE, dtype=np.uint8), count, dimension, dtype)

    @classmethod
    def within(cls, room: npt.NDArray[np.uint8], count: int, dimension: int, dtype: npt.DTypeLike) -> Frames:
        """Lay frames out in memory that there is already, from the first cache line on; their values are undefined."""
        stride = _stride(dimension)
        first = -room.ctypes.data % _LINE
        size = count * stride * np.dtype(dtype).itemsize
        values = room[first : first + size].view(dtype).reshape(count, stride)
        values[:, dimension:] = 0
        return cls(values, np.zeros(count, dtype=np.bool_), dimension)

    @property
    def dtype(self) -> np.dtype[np.float32] | np.dtype[np.float64]:
        """Return the precision of the values, and of distances between them."""
        return self.values.dtype

    @property
    def width(self) -> int:
        """Return how many values a comparison of two frames takes."""
        width: int = self.values.shape[1]
        return width

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.values)

    def __getitem__(self, some: slice) -> Frames:
        """Return some of the frames, not copied."""
        return Frames(self.values[some], self.zero[some], self.dimension)


def _stride(dimension: int) -> int:
    return -(-dimension // ALIGNMENT) * ALIGNMENT


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that can be scored, file by file (files sorted by id), within a file in the item file's order.

    Attributes:
        files: the sorted file ids.
        file: index into ``files``, one a token.
        start, end: the token's frames ``[start, end)`` in its file; none where the two are equal.
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
            are made without it. With it, times on a rounding edge are taken for the decimal numbers that they are.
    """
    rate = 1 / feature_size
    first, last = rate * onset - 0.5, rate * offset - 0.5
    if last_frame:
        first, last = np.round(first, _DIGITS), np.round(last, _DIGITS)
    start = np.maximum(0, np.ceil(first)).astype(np.int64)
    return start, np.floor(last).astype(np.int64) + last_frame


def frames_between(onset: FloatArray, offset: FloatArray, times: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the first frame of each token and the frame after its last: those with ``onset <= t <= offset``.

    Args:
        onset: seconds, shape (tokens,).
        offset: seconds, shape (tokens,).
        times: of the frames, in seconds, increasing; shape (frames,).
    """
    return np.searchsorted(times, onset, side="left"), np.searchsorted(times, offset, side="right")


def cut_tokens(
    items: Items,
    frame_counts: Mapping[str, int],
    feature_size: float,
    *,
    profile: Profile = LIBRILIGHT,
    frame_times: Mapping[str, FloatArray] | None = None,
) -> Tokens:
    """Find the frames of every item whose file is there.

    Args:
        items: the parsed item file.
        frame_counts: the number of frames of each file, by file id.
        feature_size: the frame shift, in seconds.
        profile: says which frames a token has, and whether tokens without a frame are left out.
        frame_times: of the files whose frames have times of their own, in seconds, each of shape (frames,).
    """
    files = tuple(sorted(set(items.files) & frame_counts.keys()))
    rank = {name: position for position, name in enumerate(files)}
    file = np.array([rank.get(name, -1) for name in items.files], dtype=np.int64)[items.file]
    order = np.argsort(file, kind="stable")
    order = order[file[order] >= 0]
    file = file[order]
    counts = np.array([frame_counts[name] for name in files], dtype=np.int64)[file]
    onset, offset = items.onset[order], items.offset[order]
    start, end = _rule(profile, feature_size, int(counts.max(initial=0)))(onset, offset)
    if frame_times and profile.frames != "libri-light":
        bounds = np.searchsorted(file, np.arange(len(files) + 1))
        for name, first, last in zip(files, bounds, bounds[1:], strict=False):
            some = slice(first, last)
            start[some], end[some] = frames_between(onset[some], offset[some], frame_times[name])
    start = np.minimum(start, counts)
    end = np.maximum(start, np.minimum(end, counts))
    kept = np.full(len(order), fill_value=True) if profile.empty_tokens else end > start
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


def _rule(
    profile: Profile, feature_size: float, longest: int
) -> Callable[[FloatArray, FloatArray], tuple[IntArray, IntArray]]:
    """Return what finds the frames of tokens, in files of so many frames at most."""
    if profile.frames == "times":
        times: FloatArray = np.asarray((np.arange(longest) + 0.5) * feature_size)
        return partial(frames_between, times=times)
    return partial(frame_range, feature_size=feature_size, last_frame=profile.frames == "inclusive")


def prepare(features: npt.NDArray[Any], out: Frames, first: int = 0, *, unit: bool = True) -> float:
    """Write features as frames: divided by their L2 norms, or as they are.

    The norm is taken in the array's own precision, or in that of the frames if it is higher (half precision is widened
    first). Frames whose norm is zero become all zero, and are flagged.

    Args:
        features: numbers, shape (frames, dimension).
        out: takes the frames.
        first: the row of ``out`` that takes the first of them.
        unit: whether they are divided by their norms.

    Returns:
        The sum of the norms: finite and above 0 unless something is wrong with the values.
    """
    if unit and native.library is not None and (features.dtype, out.values.dtype) in _COMPILED:
        rows = slice(first, first + len(features))
        total: float = native.library.normalise(np.ascontiguousarray(features), out.values[rows], out.zero[rows])
        return total
    write = _write_units if unit else _write
    step = max(1, _CHUNK // out.dimension)
    starts = range(0, len(features), step)
    return sum(write(features[start : start + step], out, first + start) for start in starts)


def _write_units(features: npt.NDArray[Any], out: Frames, first: int) -> float:
    wide = features.astype(_precision(features, out), copy=False)
    rows = slice(first, first + len(features))
    values = out.values[rows, : out.dimension]
    with np.errstate(all="ignore"):
        norm = np.sqrt(np.sum(wide * wide, axis=1, keepdims=True))
        np.divide(wide, norm, out=values, casting="same_kind")
    out.zero[rows] = zero = norm[:, 0] == 0
    values[zero] = 0
    return float(norm.sum(dtype=np.float64))


def _write(features: npt.NDArray[Any], out: Frames, first: int) -> float:
    rows = slice(first, first + len(features))
    out.zero[rows] = False
    with np.errstate(all="ignore"):
        np.add(features, 0, out=out.values[rows, : out.dimension], casting="same_kind")  # there is no -0 then
        wide = features.astype(_precision(features, out), copy=False)
        return float(np.sqrt(np.sum(wide * wide, axis=1)).sum(dtype=np.float64))


def _precision(features: npt.NDArray[Any], out: Frames) -> np.dtype[Any]:
    """Return the higher precision of the two."""
    return np.promote_types(features.dtype, out.values.dtype)
