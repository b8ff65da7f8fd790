"""What the engine promises beyond its numbers."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
import pytest

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import cut_tokens
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.numpy_kernel import NumpyKernel
from tests.abx.golden import load
from tests.abx.scoring import resident, score

HEADER = "#file onset offset #phone prev-phone next-phone speaker"


def _lines(*tokens: str) -> list[str]:
    return [HEADER, *tokens]


@pytest.mark.parametrize("speaker", ["within", "across"])
@pytest.mark.parametrize("context", ["within", "any"])
def test_no_cell_no_score(context: Literal["within", "any"], speaker: Literal["within", "across"]) -> None:
    lines = _lines("f 0.0 0.1 A P T s", "f 0.1 0.2 A P T s")  # there is no B
    assert score({"f": np.ones((30, 3))}, lines, context=context, speaker=speaker) is None


def test_one_speaker_has_no_score_across_speakers() -> None:
    lines = _lines("f 0.0 0.1 A P T s", "f 0.1 0.2 A P T s", "f 0.2 0.3 B P T s")
    assert score({"f": np.random.default_rng(0).random((40, 3))}, lines, context="within", speaker="across") is None
    assert score({"f": np.random.default_rng(0).random((40, 3))}, lines, context="within", speaker="within") is not None


def test_perfect_units_have_no_error() -> None:
    features = np.repeat(np.eye(2)[[0, 0, 1, 1]], 10, axis=0)
    lines = _lines("f 0.0 0.1 A P T s", "f 0.1 0.2 A P T s", "f 0.2 0.3 B P T s", "f 0.3 0.4 B P T s")
    result = score({"f": features}, lines, context="within", speaker="within")
    assert result is not None
    assert result.error_rate == 0
    assert len(result.cells) == 2


def test_limits_change_nothing_where_they_are_not_reached() -> None:
    case = load("cosine_float32")
    lines = case.item_files["phoneme.item"].read_text(encoding="utf-8").splitlines()
    scores = [
        score(case.features, lines, context="within", speaker="across", limits=limits)
        for limits in (Limits(10**6, 10**6, seed=1), Limits(None, None, seed=2))
    ]
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0].error_rate == scores[1].error_rate


SIZES = {
    "engine._SLICE": 1 << 18,
    "numpy_kernel._WARPED": 500,
    "numpy_kernel._GATHERED": 500,
    "dtw._LANES": 500,
    "counting._TRIPLETS": 500,
}


@pytest.mark.parametrize("capacity", [1, 1000])
@pytest.mark.parametrize("speaker", ["within", "across"])
def test_parts_do_not_change_scores(
    monkeypatch: pytest.MonkeyPatch, speaker: Literal["within", "across"], capacity: int
) -> None:
    case = load("subfolders")
    lines = case.item_files["phoneme.item"].read_text(encoding="utf-8").splitlines()
    whole = score(case.features, lines, context="any", speaker=speaker)
    for name, size in SIZES.items():
        monkeypatch.setattr(f"pytest_zrc.abx.{name}", size)
    parts = score(case.features, lines, context="any", speaker=speaker, capacity=capacity)
    assert whole is not None
    assert parts is not None
    assert parts.error_rate == whole.error_rate


@pytest.mark.parametrize("speaker", ["within", "across"])
def test_strips_do_not_change_scores(monkeypatch: pytest.MonkeyPatch, speaker: Literal["within", "across"]) -> None:
    case = load("subfolders")
    lines = case.item_files["phoneme.item"].read_text(encoding="utf-8").splitlines()
    score_it = partial(score, case.features, lines, context="any", speaker=speaker, limits=Limits(None, None))
    whole, grid = score_it(capacity=10**9), score_it(capacity=0)
    monkeypatch.setattr("pytest_zrc.abx.engine._SLICE", 1 << 20)
    monkeypatch.setattr("pytest_zrc.abx.grids._SQUARES", 200)
    strips = score_it(capacity=0)
    assert whole is not None
    assert grid is not None
    assert strips is not None
    assert whole.error_rate == grid.error_rate == strips.error_rate


@pytest.mark.parametrize("planned", [{"capacity": 100}, {"limits": Limits(None, None), "capacity": 0}])
def test_progress_goes_up_to_one(planned: dict[str, Any]) -> None:
    case = load("subfolders")
    features = {name.rsplit("/", 1)[-1]: array for name, array in case.features.items()}
    with case.item_files["phoneme.item"].open(encoding="utf-8") as lines:
        tokens = cut_tokens(parse_items(lines), {name: len(frames) for name, frames in features.items()}, 0.01)
    speech = resident(features, tokens)
    shares: list[float] = []
    score_condition(tokens, NumpyKernel(), speech, context="any", speaker="across", progress=shares.append, **planned)
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert shares[-1] == 1
