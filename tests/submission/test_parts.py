"""Feature files, read in parts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest

from pytest_zrc.submission.features import Buffer, FeatureFileError, FeatureFormat, open_features

MATRIX = np.random.default_rng(0).standard_normal((23, 5))


def _in_parts(path: Path, size: int) -> npt.NDArray[Any]:
    with open_features(path) as file:
        parts = [(first, values.copy()) for first, values in file.parts(Buffer(size))]
        ends = np.cumsum([len(values) for _, values in parts])
        assert [first for first, _ in parts] == [0, *ends[:-1].tolist()]
        return np.concatenate([values for _, values in parts])


@pytest.mark.parametrize("size", [1, 100, 1 << 19], ids=["a frame", "some", "all"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", ">f4"])
def test_parts_make_up_the_array(tmp_path: Path, dtype: str, order: Literal["C", "F"], size: int) -> None:
    array = np.asarray(MATRIX, dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", array)
    np.testing.assert_array_equal(_in_parts(tmp_path / "a.npy", size), array)


def test_parts_of_a_text(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "a.txt", MATRIX)
    np.testing.assert_array_equal(_in_parts(tmp_path / "a.txt", 100), MATRIX)


@pytest.mark.parametrize("dtype", ["uint8", ">i2", "int64"])
def test_parts_of_a_list_of_units(tmp_path: Path, dtype: str) -> None:
    units = np.arange(23, dtype=dtype)
    np.save(tmp_path / "a.npy", units)
    with open_features(tmp_path / "a.npy", FeatureFormat(units=True)) as file:
        parts = [values.copy() for _, values in file.parts(Buffer(16))]
    assert len(parts) > 1
    np.testing.assert_array_equal(np.concatenate(parts), units[:, None])


def test_any_frames(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", MATRIX)
    out = np.empty((4, 5))
    with open_features(tmp_path / "a.npy") as file:
        for first in (19, 0, 7):
            file.read(first, out)
            np.testing.assert_array_equal(out, MATRIX[first : first + 4])


def test_no_frames(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", MATRIX[:0])
    with open_features(tmp_path / "a.npy") as file:
        assert not list(file.parts(Buffer()))


@pytest.mark.parametrize("part", [True, False], ids=["in parts", "at once"])
def test_a_file_that_is_cut_off_after_its_header_was_read(tmp_path: Path, part: bool) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.ones((10000, 5)))
    with pytest.raises(FeatureFileError, match="cut off while it was read"), open_features(path) as file:  # noqa: PT012
        os.truncate(path, path.stat().st_size - 1)
        _ = list(file.parts(Buffer())) if part else file.array()
