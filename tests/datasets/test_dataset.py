"""A dataset is what its index.json says; what is wrong with it is said in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.demo import DEMO
from pytest_zrc.datasets.dataset import Dataset, default_location, open_dataset
from pytest_zrc.errors import ZrcError
from tests.builders import TinyDataset, make_dataset

DEV_CLEAN = ABXLS.subsets[:1]


@pytest.fixture
def tiny(tmp_path: Path) -> TinyDataset:
    return make_dataset(tmp_path / "dataset", subsets=("dev-clean",))


def opened(tiny: TinyDataset) -> Dataset:
    return open_dataset(tiny.root, ABXLS, DEV_CLEAN)


def edit_index(tiny: TinyDataset, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change what the index says of dev-clean."""
    path = tiny.root / "index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    edit(index["subsets"]["dev_clean"]["items"])
    path.write_text(json.dumps(index), encoding="utf-8")


def refusal(tiny: TinyDataset) -> str:
    with pytest.raises(ZrcError) as error:
        opened(tiny)
    assert str(tiny.root) in str(error.value)
    return str(error.value)


def test_files_and_items(tiny: TinyDataset) -> None:
    subset = opened(tiny).subsets["dev-clean"]
    assert subset.file_ids() == ["dc0-0", "dc0-1", "dc1-0", "dc2-0"]
    assert subset.item_files == {
        granularity: tiny.item_file("dev-clean", granularity) for granularity in ("triphone", "phoneme")
    }


def test_only_the_chosen_subsets_are_needed(dataset: TinyDataset) -> None:
    assert list(open_dataset(dataset.root, ABXLS, ABXLS.subsets).subsets) == list(dataset.subsets)
    assert list(open_dataset(dataset.root, ABXLS, ABXLS.subsets[2:]).subsets) == ["test-clean", "test-other"]


def test_ids_are_names_without_folders_and_suffix(tiny: TinyDataset) -> None:
    files = ["84/121123/84-1.flac", "dev-clean/v1.5-b.wav", "a.wav", "elsewhere/a.wav"]
    edit_index(tiny, lambda items: items["wav_list"].update(files_list=files))
    assert opened(tiny).subsets["dev-clean"].file_ids() == ["84-1", "a", "v1.5-b"]


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(ZrcError) as error:
        open_dataset(tmp_path / "nowhere", ABXLS, DEV_CLEAN)
    assert str(error.value) == (
        f"no dataset at {tmp_path / 'nowhere'} (there is no index.json): give the folder of abxLS-dataset with "
        "--zrc-dataset=DIR, or get it with 'pytest-zrc datasets pull abxLS-dataset'"
    )


def test_no_dataset_for_a_benchmark_that_brings_its_own(tmp_path: Path) -> None:
    with pytest.raises(ZrcError, match=r"nowhere.*: give the folder of a dataset for demo with --zrc-dataset=DIR"):
        open_dataset(tmp_path / "nowhere", DEMO, DEMO.subsets)


def test_file_in_the_place_of_the_dataset(tmp_path: Path) -> None:
    (tmp_path / "dataset").touch()
    with pytest.raises(ZrcError, match="Not a directory"):
        open_dataset(tmp_path / "dataset", ABXLS, DEV_CLEAN)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"\x00"])
def test_damaged_index(tiny: TinyDataset, content: bytes) -> None:
    (tiny.root / "index.json").write_bytes(content)
    assert "index.json is not JSON: is this the right dataset?" in refusal(tiny)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("[]", "subsets"),
        ("7", "subsets"),
        ("{}", "subsets"),
        ('{"subsets": []}', "subsets.dev_clean"),
        ('{"subsets": {"english": {}}}', "subsets.dev_clean"),
        ('{"subsets": {"dev_clean": {}}}', "subsets.dev_clean.items"),
        ('{"subsets": {"dev_clean": {"items": {}}}}', "subsets.dev_clean.items.wav_list"),
    ],
)
def test_index_of_something_else(tiny: TinyDataset, content: str, field: str) -> None:
    (tiny.root / "index.json").write_text(content, encoding="utf-8")
    assert f"has no field {field}: is this the right dataset?" in refusal(tiny)


@pytest.mark.parametrize("files", ["a.wav", {"a": 1}, ["a.wav", 7], None])
def test_list_of_files_that_is_none(tiny: TinyDataset, files: object) -> None:
    edit_index(tiny, lambda items: items["wav_list"].update(files_list=files))
    assert "subsets.dev_clean.items.wav_list.files_list is not a list of file names" in refusal(tiny)


def test_empty_list_of_files(tiny: TinyDataset) -> None:
    edit_index(tiny, lambda items: items["wav_list"].update(files_list=[]))
    assert "subsets.dev_clean.items.wav_list.files_list is empty: is this the right dataset?" in refusal(tiny)


def test_item_file_is_not_in_the_index(tiny: TinyDataset) -> None:
    edit_index(tiny, lambda items: items.pop("phoneme_item_file"))
    assert "has no field subsets.dev_clean.items.phoneme_item_file" in refusal(tiny)


@pytest.mark.parametrize("name", [7, None, ["a.item"]])
def test_name_of_an_item_file_that_is_none(tiny: TinyDataset, name: object) -> None:
    edit_index(tiny, lambda items: items["phoneme_item_file"].update(file=name))
    assert "not text" in refusal(tiny)


@pytest.mark.parametrize("name", ["nowhere.item", "dev-clean", "", "a\0b", "x" * 300, "\ud800"])
def test_item_file_is_missing(tiny: TinyDataset, name: str) -> None:
    edit_index(tiny, lambda items: items["phoneme_item_file"].update(file=name))
    assert "is missing, though" in refusal(tiny)


def test_digest_follows_the_items(tiny: TinyDataset) -> None:
    before = opened(tiny).digest("dev-clean")
    (tiny.root / "dev-clean" / "another.item").touch()
    assert opened(tiny).digest("dev-clean") == before
    path = tiny.item_file("dev-clean", "phoneme")
    path.write_text(path.read_text(encoding="utf-8").replace(" aa ", " ae ", 1), encoding="utf-8")
    assert opened(tiny).digest("dev-clean") != before


def test_digest_does_not_depend_on_the_place(tmp_path: Path, tiny: TinyDataset) -> None:
    other = make_dataset(tmp_path / "other", subsets=("dev-clean",))
    assert opened(other).digest("dev-clean") == opened(tiny).digest("dev-clean")


def test_default_location_is_that_of_the_official_toolkit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DIR", str(tmp_path))
    assert default_location(ABXLS) == tmp_path / "datasets" / "abxLS-dataset"


@pytest.mark.parametrize("app_dir", [None, ""])
def test_default_location_without_app_dir(monkeypatch: pytest.MonkeyPatch, app_dir: str | None) -> None:
    if app_dir is None:
        monkeypatch.delenv("APP_DIR", raising=False)
    else:
        monkeypatch.setenv("APP_DIR", app_dir)
    assert default_location(ABXLS) == Path.home() / "zr-data" / "datasets" / "abxLS-dataset"


def test_demo_dataset_comes_with_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APP_DIR", str(tmp_path))
    demo = open_dataset(default_location(DEMO), DEMO, DEMO.subsets)
    assert len(demo.subsets["demo"].file_ids()) > 10
