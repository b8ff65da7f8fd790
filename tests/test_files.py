"""Foreign JSON is read up to a size, and from nothing but files; what was kept counts as nothing where it is none."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.datasets.dataset import open_dataset
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import LARGEST_INDEX, LARGEST_RECORD, LARGEST_RESULTS, kept_json, read_json
from pytest_zrc.gates.baseline import read_baseline
from pytest_zrc.leaderboards.own import read_own_scores
from pytest_zrc.model.manifest import FOLDER, Manifest
from pytest_zrc.scoring.store import Store
from pytest_zrc.scoring.stored import read_results
from pytest_zrc.upload.state import Journal
from tests.soak.bounds import require_sentence

READERS: dict[str, tuple[str, int, Callable[[Path], object], str]] = {
    "index": (
        "index.json",
        LARGEST_INDEX,
        lambda folder: open_dataset(folder, ABXLS, ABXLS.subsets),
        "is this the right dataset?",
    ),
    "results": ("scores.json", LARGEST_RESULTS, read_results, "give the folder of a submission that was scored"),
    "baseline": (
        "a.json",
        LARGEST_RESULTS,
        lambda folder: read_baseline(folder / "a.json"),
        "give the folder of a submission that was scored",
    ),
    "own scores": (
        "a.json",
        LARGEST_RESULTS,
        lambda folder: read_own_scores(folder / "a.json", ABXLS),
        "give the scores.json of a run",
    ),
    "upload": (
        ".zrc-submit/state.json",
        LARGEST_RECORD,
        lambda folder: Journal(folder).load(),
        "begin anew with --restart",
    ),
}


@pytest.mark.parametrize(("name", "largest", "read", "advice"), READERS.values(), ids=list(READERS))
def test_too_large_a_file_is_told_with_its_size_and_what_to_do(
    tmp_path: Path, name: str, largest: int, read: Callable[[Path], object], advice: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.truncate(path, largest + 1)
    with pytest.raises(ZrcError) as error:
        read(tmp_path)
    size = f"it has {largest + 1:,} bytes, more than the {largest:,} that it may have"
    assert str(error.value).startswith(f"{path} cannot be read ({size}): {advice}")
    require_sentence(str(error.value))


def test_a_file_may_have_as_many_bytes_as_it_may(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[1, 2]")
    assert read_json(path, "", 6) == kept_json(path, 6) == [1, 2]
    assert kept_json(path, 5) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_the_place_of_a_file_holds_nothing_up(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for name in ("index.json", "key.json", f"{FOLDER}/dev-clean.json"):
        os.mkfifo(tmp_path / name)
    with pytest.raises(
        ZrcError, match=r"index.json cannot be read \(not a regular file\): is this the right dataset\?"
    ):
        open_dataset(tmp_path, ABXLS, ABXLS.subsets)
    assert Store(tmp_path).load("key") is None
    assert Manifest(tmp_path, "dev-clean").find("a", "source", tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '"\xff"', "9" * 5000])
def test_what_is_kept_and_damaged_counts_as_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_bytes(text.encode("latin-1"))
    assert kept_json(tmp_path / "a.json", 1 << 20) is None
    assert kept_json(tmp_path, 1 << 20) is kept_json(tmp_path / "none.json", 1 << 20) is None


@pytest.mark.parametrize("piece", ["[]", "{}", "[0]", '{"":0}', '{"":{"":{}}}', "9", '"a"'])
def test_json_takes_at_most_35_times_its_size(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(f"[{','.join([piece] * (400_000 // len(piece)))}]", encoding="utf-8")
    tracemalloc.start()
    try:
        content = read_json(path, "", 1 << 20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert content[0] == json.loads(piece)
    assert peak < 35 * path.stat().st_size
