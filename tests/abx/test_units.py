"""Discrete units: features of few different frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx.frames import Frames, prepare
from pytest_zrc.abx.units import Codebook


def _frames(features: npt.NDArray[Any]) -> Frames:
    frames = Frames.empty(len(features), features.shape[1], features.dtype)
    prepare(features, frames, unit=False)
    return frames


@given(
    seed=st.integers(0, 2**32 - 1),
    distinct=st.integers(1, 30),
    dimension=st.integers(1, 40),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_units_and_their_frames_give_the_features_back(
    seed: int, distinct: int, dimension: int, dtype: type[np.floating[Any]]
) -> None:
    rng = np.random.default_rng(seed)
    book = rng.choice([-1.0, 0.0, 0.5], size=(distinct, dimension)).astype(dtype)
    codebook = Codebook(dimension)
    parts = [_frames(book[rng.integers(distinct, size=size)]) for size in (1, 50, 0, 200)]
    for part in parts:
        ids = codebook.ids(part)
        assert ids is not None
        assert np.array_equal(codebook.frames().values[ids], part.values)
    values = np.concatenate([part.values for part in parts])
    assert len(codebook) == len(np.unique(values, axis=0))


def test_units_are_numbered_as_they_appear() -> None:
    ids = Codebook(1).ids(_frames(np.array([[7.0], [3.0], [7.0], [-0.0], [0.0]])))
    assert ids is not None
    assert ids.tolist() == [0, 1, 0, 2, 2]


@pytest.mark.parametrize("most", [9, 10])
def test_too_many_different_frames_are_no_units(most: int) -> None:
    codebook = Codebook(1, most=most)
    assert codebook.ids(_frames(np.arange(5.0)[:, None])) is not None
    assert (codebook.ids(_frames(np.arange(10.0)[:, None])) is None) == (most == 9)


def test_frames_with_one_key_are_not_taken_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Codebook, "_keys", lambda _, values: np.zeros(len(values), dtype=np.uint64))
    assert Codebook(1).ids(_frames(np.array([[1.0], [2.0]]))) is None
