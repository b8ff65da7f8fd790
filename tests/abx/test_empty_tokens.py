"""Tokens without a frame."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import Kernel, Measure, Spans, Units
from tests.abx.scoring import KERNELS, all_frames, make_kernel

SPANS = Spans(np.array([0, 2, 2, 9]), np.array([2, 0, 3, 0]))
PAIRS = np.array([[0, 1], [2, 0], [1, 3], [3, 2], [1, 1]], dtype=np.int32)


def _speech(rng: np.random.Generator, kind: str) -> Frames | Units:
    if kind == "units":
        return Units(rng.integers(0, 3, 9).astype(np.int32), rng.random((3, 3)), 3)
    return all_frames([rng.random((9, 5))])


@pytest.fixture(params=KERNELS)
def kernel(request: pytest.FixtureRequest) -> Kernel:
    """Return each kernel."""
    return make_kernel(request.param)


@pytest.mark.parametrize("kind", ["frames", "units"])
@pytest.mark.parametrize("distance", ["cosine", "kl"])
@pytest.mark.parametrize("mean_path", [True, False])
def test_they_are_at_0_from_each_other_and_infinitely_far_from_others(
    kernel: Kernel, kind: str, distance: str, *, mean_path: bool
) -> None:
    speech, measure = _speech(np.random.default_rng(0), kind), Measure(distance, mean_path)
    found = kernel.distances(speech, SPANS, PAIRS, measure)
    assert found[[0, 2, 3, 4]].tolist() == [[np.inf, np.inf], [0, 0], [np.inf, np.inf], [0, 0]]
    np.testing.assert_array_equal(found[[1]], kernel.distances(speech, SPANS, PAIRS[[1]], measure))
    assert np.isfinite(found[1]).all()


def test_nothing_but_empty_tokens(kernel: Kernel) -> None:
    speech = _speech(np.random.default_rng(0), "units")
    assert kernel.distances(speech, SPANS, PAIRS[2:3], Measure("identical")).tolist() == [[0, 0]]
    assert kernel.distances(speech, SPANS, PAIRS[:0], Measure("identical")).shape == (0, 2)
