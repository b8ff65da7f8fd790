"""Units: kernels that look the distances of frames up, against the definition and against vectors."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_zrc.abx.distances import distance_table
from pytest_zrc.abx.frames import Frames, Values, prepare
from pytest_zrc.abx.kernel import Measure, Units
from tests.abx import reference
from tests.abx.scoring import KERNELS, make_kernel
from tests.abx.tokens import make_up

FRAMES = 60

seeds = st.integers(0, 2**32 - 1)


def _table(rng: np.random.Generator, kind: str, dtype: type[np.floating]) -> Values | None:
    count = rng.integers(1, 20)
    table: Values = rng.random((count, count)).astype(dtype)
    match kind:
        case "none":
            return None
        case "ties":
            table = np.round(2 * table).astype(dtype)
        case "symmetric":
            table += table.T
    return table


def _units(rng: np.random.Generator, table: Values | None) -> Units:
    distinct = 7 if table is None else len(table)
    return Units(rng.integers(0, distinct, FRAMES).astype(np.int32), table, distinct)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("kind", ["none", "any", "ties", "symmetric"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(deadline=None, max_examples=10)
@given(seed=seeds, mean_path=st.booleans())
def test_of_any_table_equal_the_definition_to_the_bit(
    kernel: str, kind: str, dtype: type[np.floating], seed: int, *, mean_path: bool
) -> None:
    rng = np.random.default_rng(seed)
    units = _units(rng, _table(rng, kind, dtype))
    spans, pairs = make_up(rng, FRAMES, shortest=0)
    table = reference.table_of_units(units)
    found = make_kernel(kernel).distances(units, spans, pairs, Measure("identical", mean_path))
    assert found.dtype == table.dtype == units.dtype
    np.testing.assert_array_equal(found, reference.token_distances(table, spans, pairs, mean_path=mean_path))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("distance", ["cosine", "euclidean", "identical"])
@settings(deadline=None, max_examples=10)
@given(seed=seeds, kind=st.sampled_from(["one-hot", "signs"]))
def test_equal_vectors_to_the_bit(kernel: str, distance: str, seed: int, kind: Literal["one-hot", "signs"]) -> None:
    # Frames whose products are exact, one of them zero: no order of sums makes a difference.
    rng = np.random.default_rng(seed)
    codebook = np.eye(16) if kind == "one-hot" else np.unique(rng.choice([-0.25, 0.25], size=(9, 16)), axis=0)
    codebook[0] = 0
    distinct = Frames.empty(*codebook.shape)
    prepare(codebook, distinct)
    units = _units(rng, distance_table(distinct, distance))
    frames = Frames.empty(FRAMES, 16)
    prepare(codebook[units.ids], frames)
    spans, pairs = make_up(rng, FRAMES)
    one, measure = make_kernel(kernel), Measure(distance)
    np.testing.assert_array_equal(
        one.distances(units, spans, pairs, measure), one.distances(frames, spans, pairs, measure)
    )


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_is_not_a_number_is_at_no_distance(kernel: str) -> None:
    # The divergence of a zero frame from itself is a number, and from others it is not.
    rng = np.random.default_rng(0)
    table = rng.random((5, 5))
    table[0, 1:] = table[1:, 0] = np.nan
    units = _units(rng, table)
    spans, pairs = make_up(rng, FRAMES)
    found = make_kernel(kernel).distances(units, spans, pairs, Measure("kl"))
    of_frames = reference.table_of_units(units)
    rows, columns = (
        [slice(*x) for x in zip(spans.starts[p], (spans.starts + spans.lengths)[p], strict=True)] for p in pairs.T
    )
    lost = np.array([np.isnan(of_frames[r, c]).any() for r, c in zip(rows, columns, strict=True)])
    assert 0 < lost.sum() < len(lost)
    np.testing.assert_array_equal(np.isnan(found), lost[:, None].repeat(2, axis=1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_units_know_whether_their_table_is_symmetric_and_all_numbers(dtype: type[np.floating]) -> None:
    ids, table = np.zeros(1, dtype=np.int32), np.array([[0, 1], [1, np.nan]], dtype=dtype)
    assert Units(ids, table, 2).symmetric
    assert Units(ids, table, 2).has_nan
    assert Units(ids, None, 2).symmetric
    assert not Units(ids, None, 2).has_nan
    table[0, 1] = np.nextafter(table[0, 1], dtype(0))
    assert not Units(ids, table, 2).symmetric
