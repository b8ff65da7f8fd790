"""The compiled kernel against the NumPy one, on all instruction sets that this machine has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx import native
from pytest_zrc.abx.compiled_kernel import CompiledKernel
from pytest_zrc.abx.frames import Frames, prepare
from pytest_zrc.abx.kernel import Measure, Spans, TokenDistances, TokenPairs
from pytest_zrc.abx.numpy_kernel import NumpyKernel
from tests.abx.compiled import isas, library, needs_the_compiled_part

pytestmark = needs_the_compiled_part


def _speech(rng: np.random.Generator, dimension: int, longest: int) -> tuple[Frames, Spans, TokenPairs]:
    """Make tokens of all lengths up to some, and pairs of them: runs with one row, short and long."""
    lengths = rng.integers(1, longest + 1, size=30)
    frames = Frames.empty(int(lengths.sum()), dimension)
    prepare(rng.standard_normal((len(frames), dimension)).astype(np.float32), frames)
    rows = np.sort(rng.integers(len(lengths), size=200))
    pairs = np.column_stack([rows, rng.integers(len(lengths), size=200)]).astype(np.int32)
    return frames, Spans(np.cumsum(lengths) - lengths, lengths), pairs


def _distances(
    kernel: CompiledKernel | NumpyKernel, speech: tuple[Frames, Spans, TokenPairs], name: str
) -> TokenDistances:
    return kernel.distances(*speech, Measure(name))


# Not 2: in a plane angles add up, so that different paths cost the same but for rounding.
DIMENSIONS = st.just(1) | st.integers(3, 70)


@pytest.mark.parametrize("name", ["cosine", "euclidean"])
@pytest.mark.parametrize("isa", isas())
@given(seed=st.integers(0, 2**32), dimension=DIMENSIONS, longest=st.sampled_from([1, 3, 9, 25]))
def test_it_agrees_up_to_the_order_of_sums(seed: int, dimension: int, longest: int, isa: str, name: str) -> None:
    speech = _speech(np.random.default_rng(seed), dimension, longest)
    with np.errstate(all="ignore"):
        expected = _distances(NumpyKernel(), speech, name)
    # The angle of nearly equal frames is the root of what their product lacks to 1: 6e-8 of that are 1e-4.
    np.testing.assert_allclose(_distances(CompiledKernel(isa=isa), speech, name), expected, rtol=2e-6, atol=3e-4)


@pytest.mark.parametrize("isa", isas())
@given(seed=st.integers(0, 2**32), longest=st.sampled_from([2, 9, 40]))
def test_ties_are_decided_alike_to_the_bit(seed: int, longest: int, isa: str) -> None:
    # Frames of a few signs have exact products, zero frames among them: no order of sums makes a difference.
    rng = np.random.default_rng(seed)
    frames, spans, pairs = _speech(rng, 16, longest)
    values = rng.choice(np.array([-0.25, 0.25], dtype=np.float32), size=(4, 16))
    values[0] = 0
    prepare(values[rng.integers(4, size=len(frames))], frames)
    speech = frames, spans, pairs
    for name in ("cosine", "euclidean"):
        np.testing.assert_array_equal(
            _distances(CompiledKernel(isa=isa), speech, name), _distances(NumpyKernel(), speech, name)
        )


@pytest.mark.parametrize("isa", isas())
def test_a_token_with_nans_is_at_no_distance_from_any_other(isa: str) -> None:
    frames, spans, pairs = _speech(np.random.default_rng(0), 20, 9)
    token = int(pairs[0, 0])
    frames.values[spans.starts[token] + spans.lengths[token] - 1] = np.nan
    touched = (pairs == token).any(axis=1)
    for name in ("cosine", "euclidean"):
        found = CompiledKernel(isa=isa).distances(frames, spans, pairs, Measure(name))
        assert np.isnan(found[touched]).all()
        assert np.isfinite(found[~touched]).all()


@pytest.mark.parametrize("threads", [2, 3, 50])
def test_threads_change_nothing(threads: int) -> None:
    speech = _speech(np.random.default_rng(0), 24, 12)
    np.testing.assert_array_equal(
        CompiledKernel(threads).distances(*speech, Measure("cosine")),
        CompiledKernel().distances(*speech, Measure("cosine")),
    )


def test_tokens_longer_than_the_buffer() -> None:
    rng = np.random.default_rng(0)
    lengths = np.array([700, 900, 1, 3])
    frames = Frames.empty(int(lengths.sum()), 8)
    prepare(rng.standard_normal((len(frames), 8)).astype(np.float32), frames)
    spans = Spans(np.cumsum(lengths) - lengths, lengths)
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 0], [2, 3], [3, 1]], dtype=np.int32)
    np.testing.assert_allclose(
        CompiledKernel().distances(frames, spans, pairs, Measure("cosine")),
        NumpyKernel().distances(frames, spans, pairs, Measure("cosine")),
        rtol=1e-6,
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(seed=st.integers(0, 2**32), scale=st.sampled_from([1e-30, 1e-3, 1.0, 1e15]), dimension=st.integers(1, 80))
def test_it_normalises_as_numpy_does(seed: int, scale: float, dimension: int, dtype: type[np.floating]) -> None:
    rng = np.random.default_rng(seed)
    features = (rng.standard_normal((7, dimension)) * scale).astype(dtype)
    features[2] = 0
    compiled, planned = Frames.empty(9, dimension), Frames.empty(9, dimension)
    prepare(features, compiled, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "library", None)
        prepare(features, planned, 1)
    np.testing.assert_array_equal(compiled.zero[1:8], planned.zero[1:8])
    np.testing.assert_allclose(compiled.values[1:8], planned.values[1:8], rtol=3e-7, atol=1e-38)


def test_wrong_arguments_are_refused() -> None:
    frames, spans, pairs = _speech(np.random.default_rng(0), 8, 3)
    with pytest.raises(ValueError, match="no kernel for mmx"):
        CompiledKernel(isa="mmx").distances(frames, spans, pairs, Measure("cosine"))
    out = np.empty((len(pairs), 2), dtype=np.float32)
    with pytest.raises(ValueError, match="no distance hamming"):
        library().distances(frames.values, frames.zero, spans.starts, spans.lengths, pairs, "hamming", True, out)
