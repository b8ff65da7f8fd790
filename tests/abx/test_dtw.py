"""Warping of many pairs at once against the oracle, one by one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.dtw import Windows, batches, dtw
from tests.abx import oracle


def _oracle_dtw(distances: npt.NDArray[np.float32]) -> np.float32:
    costs = oracle.path_costs(distances)
    return np.float32(costs[-1][-1] / np.float32(oracle.path_length(costs)))


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), ties=st.booleans())
def test_equals_the_oracle_to_the_last_bit(seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    matrices = [rng.random((rng.integers(1, 13), rng.integers(1, 13))).astype(np.float32) for _ in range(20)]
    if ties:
        matrices = [(np.round(2 * matrix) / 2).astype(np.float32) for matrix in matrices]
    sizes = np.array([matrix.size for matrix in matrices])
    windows = Windows(
        base=np.cumsum(sizes) - sizes,
        stride=np.array([matrix.shape[1] for matrix in matrices]),
        rows=np.array([matrix.shape[0] for matrix in matrices]),
        columns=np.array([matrix.shape[1] for matrix in matrices]),
    )
    result = dtw(np.concatenate([matrix.ravel() for matrix in matrices]), windows)
    assert result[:, 0].tolist() == [_oracle_dtw(matrix) for matrix in matrices]
    assert result[:, 1].tolist() == [_oracle_dtw(matrix.T) for matrix in matrices]


@given(sizes=st.lists(st.integers(1, 10**6), max_size=50).map(sorted), limit=st.integers(1, 10**7))
def test_batches_are_bounded_and_hold_everything_once(sizes: list[int], limit: int) -> None:
    found = list(batches(np.array(sizes, dtype=np.int64), limit))
    assert [size for batch in found for size in sizes[batch]] == sizes
    for batch in found:
        members = sizes[batch]
        assert members[-1] <= 4 * members[0]
        assert len(members) == 1 or len(members) * members[-1] <= 2 * limit
