"""Frame distances against the oracle, and what ties and zero frames ask of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.frames import normalise
from pytest_zrc.abx.kernel import Blocks, Pairs
from tests.abx import oracle
from tests.abx.scoring import KERNELS, make_kernel

DISTANCES = ("cosine", "euclidean", "kl", "kl_symmetric")


def between(x: npt.NDArray[Any], y: npt.NDArray[Any], distance: str, kernel: str) -> npt.NDArray[np.float32]:
    """Return the distances of all frames of x to all frames of y, as warpings of one frame with one frame."""
    frames = np.concatenate([normalise(x), normalise(y)])
    rows, columns = np.arange(len(x)), len(x) + np.arange(len(y))
    blocks = Blocks(rows, columns, np.array([0, len(x)]), np.array([0, len(y)]))
    count = len(x) * len(y)
    one = np.ones(count, dtype=np.int64)
    pairs = Pairs(np.arange(count), one * len(y), one, one)
    return make_kernel(kernel, frames).warp(blocks, pairs, distance).reshape(len(x), len(y))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("distance", DISTANCES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), dim=st.integers(1, 40))
def test_equal_the_oracle(distance: str, kernel: str, seed: int, dim: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = 0.05 + rng.random((7, dim)), 0.05 + rng.random((5, dim))
    expected = oracle.frame_distances(oracle.normalise(x), oracle.normalise(y), distance)
    # Near 0 an angle of float32 frames has steps of 1e-4: the cosine of it is what can be compared.
    same = np.cos if distance == "cosine" else np.asarray
    np.testing.assert_allclose(same(between(x, y, distance, kernel)), same(expected), atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("distance", ["euclidean", "kl", "kl_symmetric"])
def test_equal_frames_are_at_distance_zero(distance: str, kernel: str) -> None:
    x = np.random.default_rng(0).random((50, 17))
    assert np.all(np.diag(between(x, x, distance, kernel)) == 0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_angles_of_one_hot_frames_are_exactly_zero_and_a_half(kernel: str) -> None:
    units = np.eye(12)
    assert np.array_equal(between(units, units, "cosine", kernel), 0.5 * (1 - np.eye(12, dtype=np.float32)))


@pytest.mark.parametrize("kernel", KERNELS)
def test_zero_frames_are_near_each_other_and_far_from_all_others(kernel: str) -> None:
    x = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]])
    assert between(x, x, "cosine", kernel)[0].tolist() == [0, 1]
    assert between(x, x, "euclidean", kernel)[0].tolist() == [0, np.float32(2e12)]
