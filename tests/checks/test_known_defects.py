"""The malformed inputs that other tools score in silence or stop at: each has its finding here, or simply works."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.builders import TinyDataset, make_dataset, make_submission, save_pickled
from tests.checks.helpers import Array, change, findings


@dataclass(frozen=True, slots=True)
class Place:
    """A submission of 16 files in one subset, and its dataset; both may be broken."""

    submission: Path
    dataset: TinyDataset

    @property
    def folder(self) -> Path:
        return self.submission / "dev-clean"

    @property
    def first(self) -> Path:
        return self.folder / "dc0-0.npy"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    dataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",), files=16)
    return Place(make_submission(tmp_path / "submission", dataset, dtype=np.float64), dataset)


Break = Callable[[Place], object]


def one(edit: Callable[[Array], Array]) -> Break:
    return lambda place: change(place.first, edit)


def every(edit: Callable[[Array], Array]) -> Break:
    def edit_all(place: Place) -> None:
        for path in place.folder.iterdir():
            change(path, edit)

    return edit_all


def items(edit: Callable[[list[str]], list[str]]) -> Break:
    def edit_file(place: Place) -> None:
        path = place.dataset.item_file("dev-clean")
        lines = edit(path.read_text(encoding="utf-8").splitlines())
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    return edit_file


def item(column: int, value: str | None) -> Break:
    """Replace or remove a column of the first item."""

    def edit(lines: list[str]) -> list[str]:
        columns = lines[1].split()
        columns[column : column + 1] = [] if value is None else [value]
        return [lines[0], " ".join(columns), *lines[2:]]

    return items(edit)


def with_value(value: float) -> Break:
    return one(lambda array: np.where(np.arange(array.size).reshape(array.shape) == 9, value, array))


def archive(place: Place) -> None:
    array = np.load(place.first)
    with place.first.open("wb") as stream:
        np.savez(stream, array)


def twin(place: Place) -> None:
    (place.folder / "sub").mkdir()
    shutil.copy(place.first, place.folder / "sub")


def empty(place: Place) -> None:
    for path in place.folder.iterdir():
        path.unlink()


DEFECTS: dict[str, tuple[Break, set[str]]] = {
    "big_endian_all": (every(lambda array: array.astype(">f8")), set()),
    "bool_one": (one(lambda array: array > 1), {"ZRC-A04"}),
    "complex_one": (one(lambda array: array * 1j), {"ZRC-A04"}),
    "duplicate_stem_in_subfolder": (twin, {"ZRC-S05"}),
    "empty_array": (one(lambda array: array[:0]), {"ZRC-A05"}),
    "extra_file": (lambda place: shutil.copy(place.first, place.folder / "extra.npy"), {"ZRC-S03"}),
    "float16_all": (every(lambda array: array.astype(np.float16)), set()),
    "float32_all": (every(lambda array: array.astype(np.float32)), set()),
    "fortran_order_all": (every(np.asfortranarray), set()),
    "half_length_file": (one(lambda array: array[: len(array) // 2]), {"ZRC-A09"}),
    "inf_one_value": (with_value(np.inf), {"ZRC-A07"}),
    "int64_all": (every(lambda array: array.astype(np.int64)), {"ZRC-A04"}),
    "int64_one": (one(lambda array: array.astype(np.int64)), {"ZRC-A04"}),
    "item_bad_float": (item(1, "0.2s"), {"ZRC-D01"}),
    "item_empty": (items(lambda _: []), {"ZRC-D01"}),
    "item_no_header": (items(lambda lines: lines[1:]), {"ZRC-D01"}),
    "item_onset_after_offset": (item(1, "99.0"), {"ZRC-D01"}),
    "item_six_columns": (item(4, None), {"ZRC-D01"}),
    "item_tabs": (items(lambda lines: [line.replace(" ", "\t") for line in lines]), set()),
    "item_trailing_blank_line": (items(lambda lines: [*lines, ""]), set()),
    "missing_file": (lambda place: place.first.unlink(), {"ZRC-S02"}),
    "nan_one_value": (with_value(np.nan), {"ZRC-A07"}),
    "nan_whole_file": (one(lambda array: array * np.nan), {"ZRC-A07"}),
    "no_features": (empty, {"ZRC-S02"}),
    "npz_named_npy": (archive, {"ZRC-A01"}),
    "one_dim": (one(lambda array: array[:, 0]), {"ZRC-A03"}),
    "one_row": (one(lambda array: array[:1]), {"ZRC-A05"}),
    "one_speaker": (items(lambda lines: [lines[0], *(line.rpartition(" ")[0] + " s" for line in lines[1:])]), set()),
    "pickled_object": (lambda place: save_pickled(place.first, place.submission / "marker"), {"ZRC-A02"}),
    "renamed_file": (lambda place: place.first.rename(place.folder / "renamed.npy"), {"ZRC-S02", "ZRC-S03"}),
    "text_named_npy": (lambda place: place.first.write_text("0.1 0.2\n", encoding="utf-8"), {"ZRC-A01"}),
    "three_dim": (one(lambda array: array[None]), {"ZRC-A03"}),
    "transposed_all": (every(lambda array: array.T), {"ZRC-A11"}),
    "transposed_one_file": (one(lambda array: array.T), {"ZRC-A06"}),
    "truncated_npy": (lambda place: place.first.write_bytes(place.first.read_bytes()[:-100]), {"ZRC-A01"}),
    "wrong_dim_one_file": (one(lambda array: array[:, :5]), {"ZRC-A06"}),
    "zero_byte_npy": (lambda place: place.first.write_bytes(b""), {"ZRC-A01"}),
}
IN_EVERY_FILE = {"int64_all", "no_features"}


def test_unbroken(place: Place) -> None:
    assert not findings(place.submission, place.dataset)


@pytest.mark.parametrize("defect", DEFECTS)
def test_defect(place: Place, defect: str) -> None:
    spoil, codes = DEFECTS[defect]
    spoil(place)
    found = findings(place.submission, place.dataset)
    assert {finding.code for finding in found} == codes
    assert len(found) == (16 if defect in IN_EVERY_FILE else len(codes))
    assert all(finding.blocks("dev-clean") for finding in found)
    assert not (place.submission / "marker").exists()
