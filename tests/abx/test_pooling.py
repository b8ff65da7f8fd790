"""Tokens that are compared as one vector each."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.frames import Form, Tokens
from pytest_zrc.abx.pooling import Pooled
from pytest_zrc.abx.profiles import ABXPY2015, EXACT, LIBRILIGHT
from tests.abx.golden import cases_with, load
from tests.abx.scoring import ONE_OF_EACH, resident, score_golden

POOLINGS: tuple[Literal["mean", "hamming"], ...] = ("mean", "hamming")
# One comparison that fastabx's float32 decides otherwise: in double precision it has a margin of 9e-9.
NEAR_TIES = {("exact-mean", "cosine_float32", "phoneme-anycontext-acrossspeaker"): 5e-6}
PROFILES = {"zrc_abx2": LIBRILIGHT, "exact": EXACT}


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize(("tool", "name"), [(tool, name) for tool in PROFILES for name in cases_with(f"{tool}-mean")])
def test_scores_equal_the_reference(tool: str, name: str, pooling: Literal["mean", "hamming"], kernel: str) -> None:
    case = load(name)
    for condition in case.conditions():
        found = score_golden(
            case, condition, profile=PROFILES[tool], pooling=pooling, limits=Limits(None, None), kernel=kernel
        )
        expected = case.expected[f"{tool}-{pooling}"][condition.key]
        tolerance = NEAR_TIES.get((f"{tool}-{pooling}", name, condition.key), 1e-6)
        assert found == pytest.approx(expected, abs=tolerance), condition


def _tokens(lengths: list[int]) -> Tokens:
    ends = np.cumsum(lengths)
    nothing = np.zeros(len(lengths), dtype=np.int64)
    starts = ends - np.array(lengths)
    return Tokens(("f",), nothing, starts, ends, nothing, nothing, nothing)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_token_becomes_the_weighted_mean_of_its_frames(pooling: Literal["mean", "hamming"]) -> None:
    features = np.random.default_rng(0).standard_normal((12, 5))
    tokens = _tokens([1, 2, 0, 9])
    inner = resident({"f": features}, tokens, Form(unit=False, dtype=np.float64))
    pooled, spans = Pooled(inner, tokens, pooling, distance="euclidean", profile=ABXPY2015).frames(np.arange(4))
    assert spans.lengths.tolist() == [1, 1, 0, 1]
    for token in (0, 1, 3):
        frames = features[tokens.start[token] : tokens.end[token]]
        weights = np.hamming(len(frames)) if pooling == "hamming" else None
        expected = np.average(frames, axis=0, weights=weights)
        np.testing.assert_allclose(pooled.values[spans.starts[token], :5], expected, rtol=1e-12)
