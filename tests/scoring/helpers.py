"""What tests of scoring do: score a small submission with so much memory, and count what is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path

import pytest

from pytest_zrc.case import Case
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.scorer import Scorer
from pytest_zrc.scoring.scores import Score
from pytest_zrc.scoring.store import Store
from pytest_zrc.submission.features import Array, FeatureFile

ENOUGH, LITTLE = 1 << 30, 30_000  # bytes; a subset of a tiny dataset takes more than 80,000


def scores(case: Case, memory: int = ENOUGH, threads: int = 2) -> list[Score]:
    """Compute all scores of a case, without its checks."""
    scorer = Scorer(case, Resources(memory, threads))
    return [scorer.score(one.name, condition)[0] for one in case.subsets for condition in case.benchmark.conditions]


def values(found: list[Score]) -> Mapping[tuple[str, str], float | None]:
    """Return error rates by subset and condition."""
    return {(score.subset, score.condition): score.score for score in found}


def run_of(
    case: Case, folder: Path, memory: int = ENOUGH, *, validate: bool = True, score: bool = True, processes: int = 1
) -> Run:
    """Plan a run."""
    return Run(case, Selection(validate, score), Store(folder), "r", Resources(memory, 2, processes))


@pytest.fixture
def frames_read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the frames that are read of each file, by its name."""
    counts: Counter[str] = Counter()
    read = FeatureFile.read

    def counted(file: FeatureFile, first: int, out: Array) -> None:
        assert isinstance(file._values, BufferedReader)
        counts[Path(file._values.name).stem] += len(out)
        read(file, first, out)

    monkeypatch.setattr(FeatureFile, "read", counted)
    return counts
