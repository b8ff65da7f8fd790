"""What is wrong with a single feature file: one finding each, with the numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.checks.arrays import check_arrays
from tests.builders import TinyDataset, case_for, make_submission, save_pickled, unreadable
from tests.checks.helpers import Array, change, findings, only_finding

WHERE = "dev-clean/dc1-0.npy"


@pytest.mark.parametrize(
    ("content", "measured"),
    [(b"", "an empty file (0 bytes)"), (b"0.1 0.2\n", "not a .npy file, by its first bytes")],
)
def test_no_array(submission: Path, dataset: TinyDataset, content: bytes, measured: str) -> None:
    (submission / WHERE).write_bytes(content)
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A01", WHERE, "dev-clean")
    assert finding.measured == measured


def test_cut_off(submission: Path, dataset: TinyDataset) -> None:
    content = (submission / WHERE).read_bytes()
    (submission / WHERE).write_bytes(content[:-5])
    finding = only_finding(submission, dataset)
    frames = dataset.utterance("dc1-0").frames()
    assert (finding.code, finding.where) == ("ZRC-A01", WHERE)
    assert f"{frames * 32 - 5} bytes of values, where shape ({frames}, 8) of float32 takes {frames * 32}" in str(
        finding
    )


def test_unreadable(submission: Path, dataset: TinyDataset) -> None:
    with unreadable(submission / WHERE):
        finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A01", WHERE, "dev-clean")
    assert finding.measured == "Permission denied"


def test_pickled_objects(submission: Path, dataset: TinyDataset, tmp_path: Path) -> None:
    save_pickled(submission / WHERE, tmp_path / "marker")
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A02", WHERE, "dev-clean")
    assert not (tmp_path / "marker").exists()


def with_value(value: float, *places: tuple[int, int]) -> Callable[[Array], Array]:
    def edit(array: Array) -> Array:
        for place in places:
            array[place] = value
        return array

    return edit


@pytest.mark.parametrize(
    ("edit", "code", "measured"),
    [
        (lambda a: a[:, 0], "ZRC-A03", "shape ({frames},)"),
        (lambda a: a[None], "ZRC-A03", "shape (1, {frames}, 8)"),
        (lambda a: a[:, :0], "ZRC-A03", "shape ({frames}, 0)"),
        (lambda a: a[0, 0], "ZRC-A03", "shape ()"),
        (lambda a: (100 * a).astype(np.int64), "ZRC-A04", "type int64"),
        (lambda a: a > 1, "ZRC-A04", "type bool"),
        (lambda a: a * 1j, "ZRC-A04", "type complex64"),
        (lambda a: a.astype("U8"), "ZRC-A04", "type <U8"),
        (lambda a: a[:1], "ZRC-A05", "1 frame(s)"),
        (lambda a: a[:0], "ZRC-A05", "0 frame(s)"),
        (with_value(np.nan, (3, 5)), "ZRC-A07", "1 NaN or infinite value(s), the first in frame 3, column 5"),
        (with_value(np.inf, (7, 0), (2, 1)), "ZRC-A07", "2 NaN or infinite value(s), the first in frame 2, column 1"),
        (with_value(-np.inf, (0, 0)), "ZRC-A07", "1 NaN or infinite value(s), the first in frame 0, column 0"),
        (lambda a: a * np.nan, "ZRC-A07", "{values} NaN or infinite value(s), the first in frame 0, column 0"),
        (
            lambda a: np.asfortranarray(a * np.nan),
            "ZRC-A07",
            "{values} NaN or infinite value(s), the first in frame 0, column 0",
        ),
        (np.zeros_like, "ZRC-A08", "all {frames} frames are zero"),
    ],
)
def test_array_that_cannot_be_used(
    submission: Path, dataset: TinyDataset, edit: Callable[[Array], Array], code: str, measured: str
) -> None:
    change(submission / WHERE, edit)
    finding = only_finding(submission, dataset)
    frames = dataset.utterance("dc1-0").frames()
    assert (finding.code, finding.where, finding.subset) == (code, WHERE, "dev-clean")
    assert finding.measured == measured.format(frames=frames, values=8 * frames)


@pytest.mark.parametrize("dtype", ["float16", "float64", "longdouble", ">f4"])
@pytest.mark.parametrize(("value", "code"), [(np.nan, "ZRC-A07"), (np.inf, "ZRC-A07"), (0, "ZRC-A08")])
def test_values_of_any_float_type(submission: Path, dataset: TinyDataset, dtype: str, value: float, code: str) -> None:
    change(submission / WHERE, lambda array: np.full_like(array, value, dtype=dtype))
    assert only_finding(submission, dataset).code == code


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", ">f2", ">f4", ">f8"])
def test_all_float_types_are_floats(tmp_path: Path, dataset: TinyDataset, dtype: str) -> None:
    assert not findings(make_submission(tmp_path / "submission", dataset, dtype=dtype), dataset)


def test_two_frames_are_enough(submission: Path, dataset: TinyDataset) -> None:
    change(submission / WHERE, lambda array: array[:2])
    assert not list(check_arrays(case_for(submission, dataset), "dev-clean", ["dc1-0"]))


def test_large_values_in_half_precision_are_fine(submission: Path, dataset: TinyDataset) -> None:
    """Frames are widened before their norm is taken."""
    change(submission / WHERE, lambda array: (1000 * array).astype(np.float16))
    assert not findings(submission, dataset)


@pytest.mark.parametrize("scale", [1e-30, 1e-45, 1e15])
def test_small_and_large_values_are_fine(submission: Path, dataset: TinyDataset, scale: float) -> None:
    change(submission / WHERE, lambda array: np.maximum(array * np.float32(scale), np.float32(1e-45)))
    assert not findings(submission, dataset)


def test_values_whose_square_is_infinite(submission: Path, dataset: TinyDataset) -> None:
    """Their norm is infinite, too, so that the frame would be scored as a zero."""
    change(submission / WHERE, with_value(1e30, (3, 5)))
    finding = only_finding(submission, dataset)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A12", WHERE, "dev-clean")
    assert finding.measured == "values up to 1e+30, whose squares float32 cannot hold"


def test_the_same_values_in_a_wider_type_are_fine(submission: Path, dataset: TinyDataset) -> None:
    change(submission / WHERE, lambda array: 1e30 * array.astype(np.float64))
    assert not findings(submission, dataset)


def test_some_zero_frames_are_fine(submission: Path, dataset: TinyDataset) -> None:
    change(submission / WHERE, lambda array: array * (np.arange(len(array)) > 5)[:, None])
    assert not findings(submission, dataset)
