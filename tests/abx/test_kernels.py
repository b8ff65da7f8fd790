"""Kernels: distances of tokens, both ways round, against the oracle and each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import Measure, Spans
from tests.abx import oracle
from tests.abx.scoring import KERNELS, all_frames, make_kernel

DISTANCES = ("cosine", "euclidean", "kl", "kl_symmetric")

Speech = tuple[npt.NDArray[Any], Frames, Spans, npt.NDArray[np.int32]]


@st.composite
def speech(draw: st.DrawFn, kinds: tuple[str, ...] = ("one-hot", "one-hot and zeros", "floats")) -> Speech:
    """Make up features, their frames, tokens of up to 12 frames, and pairs of these in no order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dimension, count = draw(st.sampled_from([3, 16, 20])), 200
    match draw(st.sampled_from(kinds)):
        case "one-hot":
            features = np.eye(dimension)[rng.integers(0, dimension, count)]
        case "one-hot and zeros":
            features = np.eye(dimension)[rng.integers(0, dimension, count)] * (rng.random((count, 1)) > 0.2)
        case _:
            features = 0.05 + rng.random((count, dimension))
    starts, lengths = rng.integers(0, count - 12, 25), rng.integers(1, 13, 25)
    pairs = rng.permuted(np.array([(t, u) for u in range(25) for t in range(u)]), axis=1)
    chosen = rng.permutation(len(pairs))[: draw(st.integers(0, 120))]
    if draw(st.booleans()):
        chosen = chosen[np.argsort(pairs[chosen, 0], kind="stable")]
    return features, all_frames([features]), Spans(starts, lengths), pairs[chosen].astype(np.int32)


def _oracle(made: Speech, distance: str) -> npt.NDArray[np.float32]:
    features, _, spans, pairs = made
    tokens = [
        oracle.Token(0, 0, 0, oracle.normalise(features[start : start + length]))
        for start, length in zip(spans.starts, spans.lengths, strict=True)
    ]
    found = [(oracle.dtw(tokens[t], tokens[u], distance), oracle.dtw(tokens[u], tokens[t], distance)) for t, u in pairs]
    return np.array(found, dtype=np.float32).reshape(-1, 2)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
@settings(deadline=None, max_examples=25)
@given(made=speech(("one-hot", "one-hot and zeros")))
def test_of_tied_data_equal_the_oracle_both_ways_round(kernel: str, distance: str, made: Speech) -> None:
    _, frames, spans, pairs = made
    found = make_kernel(kernel).distances(frames, spans, pairs, Measure(distance))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, _oracle(made, distance), rtol=1e-6, atol=0)


@pytest.mark.parametrize("distance", DISTANCES)
@settings(deadline=None, max_examples=25)
@given(made=speech())
def test_kernels_agree(distance: str, made: Speech) -> None:
    _, frames, spans, pairs = made
    one, *others = (make_kernel(kernel).distances(frames, spans, pairs, Measure(distance)) for kernel in KERNELS)
    for other in others:
        assert one.shape == other.shape == (len(pairs), 2)
        # Between equal frames an angle of float32 has steps of 1e-4.
        close = np.isclose(one, other, rtol=1e-5, atol=3e-4 if distance == "cosine" else 1e-6, equal_nan=True)
        # A near tie of two paths may be broken one way and the other.
        assert (~close).sum() <= 1


@pytest.mark.parametrize("kernel", KERNELS)
@settings(deadline=None, max_examples=10)
@given(made=speech(("one-hot",)))
def test_calls_stand_for_themselves(kernel: str, made: Speech) -> None:
    _, frames, spans, pairs = made
    one = make_kernel(kernel)
    whole = one.distances(frames, spans, pairs, Measure("cosine"))
    parts = [
        one.distances(frames, spans, pairs[first : first + 7], Measure("cosine")) for first in range(0, len(pairs), 7)
    ]
    assert np.array_equal(whole, np.concatenate([whole[:0], *parts]))
