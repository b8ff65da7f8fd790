"""Real pytest runs over a small abxLS, in processes of their own, or for speed in this one."""

from __future__ import annotations

import importlib
import json
import pkgutil
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_zrc import evaluate, plugin
from tests.builders import TinyDataset, make_dataset, make_submission

# Pytester forgets what is imported during a run in this process; our classes would then be there twice.
for _found in pkgutil.iter_modules(plugin.__path__, "pytest_zrc.plugin."):
    importlib.import_module(_found.name)


@dataclass(frozen=True, slots=True)
class Zrc:
    """A folder with a submission ``sub`` and its dataset, and pytest to run there."""

    pytester: pytest.Pytester
    dataset: Path
    submission: Path

    def run(self, *args: str) -> pytest.RunResult:
        """Run pytest with ``--zrc-submission=./sub``."""
        return self.pytester.runpytest_subprocess(*self._where, *args)

    def run_here(self, *args: str) -> pytest.RunResult:
        """Run it in this process, in a fifth of the time: for what patches no module and plots nothing."""
        return self.pytester.runpytest_inprocess(*self._where, *args)

    @property
    def _where(self) -> tuple[str, str]:
        return "--zrc-submission=./sub", f"--zrc-dataset={self.dataset}"

    def scores(self, folder: str = "sub/scores") -> dict[str, Any]:
        """Read scores.json."""
        scores: dict[str, Any] = self.read("scores.json", folder)
        return scores

    def read(self, name: str, folder: str = "sub/scores") -> Any:  # noqa: ANN401
        """Read a JSON file among the results."""
        return json.loads((self.pytester.path / folder / name).read_text(encoding="utf-8"))


Rates = dict[tuple[str, str], float]  # fractions, by subset and condition
CLEAN = ("--zrc-sets=dev", "--zrc-tasks=clean")


def scores_of(zrc: Zrc, folder: str = "sub/scores") -> Rates:
    """Return the scores of a run."""
    return {(one["subset"], one["condition"]): one["score"] for one in zrc.scores(folder)["scores"]}


@pytest.fixture(autouse=True)
def _few_plugins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave other plugins out of the runs: hypothesis alone takes as long to load as most of them."""
    if "pytester" in request.fixturenames and "all_plugins" not in request.fixturenames:
        request.getfixturevalue("pytester")  # which forgets such settings
        monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest -p no:html -p no:metadata")


@pytest.fixture
def all_plugins() -> None:
    """Run with all plugins that are installed, as users do."""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[TinyDataset, Path]:
    """A dataset and a valid submission; not to be changed."""
    root = tmp_path_factory.mktemp("small")
    dataset = make_dataset(root / "dataset")
    return dataset, make_submission(root / "submission", dataset)


@pytest.fixture
def zrc(pytester: pytest.Pytester, small: tuple[TinyDataset, Path]) -> Zrc:
    """A fresh folder with a submission."""
    dataset, submission = small
    shutil.copytree(submission, pytester.path / "sub")
    return Zrc(pytester, dataset.root, pytester.path / "sub")


@pytest.fixture(scope="session")
def expected(small: tuple[TinyDataset, Path]) -> Rates:
    """The scores of dev-clean, computed without pytest."""
    dataset, submission = small
    return dict(evaluate(submission, dataset=dataset.root, sets="dev", tasks="clean").scores)
