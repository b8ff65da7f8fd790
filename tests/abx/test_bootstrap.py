"""Replicates are what plain loops over resampled speakers make of the same cells."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx.averaging import CellErrors, error_rate
from pytest_zrc.abx.bootstrap import draw_weights, replicate_rates, speakers_of
from pytest_zrc.abx.cells import SpeakerMode
from pytest_zrc.abx.profiles import PROFILES, Averaging
from tests.abx.cells import confidence_interval, make_cells, random_cells

Row = tuple[dict[str, int], float]

every_profile = pytest.mark.parametrize("profile", list(PROFILES))
every_speaker_mode = pytest.mark.parametrize("speaker", ["within", "across"])
seeds = st.integers(0, 2**32)


def _resample(cells: CellErrors, drawn: Sequence[int]) -> list[Row]:
    """Return the cells as if those drawn had been recorded, each draw a speaker of its own."""
    copies = defaultdict(list)
    for copy, speaker in enumerate(drawn):
        copies[speaker].append(copy)
    rows = []
    for *numbers, error in zip(*(column.tolist() for column in cells.names.values()), cells.error, strict=True):
        context, speaker, x_speaker, phone, other_phone = numbers
        for copy in copies[speaker]:
            for x_copy in [copy] if speaker == x_speaker else copies[x_speaker]:
                names = {"context": context, "speaker": copy, "x_speaker": x_copy, "phone": phone, "other": other_phone}
                rows.append((names, float(error)))
    return rows


def _average(rows: Iterable[Row], averaging: Averaging) -> float:
    """Average level by level, then over pairs of phones."""
    for level in averaging:
        groups: dict[Hashable, tuple[dict[str, int], list[float]]] = {}
        for names, value in rows:
            kept = {name: number for name, number in names.items() if name not in level}
            groups.setdefault(tuple(kept.items()), (kept, []))[1].append(value)
        rows = [(names, fmean(values)) for names, values in groups.values()]
    values = [value for _, value in rows]
    return fmean(values) if values else math.nan


@every_profile
@every_speaker_mode
@given(seed=seeds)
def test_every_replicate_is_that_of_plain_loops(speaker: SpeakerMode, profile: str, seed: int) -> None:
    cells, averaging = random_cells(speaker, seed), PROFILES[profile].averaging
    speakers = speakers_of(cells)
    weights = draw_weights(len(speakers), 5, seed)
    expected = [_average(_resample(cells, np.repeat(speakers, counts).tolist()), averaging) for counts in weights]
    np.testing.assert_allclose(replicate_rates(cells, averaging, weights), expected, rtol=0, atol=1e-12)


@every_profile
@every_speaker_mode
@given(seed=seeds)
def test_equal_weights_give_the_score(speaker: SpeakerMode, profile: str, seed: int) -> None:
    # More pairs of phones than are averaged at a time.
    cells = random_cells(speaker, seed, contexts=2, speakers=6, phones=25)
    averaging = PROFILES[profile].averaging
    rates = replicate_rates(cells, averaging, np.full((3, len(speakers_of(cells))), 0.5))
    np.testing.assert_allclose(rates, error_rate(cells, averaging), rtol=0, atol=1e-12)


@every_profile
@every_speaker_mode
@given(seed=seeds)
def test_the_ends_are_error_rates_in_order(speaker: SpeakerMode, profile: str, seed: int) -> None:
    cells, averaging = random_cells(speaker, seed), PROFILES[profile].averaging
    interval = confidence_interval(cells, averaging, seed=seed, replicates=50)
    assert interval == confidence_interval(cells, averaging, seed=seed, replicates=50)
    if len(speakers_of(cells)) < 2:
        assert interval is None
    elif interval is not None:
        low, high = interval
        assert cells.error.min() - 1e-12 <= low <= high <= cells.error.max() + 1e-12


def test_as_many_speakers_are_drawn_as_there_are() -> None:
    weights = draw_weights(7, 1000, seed=1)
    assert weights.shape == (1000, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert weights.mean(axis=0) == pytest.approx(1, abs=0.15)
    assert not np.array_equal(weights, draw_weights(7, 1000, seed=2))


def test_two_speakers_by_hand() -> None:
    # Both drawn once, half of the time: 0.5. Either of them twice, a quarter each: 0 and 1.
    cells = make_cells([(0, 3, 3, 0, 1, 0.0), (0, 5, 5, 0, 1, 1.0)])
    averaging = PROFILES["librilight"].averaging
    assert confidence_interval(cells, averaging, seed=1) == (0, 1)
    assert confidence_interval(cells, averaging, seed=1, level=0.4) == (0.5, 0.5)


def test_across_speakers_the_same_one_twice_has_no_cell() -> None:
    cells = make_cells([(0, 0, 1, 0, 1, 0.0), (0, 1, 0, 0, 1, 1.0)])
    rates = replicate_rates(cells, PROFILES["librilight"].averaging, np.array([[2, 0], [1, 1]]))
    np.testing.assert_array_equal(rates, [np.nan, 0.5])


def test_there_is_no_interval_where_no_replicate_has_a_cell() -> None:
    cells = make_cells([(0, 0, 1, 0, 1, 0.5)])
    # A seed with which both replicates draw one of the two speakers twice.
    seed = next(seed for seed in range(100) if (draw_weights(2, 2, seed) != 1).all())
    assert confidence_interval(cells, PROFILES["librilight"].averaging, seed=seed, replicates=2) is None


def test_one_speaker_has_no_interval() -> None:
    cells = make_cells([(0, 0, 0, 0, 1, 0.25), (1, 0, 0, 0, 1, 0.5)])
    assert confidence_interval(cells, PROFILES["librilight"].averaging, seed=1) is None


def test_an_order_that_no_profile_has_is_refused() -> None:
    cells = make_cells([(0, 0, 1, 0, 1, 0.0)])
    with pytest.raises(ValueError, match="no bootstrap for the averaging"):
        replicate_rates(cells, (("speaker",), ("context", "x_speaker")), np.ones((1, 2)))
