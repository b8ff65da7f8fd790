"""Scores a condition: plans its works, computes the distances of their pairs, and counts the errors of their cells.

A work holds so many uses of distances, so that memory does not grow with the corpus; within it nothing is done pair by
pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pytest_zrc.abx.averaging import CellErrors, error_rate
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode
from pytest_zrc.abx.counting import count_errors
from pytest_zrc.abx.frames import Frames, Tokens
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import Kernel, Measure, Spans, TokenDistances, TokenPairs, Units
from pytest_zrc.abx.plan import Work, plan
from pytest_zrc.abx.profiles import LIBRILIGHT, Profile
from pytest_zrc.abx.ragged import parts
from pytest_zrc.abx.room import fitting
from pytest_zrc.abx.speech import AnySpeech

VERSION = 2  # of the scores: to be raised whenever a change may alter one
_CAPACITY = 1 << 19  # uses in a work
_SLICE = 1 << 32  # frame distances times the values that each takes, in one call of a kernel: far less than a second
_WARPING = 256  # such values that warping over a frame distance counts as

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ConditionScore:
    """The error rate of a condition, a fraction, with the cells that it was averaged from."""

    error_rate: float
    cells: CellErrors


def score_condition(
    tokens: Tokens,
    kernel: Kernel,
    speech: AnySpeech,
    *,
    context: ContextMode,
    speaker: SpeakerMode,
    distance: str = "cosine",
    profile: Profile = LIBRILIGHT,
    limits: Limits | None = None,
    capacity: int = _CAPACITY,
    progress: Progress | None = None,
) -> ConditionScore | None:
    """Compute one ABX error rate.

    Args:
        tokens: what is compared.
        kernel: compares it.
        speech: has the frames of the tokens.
        context: compare tokens in the same context, or in any.
        speaker: X by the speaker of A and B, or by another one.
        distance: a key of ``DISTANCES``.
        profile: how it is compared and averaged.
        limits: the subsampling, for profiles that have one; by default that of the published scores.
        capacity: about how many distances are compared at once.
        progress: called now and then with the share that is done, from 0 to 1.

    Returns:
        The score; ``None`` where the condition has no cell.
    """
    names: list[IntArray] = []
    errors: list[FloatArray] = []
    done = 0.0
    measure = Measure(distance, profile.mean_path)
    limits = (limits or Limits()) if profile.subsampled else Limits(None, None)
    works = plan(tokens, context, speaker, limits, capacity=capacity)
    for work, frames, spans in _with_frames(works, tokens, speech):
        distances: TokenDistances = np.empty(work.pairs.shape, dtype=frames.dtype)
        for some in _slices(work, frames, spans):
            distances[some] = kernel.distances(frames, spans, work.pairs[some], measure)
            if progress:
                progress(done + (work.share - done) * some.stop / len(work.pairs))
        done = work.share
        names.append(work.names)
        errors.append(count_errors(work, distances, same_speaker=speaker == "within"))
    if not names:
        return None
    context_ids, speakers, x_speakers, phones, other_phones = np.concatenate(names).T
    cells = CellErrors(context_ids, speakers, x_speakers, phones, other_phones, np.concatenate(errors))
    return ConditionScore(error_rate(cells, profile.averaging), cells)


def _with_frames(
    works: Iterable[Work], tokens: Tokens, speech: AnySpeech
) -> Iterator[tuple[Work, Frames | Units, Spans]]:
    """Yield works with their frames; where these have to be gathered, that is done while the work before is scored."""
    frames: Callable[[IntArray], tuple[Frames | Units, Spans]] = speech.frames
    if speech.room is None:
        for work in works:
            yield work, *frames(_tokens_of(work.pairs))
        return
    with ThreadPoolExecutor(1, "zrc-gather") as gather:
        ready: tuple[Work, Future[tuple[Frames | Units, Spans]]] | None = None
        for work in fitting(works, tokens.end - tokens.start, speech.room):
            coming = work, gather.submit(frames, _tokens_of(work.pairs))
            if ready:
                yield ready[0], *ready[1].result()
            ready = coming
        if ready:
            yield ready[0], *ready[1].result()


def _slices(work: Work, frames: Frames | Units, spans: Spans) -> Iterator[slice]:
    """Cut the pairs of a work into slices that take a kernel a fraction of a second."""
    first, second = work.pairs.T
    sizes = spans.lengths[first] * spans.lengths[second]
    yield from parts(sizes, _SLICE // (frames.width + _WARPING))


def _tokens_of(pairs: TokenPairs) -> IntArray:
    """Return the tokens of some pairs, sorted and distinct."""
    is_one = np.zeros(pairs.max(initial=-1) + 1, dtype=np.bool_)
    is_one[pairs.reshape(-1)] = True
    return np.flatnonzero(is_one)
