"""Scores a condition: plans its works, computes the distances of their pairs, and counts the errors of their cells.

A work holds so many uses of distances, so that memory does not grow with the corpus; within it nothing is done pair by
pair. Where nothing is drawn and speakers have much to compare, works are grids, of which some strips are held at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from pytest_zrc.abx.averaging import CellErrors, error_rate
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode, count_cells
from pytest_zrc.abx.counting import count_errors
from pytest_zrc.abx.frames import Frames, Tokens
from pytest_zrc.abx.grids import Grid, are_large, grids
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import Kernel, Measure, Spans, TokenDistances, TokenPairs, Units
from pytest_zrc.abx.plan import Work, plan
from pytest_zrc.abx.profiles import LIBRILIGHT, Profile
from pytest_zrc.abx.ragged import parts
from pytest_zrc.abx.room import fitting
from pytest_zrc.abx.speech import AnySpeech
from pytest_zrc.abx.tally import Tally

VERSION = 3  # of the scores: to be raised whenever a change may alter one
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
    threads: int = 1,
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
        threads: to count errors on; the kernel has its own.
        capacity: about how many distances are compared at once.
        progress: called now and then with the share that is done, from 0 to 1.

    Returns:
        The score; ``None`` where the condition has no cell.
    """
    measure, done = Measure(distance, profile.mean_path), 0.0
    limits = (limits or Limits()) if profile.subsampled else Limits(None, None)
    found = _Found(count_cells(tokens, context, speaker, limits))
    works = _works(tokens, context, speaker, limits, capacity, mirrored=profile.mirrored)
    same_speaker, ties = speaker == "within", profile.itself_ties
    begin = partial(Tally, mirrored=profile.mirrored, itself_ties=ties, threads=threads)
    count = partial(count_errors, same_speaker=same_speaker, itself_ties=ties, threads=threads)
    for work, frames, spans in _with_frames(works, tokens, speech):
        compare = _Comparison(kernel, frames, spans, measure)
        report = partial(_report, progress, done, work.share)
        if isinstance(work, Grid):
            found.add(*_cells_of_grid(work, compare, begin, report))
        else:
            found.add(work.names, count(work, compare.parts(work.pairs, report)))
        done = work.share
    _report(progress, done, 1, 1)
    if not found:
        return None
    cells = found.cells()
    return ConditionScore(error_rate(cells, profile.averaging), cells)


class _Found:
    """The cells that have been scored so far: millions of them, so that they get their place beforehand."""

    def __init__(self, most: int) -> None:
        self._names = np.empty((5, most), dtype=np.int32)
        self._errors = np.empty(most, dtype=np.float64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, names: IntArray, errors: FloatArray) -> None:
        """Append some cells; their names have the shape (cells, 5)."""
        its = slice(self._count, self._count + len(errors))
        self._names[:, its], self._errors[its] = names.T, errors
        self._count = its.stop

    def cells(self) -> CellErrors:
        """Return them all."""
        context, speaker, x_speaker, phone, other_phone = self._names[:, : self._count]
        return CellErrors(context, speaker, x_speaker, phone, other_phone, self._errors[: self._count])


def _works(
    tokens: Tokens, context: ContextMode, speaker: SpeakerMode, limits: Limits, capacity: int, *, mirrored: bool
) -> Iterator[Work | Grid]:
    if are_large(tokens, context, speaker, limits, capacity=capacity):
        return grids(tokens, context, speaker)
    return plan(tokens, context, speaker, limits, capacity=capacity, mirrored=mirrored)


def _report(progress: Progress | None, before: float, after: float, share: float) -> None:
    """Report which share is done, when it is this share of a work."""
    if progress:
        progress(before + (after - before) * share)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares tokens whose frames are at hand."""

    kernel: Kernel
    frames: Frames | Units
    spans: Spans
    measure: Measure

    def __call__(self, pairs: TokenPairs) -> TokenDistances:
        """Return the distance of each pair, both ways round, from one call of the kernel."""
        return self.kernel.distances(self.frames, self.spans, pairs, self.measure)

    def parts(self, pairs: TokenPairs, report: Progress) -> TokenDistances:
        """Return the same from calls that take a fraction of a second each."""
        first, second = pairs.T
        sizes = self.spans.lengths[first] * self.spans.lengths[second]
        found: TokenDistances = np.empty(pairs.shape, dtype=self.frames.dtype)
        for some in parts(sizes, _SLICE // self.frame_cost):
            found[some] = self(pairs[some])
            report(some.stop / len(pairs))
        return found

    @property
    def frame_cost(self) -> int:
        """What a frame distance costs, in values."""
        return self.frames.width + _WARPING


def _cells_of_grid(
    grid: Grid, compare: _Comparison, begin: Callable[[Grid, TokenDistances], Tally], report: Progress
) -> tuple[IntArray, FloatArray]:
    """Compute the distances of a grid, and return the names and the errors of the cells that they decide."""
    squares = compare.parts(grid.square_pairs(), lambda share: report(share * grid.square_share))
    tally = begin(grid, squares)
    for strips in grid.strips(compare.spans.lengths, compare.frame_cost, _SLICE):
        tally.add(strips, compare(strips.pairs()))
        report(strips.share)
    return tally.cells()


def _with_frames(
    works: Iterable[Work | Grid], tokens: Tokens, speech: AnySpeech
) -> Iterator[tuple[Work | Grid, Frames | Units, Spans]]:
    """Yield works with their frames; where these have to be gathered, that is done while the work before is scored."""
    frames: Callable[[IntArray], tuple[Frames | Units, Spans]] = speech.frames
    if speech.room is None:
        for work in works:
            yield work, *frames(work.tokens())
        return
    with ThreadPoolExecutor(1, "zrc-gather") as gather:
        ready: tuple[Work | Grid, Future[tuple[Frames | Units, Spans]]] | None = None
        for work in fitting(works, tokens.end - tokens.start, speech.room):
            coming = work, gather.submit(frames, work.tokens())
            if ready:
                yield ready[0], *ready[1].result()
            ready = coming
        if ready:
            yield ready[0], *ready[1].result()
