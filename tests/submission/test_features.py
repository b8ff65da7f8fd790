"""Feature files that are as they should be, or hold another kind of array, are read as numpy.load reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, floating_dtypes

from pytest_zrc.submission.features import PLAIN, FeatureFormat, Header, read_array, read_header
from tests.submission.npyfiles import npy

MATRIX = np.arange(12, dtype=np.float64).reshape(4, 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("features")


def read(path: Path, form: FeatureFormat = PLAIN) -> tuple[Header, npt.NDArray[Any]]:
    header, array = read_array(path, form)
    assert read_header(path, form) == header
    assert header.shape == array.shape
    assert header.dtype == array.dtype
    return header, array


@given(
    array=arrays(floating_dtypes(endianness="?"), array_shapes(min_dims=2, max_dims=2, min_side=0)), turn=st.booleans()
)
def test_any_matrix_of_floats_reads_back(folder: Path, array: npt.NDArray[np.floating], turn: bool) -> None:
    saved = array.T if turn else array
    np.save(folder / "any.npy", saved)
    np.testing.assert_array_equal(read(folder / "any.npy")[1], saved)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", ">f2", ">f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_types_and_orders(tmp_path: Path, dtype: str, order: Literal["C", "F"]) -> None:
    array = np.asarray(MATRIX, dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", array)
    header, read_back = read(tmp_path / "a.npy")
    assert header.is_matrix
    assert (header.frames, header.dimension) == (4, 3)
    assert header.dtype == array.dtype
    np.testing.assert_array_equal(read_back, array)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_versions_of_the_format(tmp_path: Path, version: tuple[int, int]) -> None:
    with (tmp_path / "a.npy").open("wb") as stream:
        np.lib.format.write_array(stream, MATRIX, version=version)
    np.testing.assert_array_equal(read(tmp_path / "a.npy")[1], MATRIX)


def test_header_of_python_2(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(npy("(2L, 3L)", values=bytes(24), version=1))
    assert read(tmp_path / "a.npy")[0].shape == (2, 3)


@pytest.mark.parametrize(
    ("array", "is_matrix"),
    [
        (np.float32(1), False),
        (np.zeros(3), False),
        (np.zeros((3, 0)), False),
        (np.zeros((0, 3)), True),
        (np.zeros((2, 3, 4)), False),
        (np.asfortranarray(np.zeros((2, 3, 4))), False),
    ],
)
def test_only_two_dimensions_make_a_matrix(tmp_path: Path, array: npt.NDArray[Any], is_matrix: bool) -> None:
    np.save(tmp_path / "a.npy", array)
    header, read_back = read(tmp_path / "a.npy")
    assert header.is_matrix is is_matrix
    assert read_back.shape == array.shape


@pytest.mark.parametrize("array", [np.eye(3) > 0, np.eye(3, dtype=int), np.eye(3) * 1j, np.full((2, 2), "text")])
def test_other_types_are_read_as_they_are(tmp_path: Path, array: npt.NDArray[Any]) -> None:
    np.save(tmp_path / "a.npy", array)
    np.testing.assert_array_equal(read(tmp_path / "a.npy")[1], array)


def test_structured_type_is_no_float(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 2), dtype=[("re", "<f4"), ("im", "<f4")]))
    assert not np.issubdtype(read(tmp_path / "a.npy")[0].dtype, np.floating)


@pytest.mark.parametrize("dtype", ["int8", "uint8", ">i4", "int64", "uint64"])
def test_a_list_of_units_has_one_column(tmp_path: Path, dtype: str) -> None:
    units = np.array([7, 0, 7, 100], dtype=dtype)
    np.save(tmp_path / "a.npy", units)
    header, array = read(tmp_path / "a.npy", FeatureFormat(units=True))
    assert header == Header((4, 1), units.dtype)
    np.testing.assert_array_equal(array, units[:, None])
    assert read(tmp_path / "a.npy")[0].shape == (4,)


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros(3, dtype=bool), np.array(3), np.zeros((3, 2), dtype=int)])
def test_what_is_no_list_of_units_keeps_its_shape(tmp_path: Path, array: npt.NDArray[Any]) -> None:
    np.save(tmp_path / "a.npy", array)
    assert read(tmp_path / "a.npy", FeatureFormat(units=True))[0].shape == array.shape


@pytest.mark.parametrize(
    ("dtype", "plain", "units"),
    [("f2", True, True), ("f8", True, True), ("i1", False, True), (">u4", False, True)]
    + [(dtype, False, False) for dtype in ("?", "c8", "U3", "m8[s]", "M8[s]", "V4", "i4,i4")],
)
def test_types_that_features_can_be_of(dtype: str, plain: bool, units: bool) -> None:
    assert FeatureFormat().accepts(np.dtype(dtype)) is plain
    assert FeatureFormat(units=True).accepts(np.dtype(dtype)) is units


def test_array_can_be_changed(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", MATRIX)
    read_array(tmp_path / "a.npy")[1][0, 0] = 7
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), MATRIX)


@given(array=arrays(np.float64, array_shapes(min_dims=2, max_dims=2)))
def test_any_matrix_written_as_text_reads_back(folder: Path, array: npt.NDArray[np.float64]) -> None:
    np.savetxt(folder / "any.txt", array)
    np.testing.assert_array_equal(read(folder / "any.txt")[1], array)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("1 2\n3 4\n", (2, 2)),
        ("1\t2\r\n3\t4\r\n", (2, 2)),
        ("1\n2\n3\n", (3, 1)),
        ("1 2 3", (1, 3)),
        ("1\n\n2\n", (2, 1)),
    ],
)
def test_tables_of_numbers(tmp_path: Path, text: str, shape: tuple[int, int]) -> None:
    (tmp_path / "a.txt").write_text(text, newline="", encoding="utf-8")
    assert read(tmp_path / "a.txt")[0].shape == shape


def test_empty_table_has_no_frames(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    assert read(tmp_path / "a.txt")[0].frames == 0
