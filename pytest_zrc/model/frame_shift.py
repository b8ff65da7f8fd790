"""The frame shift that durations and frame counts come from.

Encoders differ in what they do at the edges: a window that must fit loses frames, padding adds some. But each cuts time
into steps of one length, so that ``frames = duration / shift + constant``, rounded to whole frames once, or twice where
it resamples or pads to blocks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_JITTERS = (1, 2)  # frames by which rounding can part two files: once; twice
_MOST = 1000  # files that are looked at: their pairs are a million
_ROUNDING = 1e-6  # frames


@dataclass(frozen=True, slots=True)
class FrameShift:
    """What durations and frame counts say about the frame shift.

    Attributes:
        low, high: between these the shift is, in seconds.
        jitter: by how many frames rounding parts two files, 1 or 2.
        durations: in seconds.
        frames: of the same files.
    """

    low: float
    high: float
    jitter: int
    durations: npt.NDArray[np.float64]
    frames: npt.NDArray[np.float64]

    @property
    def value(self) -> float:
        """The roundest number between ``low`` and ``high``, in seconds: of few digits in milliseconds or in hertz."""
        middle = (self.low + self.high) / 2
        for digits in range(1, 9):
            for shift in (_rounded(1000 * middle, digits) / 1000, 1 / _rounded(1 / middle, digits)):
                if self.low <= shift <= self.high:
                    return shift
        return middle

    def frames_of(self, duration: float) -> tuple[float, float]:
        """Return the fewest and the most frames that this many seconds can have."""
        ends = []
        for rate in (1 / self.high, 1 / self.low):
            edges = self.frames - self.durations * rate
            ends += [duration * rate + edges.max() - self.jitter, duration * rate + edges.min() + self.jitter]
        return min(ends), max(ends)


def find_frame_shift(durations: Sequence[float], frames: Sequence[int]) -> float | None:
    """Return the frame shift in seconds; ``None`` where frame counts do not follow durations at one shift.

    Args:
        durations: of files, in seconds.
        frames: how many each of them has.
    """
    fit = fit_frame_shift(durations, frames)
    return fit.value if fit else None


def fit_frame_shift(durations: Sequence[float], frames: Sequence[int]) -> FrameShift | None:
    """Return what is known of the frame shift; ``None`` where frame counts do not follow durations at one shift.

    Files without frames say nothing: they are shorter than what the encoder needs.

    Args:
        durations: of files, in seconds.
        frames: how many each of them has.
    """
    by_duration = sorted(pair for pair in zip(durations, frames, strict=True) if pair[1] > 0)
    some = by_duration[:: max(1, math.ceil(len(by_duration) / _MOST))] + by_duration[-1:]
    if not some or some[0][0] == some[-1][0]:
        return None
    seconds, counts = np.array(some, np.float64).T
    for jitter in _JITTERS:
        low, high = _rates(seconds, counts, jitter + _ROUNDING)
        if 0 < low <= high:
            return FrameShift(1 / high, 1 / low, jitter, seconds, counts)
    return None


def _rates(seconds: npt.NDArray[np.float64], counts: npt.NDArray[np.float64], jitter: float) -> tuple[float, float]:
    """Return the lowest and the highest number of frames per second for which no two files differ by more."""
    longer, more = np.subtract.outer(seconds, seconds), np.subtract.outer(counts, counts)
    if (np.abs(more[longer == 0]) > jitter).any():
        return 1.0, 0.0
    pairs = longer > 0
    longer, more = longer[pairs], more[pairs]
    return float(((more - jitter) / longer).max()), float(((more + jitter) / longer).min())


def _rounded(number: float, digits: int) -> float:
    """Round to this many significant digits."""
    return float(f"{number:.{digits - 1}e}")
