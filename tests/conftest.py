from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pytest_zrc import evaluate
from pytest_zrc.comparison.sources import Source
from tests.builders import TinyDataset, make_abx15_dataset, make_dataset, make_submission
from tests.scored import noisy, scored
from tests.server import UploadServer

pytest_plugins = ["pytester"]

# No test measures speed. In CI the same examples every time: a failure there is one of the change, and can be repeated.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test write into the summary of the job in which it runs."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> TinyDataset:
    """All four subsets of abxLS, four files each; not to be changed."""
    return make_dataset(tmp_path_factory.mktemp("data") / "dataset")


@pytest.fixture(scope="session")
def _pristine(tmp_path_factory: pytest.TempPathFactory, dataset: TinyDataset) -> Path:
    return make_submission(tmp_path_factory.mktemp("data") / "submission", dataset)


@pytest.fixture
def submission(tmp_path: Path, _pristine: Path) -> Path:
    """A valid submission for ``dataset``, to break at will."""
    return Path(shutil.copytree(_pristine, tmp_path / "submission"))


@pytest.fixture(scope="session")
def scored_abx15(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A submission to abx15 with its scores, and its dataset; not to be changed."""
    work = tmp_path_factory.mktemp("scored-abx15")
    abx15 = make_abx15_dataset(work / "dataset")
    folder = make_submission(work / "sub", abx15, meta={"benchmark_name": "abx15"})
    evaluate(folder, dataset=abx15.root).write(folder / "scores")
    return folder, abx15.root


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    """Results of three systems over the demo's triphones: itself, with a little noise, with much."""
    changes = {"plain": None, "near": noisy(0.3), "far": noisy(6)}
    return [Source(name, scored(tmp_path_factory.mktemp(name), "triphone", change)) for name, change in changes.items()]


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home in which nobody is logged in, with no keyring, for this process and those that it starts."""
    import keyring  # noqa: PLC0415 - few tests need it
    from keyring.core import load_keyring  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / ".config"))
    none = "keyring.backends.fail.Keyring"
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", none)
    for name in ("ZRC_SERVER", "ZRC_TOKEN", "ZRC_USERNAME", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(load_keyring(none))
    yield folder
    keyring.set_keyring(before)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[UploadServer]:
    """A server at which ada has an account, with the password ``secret``."""
    with UploadServer(tmp_path / "server") as running:
        yield running
