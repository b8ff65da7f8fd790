from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from pytest_zrc.comparison.sources import Source
from tests.builders import TinyDataset, make_dataset, make_submission
from tests.scored import noisy, scored

pytest_plugins = ["pytester"]

# In CI the same examples every time: a failure there is one of the change, and can be repeated.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


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
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    """Results of three systems over the demo's triphones: itself, with a little noise, with much."""
    changes = {"plain": None, "near": noisy(0.3), "far": noisy(6)}
    return [Source(name, scored(tmp_path_factory.mktemp(name), "triphone", change)) for name, change in changes.items()]
