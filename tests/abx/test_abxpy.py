"""Profiles abxpy2015 and abxpy2017 against a slow oracle."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.profiles import ABXPY2015, ABXPY2017
from tests.abx import oracle_abxpy as oracle
from tests.abx.scoring import ONE_OF_EACH, score

PROFILES: dict[oracle.Year, Any] = {2015: ABXPY2015, 2017: ABXPY2017}
HEADER = "#file onset offset #phone context talker"
SHIFT = 0.01


class Corpus(NamedTuple):
    """Features by file, their times (of their own, or on a grid), and items."""

    features: dict[str, npt.NDArray[Any]]
    times: dict[str, npt.NDArray[np.float64]]
    own_times: bool
    items: list[tuple[str, float, float, str, str, str]]

    def lines(self) -> list[str]:
        return [HEADER, *(" ".join(map(str, item)) for item in self.items)]


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """Make up some files; some frames are zero, some tokens have none, and some files begin alike, for real ties.

    Single frames do not come again: sums of the same distances in another order would be ties but for rounding.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    own_times = draw(st.booleans())
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    common = _frames(rng, 40)
    corpus = Corpus({}, {}, own_times, [])
    for number in range(draw(st.integers(1, 4))):
        file, talker = f"f{number}", f"t{rng.integers(3)}"
        n_frames = int(rng.integers(2, 40))
        features = common[:n_frames] if rng.random() < 0.5 else _frames(rng, n_frames)
        corpus.features[file] = features.astype(dtype)
        steps = rng.integers(1, 4, size=n_frames) * 0.005
        corpus.times[file] = np.asarray(np.cumsum(steps) if own_times else (np.arange(n_frames) + 0.5) * SHIFT)
        for _ in range(int(rng.integers(1, 8))):
            onset = round(float(rng.uniform(0, 0.4)), 3)
            offset = round(onset + float(rng.uniform(0, 0.05)), 3)
            corpus.items.append((file, onset, offset, "ABC"[rng.integers(3)], "pq"[rng.integers(2)], talker))
    return corpus


def _frames(rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    return np.asarray(rng.standard_normal((count, 3)) * (rng.random((count, 1)) < 0.8))


def _expected(corpus: Corpus, year: oracle.Year, *, across: bool) -> float | None:
    features = {name: array.astype(np.float64).tolist() for name, array in corpus.features.items()}
    times = {name: array.tolist() for name, array in corpus.times.items()}
    return oracle.score(oracle.tokens(features, corpus.items, times), year, across=across)


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
@settings(deadline=None, max_examples=60)
@given(corpus=corpora(), year=st.sampled_from([2015, 2017]), speaker=st.sampled_from(["within", "across"]))
def test_scores_equal_the_oracle(
    kernel: str, corpus: Corpus, year: oracle.Year, speaker: Literal["within", "across"]
) -> None:
    expected = _expected(corpus, year, across=speaker == "across")
    result = score(
        corpus.features,
        corpus.lines(),
        context="within",
        speaker=speaker,
        feature_size=SHIFT,
        profile=PROFILES[year],
        frame_times=corpus.times if corpus.own_times else None,
        kernel=kernel,
    )
    if expected is None:
        assert result is None
    else:
        assert result is not None
        assert result.error_rate == pytest.approx(expected, abs=1e-12)
