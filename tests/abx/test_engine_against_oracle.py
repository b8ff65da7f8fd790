"""The engine against the oracle, on corpora that hypothesis makes up.

Engine and oracle add up the products of a frame distance in different orders. So that no comparison hangs on the last
bit, the frames are such that all their products are exact.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.cells import Limits
from tests.abx import oracle
from tests.abx.scoring import score

HEADER = "#file onset offset #phone prev-phone next-phone speaker"

Array = npt.NDArray[Any]
Corpus = tuple[dict[str, Array], list[str]]
Frames = Literal["signs", "one-hot"]


@st.composite
def corpora(draw: st.DrawFn, kind: Frames) -> Corpus:
    """Make up features of a few files and the lines of their item file; tokens of up to 7 frames, some of none."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dim, dtype = draw(st.sampled_from([4, 16])), draw(st.sampled_from([np.float16, np.float32, np.float64]))
    features: dict[str, Array] = {}
    lines = [HEADER]
    for file in range(draw(st.integers(1, 6))):
        speaker, end = f"s{rng.integers(3)}", 0
        for _ in range(int(rng.integers(1, 14))):
            start, end = end, end + int(rng.integers(1, 8))
            phone, before = "AEI"[rng.integers(3)], "PT"[rng.integers(2)]
            lines.append(f"f{file} {start / 100 + 0.0025} {end / 100 + 0.0025} {phone} {before} K {speaker}")
        features[f"f{file}"] = _frames(rng, kind, max(1, end + int(rng.integers(-3, 3))), dim).astype(dtype)
    return features, lines


def _frames(rng: np.random.Generator, kind: Frames, frames: int, dim: int) -> Array:
    match kind:
        case "signs":  # of norm 2 or 4, and some of them zero
            return np.asarray(rng.choice([-1, 1], (frames, dim)) * (rng.random((frames, 1)) > 0.1))
        case "one-hot":
            return np.eye(dim)[rng.integers(0, dim, frames)]


CONTEXTS = st.sampled_from(["within", "any"])
SPEAKERS = st.sampled_from(["within", "across"])
LIMITS = st.builds(
    Limits, group=st.none() | st.integers(2, 4), speakers=st.none() | st.integers(1, 2), seed=st.integers(0, 9999)
)


@settings(deadline=None)
@given(
    corpus=corpora("signs") | corpora("one-hot"),
    distance=st.sampled_from(["cosine", "euclidean"]),
    limits=LIMITS,
    context=CONTEXTS,
    speaker=SPEAKERS,
    capacity=st.sampled_from([1, 1 << 18]),
)
def test_engine_equals_oracle(
    *,
    corpus: Corpus,
    distance: str,
    limits: Limits,
    context: Literal["within", "any"],
    speaker: Literal["within", "across"],
    capacity: int,
) -> None:
    _agree(corpus, context=context, speaker=speaker, distance=distance, limits=limits, capacity=capacity)


def _agree(
    corpus: Corpus,
    *,
    context: Literal["within", "any"],
    speaker: Literal["within", "across"],
    distance: str,
    limits: Limits,
    capacity: int,
) -> None:
    features, lines = corpus
    expected = oracle.score(
        features,
        lines,
        context=context,
        speaker=speaker,
        distance=distance,
        max_size_group=limits.group or 10**6,
        max_x_across=limits.speakers or 10**6,
        seed=limits.seed,
    )
    result = score(
        features, lines, context=context, speaker=speaker, distance=distance, limits=limits, capacity=capacity
    )
    assert (None if result is None else result.error_rate) == (
        None if expected is None else pytest.approx(expected, abs=1e-6, nan_ok=True)
    )
