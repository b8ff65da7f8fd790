"""Kernels in double precision, means of paths and sums, against the definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.frames import Frames, prepare
from pytest_zrc.abx.kernel import Measure, Spans
from tests.abx import reference
from tests.abx.scoring import KERNELS, make_kernel
from tests.abx.tokens import make_up

DISTANCES = ("cosine", "euclidean", "kl", "kl_symmetric", "identical")
FRAMES = 40

seeds = st.integers(0, 2**32 - 1)
kinds = st.sampled_from(["one-hot", "floats"])


def _features(rng: np.random.Generator, kind: str, dimension: int) -> reference.Doubles:
    if kind == "one-hot":
        return np.asarray(np.eye(dimension)[rng.integers(0, dimension, FRAMES)])
    return 0.05 + rng.random((FRAMES, dimension))


def _as_they_are(features: reference.Doubles, dtype: type[np.floating] = np.float64) -> Frames:
    frames = Frames.empty(len(features), features.shape[1], dtype)
    frames.values[:, : frames.dimension] = features
    return frames


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("mean_path", [True, False])
@pytest.mark.parametrize("distance", DISTANCES)
@settings(deadline=None, max_examples=10)
@given(seed=seeds, kind=kinds, dimension=st.sampled_from([3, 17, 40]))
def test_normalised_frames(
    kernel: str, distance: str, seed: int, kind: str, dimension: int, *, mean_path: bool
) -> None:
    rng = np.random.default_rng(seed)
    features = _features(rng, kind, dimension) * (rng.random((FRAMES, 1)) > 0.1 * ("kl" not in distance))
    frames = Frames.empty(len(features), features.shape[1], np.float64)
    prepare(features, frames)
    spans, pairs = make_up(rng, FRAMES)
    expected = reference.token_distances(reference.table_of(frames, distance), spans, pairs, mean_path=mean_path)
    found = make_kernel(kernel).distances(frames, spans, pairs, Measure(distance, mean_path))
    assert found.dtype == np.float64
    # The angle of nearly equal frames is the root of what their product lacks to 1: 2e-16 of that are 1e-8.
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-7 if distance == "cosine" else 1e-13)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("distance", ["euclidean", "kl", "kl_symmetric", "identical"])
@settings(deadline=None, max_examples=10)
@given(seed=seeds, kind=kinds)
def test_frames_as_they_are(kernel: str, distance: str, seed: int, kind: str, dtype: type[np.floating]) -> None:
    rng = np.random.default_rng(seed)
    features = _features(rng, kind, 11)
    features /= features.sum(axis=1, keepdims=True)
    features *= (rng.random((FRAMES, 1)) > 0.1) * (1 if "kl" in distance else 10.0 ** rng.integers(-3, 4))
    frames = _as_they_are(features, dtype)
    spans, pairs = make_up(rng, FRAMES)
    expected = reference.token_distances(reference.table_of(frames, distance), spans, pairs, mean_path=False)
    found = make_kernel(kernel).distances(frames, spans, pairs, Measure(distance, mean_path=False))
    assert found.dtype == dtype
    rtol = 1e-11 if dtype is np.float64 else 3e-6
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol if "kl" in distance else rtol / 1000)
    if distance != "kl":
        np.testing.assert_array_equal(found[:, 0], found[:, 1])


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e5])
@pytest.mark.parametrize("distance", ["euclidean", "kl"])
def test_equal_frames_are_at_distance_zero_however_long_they_are(
    kernel: str, distance: str, scale: float, dtype: type[np.floating]
) -> None:
    rng = np.random.default_rng(0)
    frames = _as_they_are(scale * rng.random((FRAMES, 33)), dtype)
    each = Spans(np.arange(FRAMES), np.ones(FRAMES, dtype=np.int64))
    same = np.repeat(np.arange(FRAMES, dtype=np.int32), 2).reshape(-1, 2)
    assert not make_kernel(kernel).distances(frames, each, same, Measure(distance)).any()
