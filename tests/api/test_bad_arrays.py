"""Features, items and parameters that cannot be used: one sentence that says which, and what is expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import pytest_zrc as zrc
from tests.api.demo import FEATURES, arrays, item_file, rows

ONE = "ked-01-0"


def _refused(sentence: str, features: object = None, items: object = None, **given: Any) -> None:  # noqa: ANN401
    chosen: Any = arrays() if features is None else features
    rows_or_path: Any = item_file() if items is None else items
    with pytest.raises(zrc.ZrcError, match=f"^{sentence}") as caught:
        zrc.abx_error(chosen, rows_or_path, **given)
    assert "\n" not in str(caught.value)


def _with(array: object) -> dict[str, object]:
    return {**arrays(), ONE: array}


def _spoiled(value: float) -> np.ndarray[Any, Any]:
    array = arrays()[ONE].astype(np.float32)
    array[7, 3] = value
    return array


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.zeros(300, np.float32), r"shape \(300,\); expected two dimensions, \(frames, feature dimension\)"),
        (np.zeros((1, 300, 13), np.float32), r"shape \(1, 300, 13\); expected two dimensions"),
        (np.zeros((300, 0), np.float32), r"shape \(300, 0\); expected two dimensions"),
        (np.zeros((300, 13), np.int64), "type int64; expected floating-point numbers"),
        (np.zeros((300, 13), np.complex64), "type complex64; expected floating-point numbers"),
        (np.full((300, 13), "0.5"), "type <U3; expected floating-point numbers"),
        (np.full((300, 13), None), "type object; expected floating-point numbers"),
        (np.ones((1, 13), np.float32), r"1 frame\(s\); expected at least 2"),
        (np.zeros((300, 13), np.float32), "all 300 frames are zero; expected features that carry something"),
        (_spoiled(np.nan), "1 NaN or infinite value.*the first in frame 7, column 3; expected finite numbers"),
        (_spoiled(-np.inf), "1 NaN or infinite value.*the first in frame 7, column 3; expected finite numbers"),
        (_spoiled(1e30), r"values up to 1e\+30, whose squares float32 cannot hold"),
        (np.ones((20, 13), np.float32), "20 frames, which end at 0.20 s at a frame shift of 0.01 s; expected at least"),
        (torch.ones(300, 13, dtype=torch.int32), "type int32; expected floating-point numbers"),
        ("a text", r"shape \(\); expected two dimensions"),
        (None, r"shape \(\); expected two dimensions"),
    ],
    ids=lambda value: "" if isinstance(value, str) else None,
)
def test_arrays(array: object, sentence: str) -> None:
    _refused(rf"features\['{ONE}'\]: {sentence}", _with(array))


def test_what_is_no_array() -> None:
    _refused(rf"features\['{ONE}'\] is no array \(ValueError: .*\): give one of floats", _with([[1.0], [1.0, 2.0]]))


def test_another_dimension() -> None:
    _refused(
        rf"features\['{ONE}'\] has 12 columns, features\['awb-00-0'\] has 13: extract it like the others",
        _with(arrays()[ONE][:, 1:]),
    )


def test_frames_that_are_no_distributions() -> None:
    _refused(r"features\['awb-00-0'\]: \d+ of \d+ frames, the first is frame 0: .*; expected values", distance="kl")


def test_features_that_are_missing() -> None:
    some = {name: array for name, array in arrays().items() if not name.startswith("rms")}
    _refused("features lacks 8 of 32 files that the items name, 'rms-00-0' for one: add them, or leave", some)


@pytest.mark.parametrize("features", [[np.ones((3, 3))], np.ones((3, 3)), 5], ids=["list", "array", "number"])
def test_what_is_no_collection_of_features(features: object) -> None:
    _refused(r"features is of type \w+; expected a mapping of arrays by file id, or the path of a folder", features)


def test_folders(tmp_path: Path) -> None:
    _refused(r"no features at nowhere \(no such folder\): give the folder that holds the \.npy files", "nowhere")
    _refused(r"no features at .*test_bad_arrays\.py \(not a folder\)", __file__)
    _refused(f"{tmp_path} lacks 32 of 32 files that the items name, 'awb-00-0' for one", tmp_path)
    for path in FEATURES.glob("*.npy"):
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "awb-00-0.npy").touch()
    _refused(f"{tmp_path}/awb-00-0.npy and .*more/awb-00-0.npy have the same id: remove one of the two", tmp_path)


def test_files_of_folders(tmp_path: Path) -> None:
    for name, array in arrays().items():
        np.save(tmp_path / name, array)
    np.save(tmp_path / ONE, np.array([None]), allow_pickle=True)
    _refused(f"{tmp_path}/{ONE}.npy: an array of Python objects; write the file again", tmp_path)
    np.save(tmp_path / ONE, _spoiled(np.nan))
    _refused(f"{tmp_path}/{ONE}.npy: 1 NaN or infinite value", tmp_path)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("f", "0.1", 0.2, "a", "b", "c", "s"), "the time '0.1'; expected a number, in seconds"),
        (("f", 0.1, np.nan, "a", "b", "c", "s"), "times 0.1 and nan; expected finite numbers, in seconds"),
        (("f", 0.2, 0.1, "a", "b", "c", "s"), "onset 0.2 and offset 0.1; expected an onset that is not after"),
        (("f", 0.1, 0.2, "a", "s"), "5 values; expected 7: file, onset, offset, phone, prev-phone, next-phone"),
        (("f", 0.1, 0.2, "a", "b", "s"), "6 values; expected 7: "),
        (("f", 0.1, 0.2, 1.5, "b", "c", "s"), "the name 1.5; expected text or a whole number"),
        (("f", 0.1, 0.2, "a", "b", "c", None), "the name None; expected text or a whole number"),
        ("f 0.1 0.2 a b c s", "1 value; expected 7: "),
        (7, "1 value; expected 7: "),
    ],
    ids=str,
)
def test_rows(row: object, sentence: str) -> None:
    _refused(rf"items\[2\] has {sentence}", items=[*rows()[:2], row])


def test_items(tmp_path: Path) -> None:
    _refused("items has no row; expected one for each token: file, onset", items=[])
    _refused("items is of type int; expected the path of an item file, or its rows", items=3)
    _refused(r"nowhere\.item: it cannot be read \(no such file\)", items="nowhere.item")
    (tmp_path / "x.item").write_text("#file onset\nf 0.1\n", encoding="utf-8")
    _refused(rf"{tmp_path}/x\.item: line 2: 2 columns; expected 7: ", items=tmp_path / "x.item")


def test_nothing_to_compare() -> None:
    own = [row for row in rows() if row[-1] == "awb"]
    _refused(
        "there is nothing to compare with context='within' and speaker='across': the items make no cell", items=own
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"frame_shift": 0}, "frame_shift is 0; expected the frame shift in seconds, from 0.0001 to 1"),
        ({"frame_shift": -0.01}, "frame_shift is -0.01; expected the frame shift in seconds"),
        ({"frame_shift": "0.01"}, "frame_shift is the text '0.01'; expected a number, in seconds"),
        ({"frame_shift": 0.001}, r"features\['awb-00-0'\]: \d+ frames, which end at .* at a frame shift of 0.001 s"),
        ({"context": "same"}, "context is 'same'; expected one of within, any"),
        ({"speaker": None}, "speaker is None; expected one of within, across"),
        ({"distance": "cosinus"}, "distance is 'cosinus'; expected one of cosine, euclidean, kl"),
        ({"distance": "identical", "pooling": "mean"}, "pooling is 'mean'; expected none: units"),
        ({"pooling": "max"}, "pooling is 'max'; expected one of none, mean, hamming"),
        ({"profile": "best"}, "no scoring profile is called 'best': choose one of librilight"),
        ({"max_size_group": 1}, "max_size_group is 1; expected a whole number from 2, or None for no limit"),
        ({"max_x_across": "5"}, "max_x_across is '5'; expected a whole number from 1, or None for no limit"),
        ({"seed": 0.5}, "seed is 0.5; expected a whole number"),
        ({"threads": -1}, "threads=-1: give a number of threads, from 1"),
        ({"device": "gpu"}, "no device is called 'gpu': choose one of auto, cpu, cuda"),
        ({"frame_times": {}}, "the profile librilight does not look at frame_times: leave them out"),
        ({"frame_times": {}, "profile": "exact"}, "frame_times lacks 32 of 32 files that the items name"),
        ({"frame_times": [], "profile": "exact"}, "frame_times is of type list; expected a mapping of arrays by file"),
    ],
    ids=str,
)
def test_arguments(given: dict[str, Any], sentence: str) -> None:
    _refused(sentence, **given)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda times: times[1:], r" has shape \(\d+,\) of float64; expected a time in seconds for each of the"),
        (lambda times: times[::-1], r": frame 1 is at [\d.]+ s; expected finite times that increase"),
        (lambda times: times * np.nan, ": frame 0 is at nan s; expected finite times that increase"),
        (lambda times: times / 10, None),
    ],
)
def test_times(change: Any, sentence: str | None) -> None:  # noqa: ANN401
    times = {name: np.arange(len(array)) * 0.01 for name, array in arrays().items()}
    times[ONE] = change(times[ONE])
    expected = rf"features\['{ONE}'\]: \d+ frames, which end at .* by their times; expected frames up to the end"
    _refused(rf"frame_times\['{ONE}'\]{sentence}" if sentence else expected, profile="exact", frame_times=times)


def test_numbers_of_numpy_are_numbers() -> None:
    given: Any = {"frame_shift": np.float64(0.01), "seed": np.int64(3459), "max_size_group": np.int32(10)}
    assert zrc.abx_error(arrays(), item_file(), **given) == zrc.abx_error(arrays(), item_file())


def test_a_file_that_changes_while_others_are_read(tmp_path: Path) -> None:
    for name, array in arrays().items():
        np.save(tmp_path / name, array)
    *_, last = arrays()

    def extend(progress: zrc.Progress) -> None:
        if progress.done > 0:
            np.save(tmp_path / last, np.ones((1000, 13), dtype=np.float32))

    _refused(rf"{tmp_path}/{last}\.npy changed while it was being read: try again", tmp_path, progress=extend)
