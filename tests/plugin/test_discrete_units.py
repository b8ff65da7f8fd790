"""Discrete units are found, and scored by a table, without being asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.plugin.conftest import Zrc

CLEAN = ("--zrc-sets=dev", "--zrc-tasks=clean", "-k", "within-within or across")


def _each(submission: Path, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> None:
    for path in submission.rglob("*.npy"):
        np.save(path, change(np.load(path)))


def _nearest(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return which of 20 frames each one is nearest to."""
    book = np.random.default_rng(0).standard_normal((20, array.shape[1]))
    return np.asarray(((array[:, None] - book) ** 2).sum(axis=2).argmin(axis=1))


def _scored(zrc: Zrc) -> list[tuple[float, int]]:
    assert zrc.run_here(*CLEAN).ret == 0
    return [(one["score"], one["distinct_frames"]) for one in zrc.scores()["scores"]]


def test_vectors_of_a_codebook(zrc: Zrc) -> None:
    codes = np.random.default_rng(1).choice([-1.0, 1.0], (20, 16)).astype(np.float32)  # all products are exact
    _each(zrc.submission, lambda array: codes[_nearest(array)])
    units = _scored(zrc)
    assert {distinct for _, distinct in units} <= set(range(5, 21))
    (zrc.pytester.path / "conftest.py").write_text(
        "from pytest_zrc.abx import units\nunits.Codebook.ids = lambda *_: None\n"
    )
    vectors = [(one["score"], one["distinct_frames"]) for one in _again(zrc)]
    assert {distinct for _, distinct in vectors} == {0}
    np.testing.assert_allclose([score for score, _ in units], [score for score, _ in vectors], atol=1e-6)


def _again(zrc: Zrc) -> list[dict[str, Any]]:
    assert zrc.run("--zrc-fresh", *CLEAN).ret == 0
    scores: list[dict[str, Any]] = zrc.scores()["scores"]
    return scores


@pytest.mark.parametrize("shape", ["(frames, 1)", "(frames,)"])
def test_numbers_of_units_by_identity(zrc: Zrc, shape: str) -> None:
    _each(zrc.submission, lambda array: _nearest(array) if shape == "(frames,)" else _nearest(array)[:, None])
    (zrc.submission / "params.yaml").write_text("distance_mode: identical\n")
    assert all(0 < score < 0.5 and distinct for score, distinct in _scored(zrc))


def test_features_that_are_not_discrete_are_not_taken_for_it(zrc: Zrc) -> None:
    assert {distinct for _, distinct in _scored(zrc)} == {0}
