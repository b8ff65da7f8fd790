from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_zrc import evaluate
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.credentials import keep_token
from tests.builders import make_abx15_dataset, make_submission
from tests.publishing.submitting import Sender
from tests.server import UploadServer
from tests.server.state import Benchmark


@pytest.fixture(scope="module")
def scored_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A submission with its scores, and its dataset; not to be changed."""
    work = tmp_path_factory.mktemp("submitting")
    dataset = make_abx15_dataset(work / "dataset")
    folder = make_submission(work / "sub", dataset, meta={"benchmark_name": "abx15"})
    evaluate(folder, dataset=dataset.root).write(folder / "scores")
    return folder, dataset.root


@pytest.fixture
def server(tmp_path: Path) -> Iterator[UploadServer]:
    with UploadServer(tmp_path / "server", benchmarks=[Benchmark("abx15")]) as running:
        yield running


@pytest.fixture
def sender(scored_once: tuple[Path, Path], tmp_path: Path, home: Path, server: UploadServer) -> Sender:  # noqa: ARG001
    folder = Path(shutil.copytree(scored_once[0], tmp_path / "sub"))
    keep_token(Token(server.address, "ada", server.token("ada")))
    return Sender(folder, scored_once[1], server)
