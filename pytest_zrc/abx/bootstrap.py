"""Confidence intervals: how far an error rate would move with other speakers of the same kind.

Speakers are drawn with replacement, time and again, and the same cells are averaged anew, each speaker counting as
often as drawn. No cell is looked at in every replicate: errors are added up first into tables, by speaker of X, whose
products with the weights of the speakers in all replicates are the sums that the means are made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from pytest_zrc.abx.averaging import CellErrors, number_rows
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.profiles import Averaging

_UNITS = 1 << 11  # rows of a table
_REPLICATES = 64  # that are averaged at a time: with so many rows they stay in the cache
_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True)
class Resampling:
    """An error rate in samples of speakers.

    Attributes:
        rates: of each sample, fractions; NaN where it has no cell; shape (replicates,).
        draws: a digest of who was drawn when: scores with the same one were resampled alike, so that the differences of
            their rates are those of paired samples.
    """

    rates: FloatArray
    draws: str

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Return the percentile interval that holds this share of the rates; see ``percentile_interval``."""
        return percentile_interval(self.rates, level)


def resample_speakers(
    cells: CellErrors, averaging: Averaging, *, seed: int, replicates: int = 1000
) -> Resampling | None:
    """Average an error rate anew over samples of speakers.

    Args:
        cells: of a condition.
        averaging: how they are averaged; see ``Profile``.
        seed: of the generator that draws speakers.
        replicates: how often as many speakers are drawn as there are.

    Returns:
        The error rates of the samples; ``None`` where there are fewer than two speakers.
    """
    speakers = speakers_of(cells)
    if len(speakers) < 2:
        return None
    weights = draw_weights(len(speakers), replicates, seed)
    drawn = np.concatenate([speakers[np.newaxis], weights]).astype("<i8")
    return Resampling(replicate_rates(cells, averaging, weights), hashlib.sha256(drawn.tobytes()).hexdigest()[:16])


def percentile_interval(rates: FloatArray, level: float = 0.95) -> tuple[float, float] | None:
    """Return the interval of bootstrap replicates between two percentiles.

    Args:
        rates: NaN where a replicate has none; shape (replicates,).
        level: the share of them between the two ends.

    Returns:
        The two ends; ``None`` where hardly a replicate has a rate.
    """
    rates = rates[np.isfinite(rates)]
    if len(rates) < 2:
        return None
    low, high = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def speakers_of(cells: CellErrors) -> IntArray:
    """Return the numbers of all speakers, of A and B or of X, in order."""
    return np.union1d(np.flatnonzero(np.bincount(cells.speaker)), np.flatnonzero(np.bincount(cells.x_speaker)))


def draw_weights(speakers: int, replicates: int, seed: int) -> IntArray:
    """Draw so many speakers from as many; return how often each was drawn, shape (replicates, speakers)."""
    drawn = np.random.default_rng(seed).integers(speakers, size=(replicates, speakers))
    places = drawn + speakers * np.arange(replicates)[:, np.newaxis]
    return np.bincount(places.reshape(-1), minlength=places.size).reshape(places.shape)


def replicate_rates(cells: CellErrors, averaging: Averaging, weights: IntArray | FloatArray) -> FloatArray:
    """Average the cells anew for some weights of the speakers.

    A mean over speakers is weighted by the weight of each, one over pairs of speakers by the product of the two. Where
    nothing has weight there is no mean, as if those speakers had not been recorded.

    Args:
        cells: of a condition.
        averaging: how they are averaged; see ``Profile``.
        weights: of the speakers in the order of ``speakers_of``, none negative; shape (replicates, speakers).

    Returns:
        The error rates, shape (replicates,); NaN where no cell has weight.

    Raises:
        ValueError: averaging in an order that no profile has.
    """
    by_speaker = np.zeros((_count_speakers(cells), len(weights)))
    by_speaker[speakers_of(cells)] = weights.T
    total, count = np.zeros((2, len(weights)))
    with threadpool_limits(1, "blas"):
        for block in _blocks(cells, _Order.of(averaging, same_speaker=cells.same_speaker)):
            for first in range(0, len(weights), _REPLICATES):
                some = slice(first, first + _REPLICATES)
                rates, exist = block.rates_of_pairs(by_speaker[:, some])
                total[some] += rates.sum(axis=0)
                count[some] += exist.sum(axis=0)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


@dataclass(frozen=True, slots=True)
class _Order:
    """In which order contexts and speakers are averaged over.

    Attributes:
        same_speaker: X is by the speaker of A and B, who has one weight, not two.
        context_first: contexts come before all speakers.
        context_last: they come after them. If neither, they are averaged over together with the speakers of X.
        x_first: the speakers of X come before those of A and B. If not, both are averaged over together.
    """

    same_speaker: bool
    context_first: bool
    context_last: bool
    x_first: bool

    @classmethod
    def of(cls, averaging: Averaging, *, same_speaker: bool) -> _Order:
        level = {column: number for number, columns in enumerate(averaging) for column in columns}
        context, speaker = level["context"], level["speaker"]
        x_speaker = speaker if same_speaker else level["x_speaker"]
        if x_speaker > speaker or x_speaker < context <= speaker:
            raise ValueError(f"there is no bootstrap for the averaging {averaging}")
        return cls(same_speaker, context < x_speaker, context > speaker, x_speaker < speaker)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some pairs of phones. Their cells are added up in units, which differ in nothing but the speaker of X.

    Attributes:
        sums: of errors, by speaker of X, shape (units, speakers).
        counts: of the errors in each sum.
        speaker: of A and B, shape (units,); ``None`` where X is by the same.
        x_first: whether the speakers of X are averaged over before these.
        groups: the first unit of each group, in which the speakers of A and B are averaged over.
        pairs: the first group of each pair of phones.
    """

    sums: FloatArray
    counts: FloatArray
    speaker: IntArray | None
    x_first: bool
    groups: IntArray
    pairs: IntArray

    def rates_of_pairs(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the error rates of the pairs, and 1 for those that there are, 0 for others; (pairs, replicates).

        Args:
            weights: shape (speakers, replicates).
        """
        sums, counts = self.sums @ weights, self.counts @ weights
        if self.x_first:
            sums, counts = _means(sums, counts)
        if self.speaker is not None:
            of_units = weights[self.speaker]
            sums *= of_units
            counts *= of_units
        for firsts in (self.groups, self.pairs):
            sums, counts = _means(np.add.reduceat(sums, firsts, axis=0), np.add.reduceat(counts, firsts, axis=0))
        return sums, counts


def _means(sums: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return means and their weights in the next mean: 1, but 0 for those of nothing."""
    exist = (weights > 0).astype(np.float64)
    return sums / np.maximum(weights, _TINY), exist


def _blocks(cells: CellErrors, order: _Order) -> Iterator[_Block]:
    """Add up the errors, some pairs of phones at a time."""
    columns = [cells.phone, cells.other_phone, *([cells.context] if order.context_last else [])]
    names, unit = number_rows([*columns, *([] if order.same_speaker else [cells.speaker])])
    groups, pairs = _firsts(names[: len(columns)]), _firsts(names[:2])
    edges = [*pairs[_firsts([pairs // _UNITS])].tolist(), len(names[0])]
    speakers = _count_speakers(cells)
    for first, end, its in zip(edges[:-1], edges[1:], _split(unit, edges), strict=True):
        place = (unit[its].astype(np.int64) - first) * speakers + cells.x_speaker[its]  # the numbers may be short
        shape = end - first, speakers
        sums, counts = _table(place, shape, cells.error[its]), _table(place, shape)
        if order.context_first:
            sums, counts = _means(sums, counts)
        its_groups, its_pairs = _between(groups, first, end), _between(pairs, first, end)
        yield _Block(
            sums,
            counts,
            None if order.same_speaker else names[-1][first:end],
            order.x_first,
            its_groups - first,
            np.searchsorted(its_groups, its_pairs),
        )


def _count_speakers(cells: CellErrors) -> int:
    return int(max(cells.speaker.max(), cells.x_speaker.max())) + 1


def _firsts(columns: Sequence[IntArray]) -> IntArray:
    """Return where new rows begin in sorted columns."""
    return np.flatnonzero(np.any([np.diff(column, prepend=-1) for column in columns], axis=0))


def _split(unit: IntArray, edges: Sequence[int]) -> list[IntArray]:
    """Return the cells whose units lie between every two edges."""
    numbers = np.arange(len(edges) - 1, dtype=np.min_scalar_type(len(edges)))  # short ones are sorted in no time
    block = np.repeat(numbers, np.diff(edges))[unit]
    return np.split(np.argsort(block, kind="stable"), np.cumsum(np.bincount(block))[:-1])


def _between(numbers: IntArray, first: int, end: int) -> IntArray:
    """Return the ascending numbers in a range."""
    return numbers[slice(*np.searchsorted(numbers, (first, end)))]


def _table(place: IntArray, shape: tuple[int, int], values: FloatArray | None = None) -> FloatArray:
    """Add up the values of every place, or count what is there."""
    sums = np.bincount(place, weights=values, minlength=shape[0] * shape[1])
    return sums.reshape(shape).astype(np.float64, copy=False)
