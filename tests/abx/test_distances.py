"""Frame distances against the oracle, and what ties and zero frames ask of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.frames import Values
from pytest_zrc.abx.kernel import Measure, Spans
from tests.abx import oracle
from tests.abx.scoring import KERNELS, all_frames, make_kernel

DISTANCES = ("cosine", "euclidean", "kl", "kl_symmetric")


def between(x: npt.NDArray[Any], y: npt.NDArray[Any], distance: str, kernel: str, *, back: bool = False) -> Values:
    """Return the distances of all frames of x to all frames of y, as those of tokens of one frame; or back."""
    frames = all_frames([x, y])
    spans = Spans(np.arange(len(frames)), np.ones(len(frames), dtype=np.int64))
    pairs = np.stack(np.meshgrid(np.arange(len(x)), len(x) + np.arange(len(y)), indexing="ij"), axis=2).reshape(-1, 2)
    found = make_kernel(kernel).distances(frames, spans, pairs.astype(np.int32), Measure(distance))
    return found[:, int(back)].reshape(len(x), len(y))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("distance", DISTANCES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), dim=st.integers(1, 40))
def test_equal_the_oracle(distance: str, kernel: str, seed: int, dim: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = 0.05 + rng.random((7, dim)), 0.05 + rng.random((5, dim))
    u, v = oracle.normalise(x), oracle.normalise(y)
    # Near 0 an angle of float32 frames has steps of 1e-4: the cosine of it is what can be compared.
    same = np.cos if distance == "cosine" else np.asarray
    for back, expected in (
        (False, oracle.frame_distances(u, v, distance)),
        (True, oracle.frame_distances(v, u, distance).T),
    ):
        found = between(x, y, distance, kernel, back=back)
        np.testing.assert_allclose(same(found), same(expected), atol=2e-6, rtol=1e-5)


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
    for divergence in ("kl", "kl_symmetric"):
        np.testing.assert_array_equal(between(x, x, divergence, kernel)[0], [0, np.nan])


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("distance", DISTANCES)
def test_what_is_not_a_number_is_at_no_distance(distance: str, kernel: str) -> None:
    x = np.array([[1.0, np.nan, 3.0]])
    y = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]])
    assert np.isnan(between(x, y, distance, kernel)).all()
    assert np.isnan(between(y, x, distance, kernel)).all()
