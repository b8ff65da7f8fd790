"""Datasets without lists of files: their item files are in known places, and name the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx.items import parse_items
from pytest_zrc.benchmarks.abx15 import ABX15
from pytest_zrc.benchmarks.abx17 import ABX17
from pytest_zrc.datasets.dataset import DatasetSubset, open_dataset
from pytest_zrc.errors import ZrcError
from tests.builders import HEADER, SHORT_HEADER, make_abx15_dataset, make_abx17_dataset

ENGLISH = tuple(subset for subset in ABX17.subsets if subset.name in ("english/1s", "english/10s"))


@pytest.mark.parametrize("index", [True, False])
def test_abx17(tmp_path: Path, index: bool) -> None:
    made = make_abx17_dataset(tmp_path / "dataset", subsets=("english/1s", "english/10s"), index=index)
    found = open_dataset(made.root, ABX17, ENGLISH).subsets
    assert {name: one.file_ids() for name, one in found.items()} == {name: made.ids(name) for name in made.subsets}
    assert found["english/10s"].item_files == {"triphone": made.root / "english" / "10s" / "10s.item"}


def test_the_index_says_where(tmp_path: Path) -> None:
    made = make_abx17_dataset(tmp_path / "dataset", subsets=("english/1s",))
    (made.root / "english").rename(made.root / "elsewhere")
    path = made.root / "index.json"
    path.write_text(path.read_text(encoding="utf-8").replace("english/1s/", "elsewhere/1s/"), encoding="utf-8")
    [subset] = open_dataset(made.root, ABX17, ENGLISH[:1]).subsets.values()
    assert subset.item_files["triphone"] == made.root / "elsewhere" / "1s" / "1s.item"


def test_index_without_a_language(tmp_path: Path) -> None:
    made = make_abx17_dataset(tmp_path / "dataset", subsets=("german/1s",))
    with pytest.raises(ZrcError, match=r"has no field subsets\.english: is this the right dataset\?"):
        open_dataset(made.root, ABX17, ENGLISH)


@pytest.mark.parametrize("place", ["english.item", "english/english.item"])
def test_abx15(tmp_path: Path, place: str) -> None:
    made = make_abx15_dataset(tmp_path / "dataset", subsets=("english",))
    (made.root / "english").mkdir()
    (made.root / "english.item").rename(made.root / place)
    (made.root / "index.json").write_text("of something else", encoding="utf-8")
    subset = open_dataset(made.root, ABX15, ABX15.subsets[:1]).subsets["english"]
    assert subset.item_files == {"triphone": made.root / place}
    assert subset.file_ids() == made.ids("english")


def test_missing_item_file(tmp_path: Path) -> None:
    made = make_abx15_dataset(tmp_path / "dataset", subsets=("english",))
    with pytest.raises(ZrcError) as error:
        open_dataset(made.root, ABX15, ABX15.subsets)
    assert str(error.value) == (
        f"no item file at {made.root / 'xitsonga.item'}: put it there, "
        "or give the folder of abx15-dataset with --zrc-dataset=DIR"
    )


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(ZrcError) as error:
        open_dataset(tmp_path / "nowhere", ABX15, ABX15.subsets)
    assert str(error.value) == (
        f"no dataset at {tmp_path / 'nowhere'}: give the folder of abx15-dataset with --zrc-dataset=DIR, "
        "or get it with 'pytest-zrc datasets import abx15-dataset DIR'"
    )


def ids(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    return DatasetSubset({"triphone": path}).file_ids()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"#file onset\n", []),
        (b"#file onset\na 0 1 x\n\nb 0 1 x\na 1 2 y", ["a", "b"]),
        (b"a 0 1 x\n", ["a"]),  # a header is missing: a check says so
        (b"#\na\t0\t1\r\n  b 0\r\n", ["a", "b"]),
        (b"#\na 0 1 x\ncut-o", ["a"]),
        (b"#\na x y\nb 0\n", ["a", "b"]),
        (b"#\ncaf\xe9 0 1\n\x00\xff\n", ["caf\udce9"]),
    ],
)
def test_ids_in_damaged_item_files(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    assert ids(tmp_path / "x.item", content) == expected


def test_ids_in_what_is_no_file(tmp_path: Path) -> None:
    assert DatasetSubset({"triphone": tmp_path}).file_ids() == []


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ids")


@given(names=st.lists(NAMES, min_size=1), header=st.sampled_from([(HEADER, "b t"), (SHORT_HEADER, "b-t")]))
def test_ids_are_those_of_the_whole_parse(folder: Path, names: list[str], header: tuple[str, str]) -> None:
    lines = [header[0], *(f"{name} 0 1 aa {header[1]} s" for name in names)]
    assert ids(folder / "x.item", "\n".join(lines).encode()) == sorted(parse_items(lines).files)
