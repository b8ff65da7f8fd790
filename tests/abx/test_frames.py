"""Frames: how they are normalised, and where they stand."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_zrc.abx.frames import ALIGNMENT, Frames, frame_range, prepare


@pytest.mark.parametrize("dimension", [1, 15, 16, 17, 39])
def test_rows_are_aligned_and_padded_with_zeros(dimension: int) -> None:
    frames = Frames.empty(7, dimension)
    prepare(np.random.default_rng(0).random((7, dimension)), frames)
    assert len(frames) == 7
    assert frames.values.ctypes.data % 64 == 0
    assert frames.values.shape[1] % ALIGNMENT == 0
    assert frames.values.flags.c_contiguous
    assert not frames.values[:, dimension:].any()
    np.testing.assert_allclose(np.linalg.norm(frames.values, axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_frame_is_divided_by_its_norm_in_its_own_precision(dtype: str, order: str) -> None:
    features = np.array([[3.0, 4.0], [0.0, 0.0], [1e-4, 1e-4]], dtype=dtype, order=order)  # type: ignore[call-overload]
    wide = features.astype(np.float32) if features.dtype.itemsize == 2 else features
    frames = Frames.empty(5, 2)
    prepare(features, frames, 1)
    expected = (wide[[0, 2]] / np.sqrt((wide[[0, 2]] ** 2).sum(axis=1, keepdims=True))).astype(np.float32)
    assert np.array_equal(frames.values[[1, 3], :2], expected)


def test_frames_without_a_norm_are_flagged_and_zero() -> None:
    frames = Frames.empty(4, 2)
    prepare(np.array([[0.0, 0.0], [1e-30, 0.0], [np.nan, 0.0], [1.0, 0.0]], dtype=np.float32), frames)
    assert frames.zero.tolist() == [True, True, False, False]  # the square of 1e-30 is none in float32
    assert not frames.values[:2].any()
    assert np.isnan(frames.values[2, 0])


def test_a_file_that_is_normalised_in_chunks_is_normalised_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    features = np.random.default_rng(0).random((50, 20)).astype(np.float32)
    whole, parts = Frames.empty(50, 20), Frames.empty(50, 20)
    prepare(features, whole)
    monkeypatch.setattr("pytest_zrc.abx.frames._CHUNK", 60)
    prepare(features, parts)
    assert np.array_equal(whole.values, parts.values)


def test_the_last_frame_can_belong_to_the_token() -> None:
    onset, offset = np.array([0.1, 0.2]), np.array([0.2, 0.35])
    start, end = frame_range(onset, offset, 0.01)
    start_too, end_too = frame_range(onset, offset, 0.01, last_frame=True)
    assert np.array_equal(start, start_too)
    assert np.array_equal(end + 1, end_too)
