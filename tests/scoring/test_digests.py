"""Digests of features: what they depend on, and when a run makes them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.digests import digest_files
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.store import Store
from tests.builders import case_for, make_dataset, make_submission

NAMES = ["a.npy", "b/c.npy", "d.npy"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    for number, name in enumerate(NAMES):
        (tmp_path / name).write_bytes(bytes([number]) * 3_000_000)
    return tmp_path


@pytest.mark.parametrize("threads", [1, 3])
def test_neither_order_nor_times_nor_threads_matter(folder: Path, threads: int) -> None:
    digest = digest_files(folder, NAMES, 2)
    os.utime(folder / "a.npy", (1, 1))
    assert digest_files(folder, reversed(NAMES), threads) == digest


def test_every_byte_and_every_name_matters(folder: Path) -> None:
    digests = {digest_files(folder, NAMES, 1), digest_files(folder, NAMES[:2], 1)}
    with (folder / "d.npy").open("r+b") as stream:
        stream.seek(2_999_999)
        stream.write(b"x")
    digests.add(digest_files(folder, NAMES, 1))
    (folder / "d.npy").rename(folder / "e.npy")
    digests.add(digest_files(folder, ["a.npy", "b/c.npy", "e.npy"], 1))
    assert len(digests) == 4


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    with pytest.raises(ZrcError, match=r"f\.npy cannot be read \(No such file or directory\)"):
        digest_files(folder, [*NAMES, "f.npy"], 2)


def test_features_that_change_during_a_run_have_no_digest(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "dataset", ["dev-clean"])
    submission = make_submission(tmp_path / "sub", dataset)
    run = Run(case_for(submission, dataset), Selection(), Store(tmp_path / "store"), "run", Resources.of("", "1", 1))
    assert not run.is_complete
    run.scores()
    path = submission / "dev-clean" / f"{dataset.ids('dev-clean')[0]}.npy"
    np.save(path, np.load(path)[:-1])
    with pytest.raises(ZrcError, match="features of dev-clean changed during the run"):
        run.digest_features()
    assert run.results().feature_digests == {}
