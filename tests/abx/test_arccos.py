"""The compiled arccos is no approximation: in float32 it is the nearest to the true value, divided by pi."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_zrc.abx.compiled_kernel import CompiledKernel
from pytest_zrc.abx.frames import Frames, Values
from pytest_zrc.abx.kernel import Measure, Spans
from tests.abx.compiled import isas


def _products() -> Values:
    """Return a million products: evenly spaced ones, some beyond 1, and many near -1, 0 and 1."""
    near = np.logspace(-12, 0, 120_000)
    return np.concatenate([np.linspace(-1.1, 1.1, 640_000), near, 1 - near, near - 1])


def _angles(products: Values, isa: str) -> Values:
    """Return the distances of tokens of one frame, whose products with a unit vector are these."""
    frames = Frames.empty(len(products) + 1, 16, products.dtype)
    frames.values[:] = 0
    frames.values[:-1, 0] = products
    frames.values[-1, 0] = 1
    spans = Spans(np.arange(len(frames)), np.ones(len(frames), dtype=np.int64))
    other = np.full(len(products), len(products))
    pairs = np.column_stack([other, np.arange(len(products))]).astype(np.int32)
    return CompiledKernel(isa=isa).distances(frames, spans, pairs, Measure("cosine"))[:, 0]


@pytest.mark.parametrize("isa", isas())
def test_it_is_rounded_once(isa: str) -> None:
    products = _products().astype(np.float32)
    exact = np.arccos(np.clip(products, -1, 1).astype(np.float64)).astype(np.float32) / np.float32(np.pi)
    np.testing.assert_array_equal(_angles(products, isa), exact)


@pytest.mark.skipif(bool(np.finfo(np.longdouble).eps > 2e-19), reason="long doubles are no longer here")
@pytest.mark.parametrize("isa", isas())
def test_in_double_precision_its_last_digit_may_be_another_one(isa: str) -> None:
    products = _products()
    # Of the angle it is 1.1 units in the last place; of NumPy's own, divided by pi, it is 1.7.
    exact = np.arccos(np.clip(products, -1, 1).astype(np.longdouble)) / np.longdouble("3.14159265358979323846")
    assert np.all(np.abs(_angles(products, isa) - exact) <= 2.5 * np.spacing(exact.astype(np.float64)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("isa", isas())
def test_opposite_orthogonal_and_equal_frames_are_at_1_a_half_and_0(isa: str, dtype: type[np.floating]) -> None:
    assert _angles(np.array([-1, -0.0, 0, 1], dtype=dtype), isa).tolist() == [1, 0.5, 0.5, 0]
