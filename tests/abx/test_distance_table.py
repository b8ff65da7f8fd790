"""Tables of the distances of distinct frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx import distances
from pytest_zrc.abx.distances import DISTANCES, distance_table
from pytest_zrc.abx.frames import Frames, prepare
from tests.abx import reference


def _frames(count: int, dtype: type[np.floating], *, zeros: bool = True) -> Frames:
    features = 0.01 + np.random.default_rng(0).random((count, 21))
    if zeros:
        features[[1, 7]] = 0
    frames = Frames.empty(len(features), features.shape[1], dtype)
    prepare(features, frames)
    return frames


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("distance", DISTANCES)
def test_it_has_the_distance_of_every_frame_to_every_other(distance: str, dtype: type[np.floating]) -> None:
    frames = _frames(23, dtype)
    table = distance_table(frames, distance)
    assert table.dtype == dtype
    wide = dtype is np.float64
    atol = (1e-7 if wide else 3e-4) if distance == "cosine" else (1e-14 if wide else 1e-7)
    np.testing.assert_allclose(table, reference.table_of(frames, distance), rtol=1e-11 if wide else 3e-6, atol=atol)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("distance", [name for name, measure in DISTANCES.items() if measure.symmetric])
@settings(deadline=None, max_examples=20)
@given(count=st.integers(8, 40), chunk=st.sampled_from([1, 100, 200, 1000]))
def test_it_is_symmetric_to_the_bit(distance: str, count: int, chunk: int, dtype: type[np.floating]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distances, "_CHUNK", chunk)
        table = distance_table(_frames(count, dtype, zeros="kl" not in distance), distance)
    np.testing.assert_array_equal(table, table.T)


@pytest.mark.parametrize("distance", DISTANCES)
def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch, distance: str) -> None:
    frames = _frames(30, np.float64)
    whole = distance_table(frames, distance)
    monkeypatch.setattr(distances, "_CHUNK", 7 * 32)
    np.testing.assert_allclose(distance_table(frames, distance), whole, rtol=1e-12, atol=1e-7, equal_nan=True)


def test_of_no_frames_it_is_empty() -> None:
    assert distance_table(Frames.empty(0, 5), "cosine").shape == (0, 0)
