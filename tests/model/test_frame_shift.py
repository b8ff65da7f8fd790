"""Frame shifts are found from durations and frame counts, whatever an encoder does at the edges."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.model.frame_shift import find_frame_shift, fit_frame_shift

LENGTHS = st.lists(st.floats(0.1, 40), min_size=12, max_size=40, unique=True)


@given(
    lengths=LENGTHS,
    shift=st.floats(0.005, 0.1),
    edge=st.floats(-2, 2),
    rounding=st.sampled_from([math.floor, math.ceil, round]),
)
def test_what_is_found_explains_every_count(lengths: list[float], shift: float, edge: float, rounding: object) -> None:
    assert callable(rounding)
    frames = [max(0, rounding(length / shift + edge)) for length in lengths]
    known = [length for length, count in zip(lengths, frames, strict=True) if count]
    found = fit_frame_shift(lengths, frames)
    if found is None:  # as good as constant
        assert max(known) - min(known) <= 2 * shift
        return
    assert found.low <= shift * (1 + 1e-6)
    assert shift <= found.high * (1 + 1e-6)
    assert found.low <= found.value <= found.high
    for length, count in zip(lengths, frames, strict=True):
        low, high = found.frames_of(length)
        assert not count or low - 1e-3 <= count <= high + 1e-3


@pytest.mark.parametrize("shift", [0.01, 0.02, 1 / 75, 0.0125, 0.016, 0.08, 0.005])
def test_common_shifts_are_found_exactly(shift: float) -> None:
    lengths = [0.31, 0.58, 0.97, 1.13, 1.49, 1.9, 2.33, 2.71, 2.99]
    frames = [math.ceil(length / shift) for length in lengths]
    assert find_frame_shift(lengths, frames) == pytest.approx(shift, rel=1e-9)


def test_wav2vec_frames_are_20_ms() -> None:
    samples = range(6400, 48000, 3331)
    assert find_frame_shift([n / 16000 for n in samples], [(n - 400) // 320 + 1 for n in samples]) == 0.02


def test_sounds_without_frames_say_nothing() -> None:
    assert find_frame_shift([0.01, 1, 2, 3], [0, 100, 200, 300]) == 0.01


@pytest.mark.parametrize(
    ("lengths", "frames"),
    [
        ([1, 2, 3], [50, 50, 50]),
        ([1, 2, 3], [50, 100, 200]),
        ([1, 2, 3], [150, 100, 50]),
        ([1, 1, 2], [50, 60, 100]),
        ([0.5, 1, 2, 4, 8], [50, 102, 208, 432, 928]),
        ([1, 1], [50, 50]),
        ([1], [50]),
        ([1, 2], [0, 0]),
        ([], []),
    ],
    ids=["fixed", "drift", "decreasing", "twice", "slow drift", "one length", "one", "none", "nothing"],
)
def test_without_one_shift_none_is_found(lengths: list[float], frames: list[int]) -> None:
    assert find_frame_shift(lengths, frames) is None


def test_thousands_of_files_are_a_matter_of_moments() -> None:
    lengths = [1 + n * 0.00317 for n in range(10_000)]
    assert find_frame_shift(lengths, [int(length * 100) for length in lengths]) == 0.01
