"""Scores a condition: plans its works, computes the distances of their pairs, and counts the errors of their cells.

A work holds so many uses of distances, so that memory does not grow with the corpus; within it nothing is done pair by
pair. Where nothing is drawn and speakers have much to compare, works are grids, of which some strips are held at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from pytest_zrc.abx.averaging import CellErrors, error_rate
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode
from pytest_zrc.abx.counting import count_errors
from pytest_zrc.abx.frames import Frames, Tokens
from pytest_zrc.abx.grids import Grid, are_large, grids
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import Kernel, Spans, TokenDistances, TokenPairs
from pytest_zrc.abx.plan import Work, plan
from pytest_zrc.abx.ragged import parts
from pytest_zrc.abx.room import fitting
from pytest_zrc.abx.speech import Speech
from pytest_zrc.abx.tally import Tally

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
    speech: Speech,
    *,
    context: ContextMode,
    speaker: SpeakerMode,
    distance: str = "cosine",
    limits: Limits | None = None,
    itself_ties: bool = True,
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
        limits: the subsampling; by default that of the published scores.
        itself_ties: what the distance of X to itself stands for; see ``Profile``.
        threads: to count errors on; the kernel has its own.
        capacity: about how many distances are compared at once.
        progress: called now and then with the share that is done, from 0 to 1.

    Returns:
        The score; ``None`` where the condition has no cell.
    """
    names: list[IntArray] = []
    errors: list[FloatArray] = []
    done = 0.0
    works = _works(tokens, context, speaker, limits or Limits(), capacity)
    for work, frames, spans in _with_frames(works, tokens, speech):
        compare = _Comparison(kernel, frames, spans, distance)
        report = partial(_report, progress, done, work.share)
        if isinstance(work, Grid):
            tally = _tally(work, compare, report, itself_ties=itself_ties, threads=threads)
            its_names, its_errors = tally.cells()
        else:
            distances = compare.parts(work.pairs, report)
            its_names, its_errors = (
                work.names,
                count_errors(
                    work, distances, same_speaker=speaker == "within", itself_ties=itself_ties, threads=threads
                ),
            )
        names.append(its_names)
        errors.append(its_errors)
        done = work.share
    _report(progress, done, 1, 1)
    if not names:
        return None
    context_ids, speakers, x_speakers, phones, other_phones = np.concatenate(names).T
    cells = CellErrors(context_ids, speakers, x_speakers, phones, other_phones, np.concatenate(errors))
    return ConditionScore(error_rate(cells), cells)


def _works(
    tokens: Tokens, context: ContextMode, speaker: SpeakerMode, limits: Limits, capacity: int
) -> Iterator[Work | Grid]:
    if are_large(tokens, context, speaker, limits, capacity=capacity):
        return grids(tokens, context, speaker)
    return plan(tokens, context, speaker, limits, capacity=capacity)


def _report(progress: Progress | None, before: float, after: float, share: float) -> None:
    """Report which share is done, when it is this share of a work."""
    if progress:
        progress(before + (after - before) * share)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares tokens whose frames are at hand."""

    kernel: Kernel
    frames: Frames
    spans: Spans
    distance: str

    def __call__(self, pairs: TokenPairs) -> TokenDistances:
        """Return the distance of each pair, both ways round, from one call of the kernel."""
        return self.kernel.distances(self.frames, self.spans, pairs, self.distance)

    def parts(self, pairs: TokenPairs, report: Progress) -> TokenDistances:
        """Return the same from calls that take a fraction of a second each."""
        first, second = pairs.T
        sizes = self.spans.lengths[first] * self.spans.lengths[second]
        found = []
        for some in parts(sizes, _SLICE // self.frame_cost):
            found.append(self(pairs[some]))
            report(some.stop / len(pairs))
        return found[0] if len(found) == 1 else np.concatenate(found)

    @property
    def frame_cost(self) -> int:
        """What a frame distance costs, in values."""
        return int(self.frames.values.shape[1]) + _WARPING


def _tally(grid: Grid, compare: _Comparison, report: Progress, *, itself_ties: bool, threads: int) -> Tally:
    """Compute the distances of a grid, and count what they decide."""
    squares = compare.parts(grid.square_pairs(), lambda share: report(share * grid.square_share))
    tally = Tally(grid, squares, itself_ties=itself_ties, threads=threads)
    for strips in grid.strips(compare.spans.lengths, compare.frame_cost, _SLICE):
        tally.add(strips, compare(strips.pairs()))
        report(strips.share)
    return tally


def _with_frames(
    works: Iterable[Work | Grid], tokens: Tokens, speech: Speech
) -> Iterator[tuple[Work | Grid, Frames, Spans]]:
    """Yield works with their frames; where these have to be gathered, that is done while the work before is scored."""
    if speech.room is None:
        for work in works:
            yield work, *speech.frames(work.tokens())
        return
    with ThreadPoolExecutor(1, "zrc-gather") as gather:
        ready = None
        for work in fitting(works, tokens.end - tokens.start, speech.room):
            coming = work, gather.submit(speech.frames, work.tokens())
            if ready:
                yield ready[0], *ready[1].result()
            ready = coming
        if ready:
            yield ready[0], *ready[1].result()
