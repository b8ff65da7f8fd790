"""Pooling: a token as one vector, the mean of its frames."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from pytest_zrc.abx.frames import Frames, Tokens, prepare
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import Spans
from pytest_zrc.abx.profiles import Profile
from pytest_zrc.abx.ragged import firsts, parts, ranges
from pytest_zrc.abx.speech import Speech

Pooling = Literal["mean", "hamming"]

_VALUES = 1 << 22  # of frames that are gathered at once
# What libri-light appends to a normalised frame, and to one of zeros: it sets them apart, and is pooled with the rest.
_BORDER, _ZERO_BORDER = 1e-12, -2e12


class Pooled:
    """Speech with one frame a token.

    Attributes:
        room: how many frames of the speech below can be handed out at once; None where it holds all of them.
    """

    def __init__(
        self, speech: Speech[Frames], tokens: Tokens, pooling: Pooling, *, distance: str, profile: Profile
    ) -> None:
        """Pool the frames of the tokens of a condition.

        Args:
            speech: has their frames.
            tokens: of the condition.
            pooling: ``mean``, or ``hamming`` for a mean weighted by a Hamming window over the token.
            distance: that the means are compared by.
            profile: says what is pooled: with libri-light frames that are divided by their norms, and its border column
                with them; else frames as they are, and for the angle their mean is divided by its norm.
        """
        self._speech, self._n_tokens = speech, len(tokens)
        self._weights = _WEIGHTS[pooling]
        self._border = profile.all_unit_frames and profile.unit_frames(distance)
        self._unit = profile.unit_frames(distance) and not self._border
        self._all: tuple[Frames, Spans] | None = None
        self.room = speech.room

    def frames(self, tokens: IntArray) -> tuple[Frames, Spans]:
        """Return the pooled frames of at least some tokens; see ``Speech``."""
        if self.room is not None:
            return self._pooled(tokens)
        if self._all is None:
            self._all = self._pooled(np.arange(self._n_tokens))
        return self._all

    def _pooled(self, tokens: IntArray) -> tuple[Frames, Spans]:
        frames, spans = self._speech.frames(tokens)
        tokens = tokens[spans.lengths[tokens] > 0]
        starts, lengths = spans.starts[tokens], spans.lengths[tokens]
        out = Frames.empty(len(tokens), frames.dimension + self._border, frames.values.dtype)
        for some in parts(lengths * frames.values.shape[1], _VALUES):
            means = self._means(frames, starts[some], lengths[some])
            prepare(means, out, some.start, unit=self._unit)
        where = np.zeros(self._n_tokens, dtype=np.int64)
        where[tokens] = np.arange(len(tokens))
        return out, Spans(where, np.minimum(spans.lengths, 1))

    def _means(self, frames: Frames, starts: IntArray, lengths: IntArray) -> FloatArray:
        """Return the weighted means of the frames of tokens, shape (tokens, dimension), in double precision."""
        rows = ranges(starts, lengths)
        weights = self._weights(ranges(np.zeros_like(lengths), lengths), np.repeat(lengths, lengths))
        values = _with_border(frames, rows) if self._border else frames.values[rows, : frames.dimension]
        first = firsts(lengths)
        total = np.add.reduceat(values * weights[:, None], first, axis=0)
        return np.asarray(total / np.add.reduceat(weights, first)[:, None])


def _with_border(frames: Frames, rows: IntArray) -> FloatArray:
    """Return unit frames as libri-light has them: frames of zeros have equal values, and the last column tells them."""
    values = np.empty((len(rows), frames.dimension + 1))
    values[:, :-1] = frames.values[rows, : frames.dimension]
    values[:, -1] = _BORDER
    values[frames.zero[rows]] = [1 / math.sqrt(frames.dimension)] * frames.dimension + [_ZERO_BORDER]
    return values


def _equal(position: IntArray, length: IntArray) -> FloatArray:  # noqa: ARG001 - weights have one signature
    return np.ones(len(position))


def _hamming(position: IntArray, length: IntArray) -> FloatArray:
    """Return the symmetric Hamming window at some positions of windows of these lengths."""
    turn = 2 * np.pi * position / np.maximum(1, length - 1)
    return np.asarray(np.where(length == 1, 1.0, 0.54 - 0.46 * np.cos(turn)))


_WEIGHTS = {"mean": _equal, "hamming": _hamming}
