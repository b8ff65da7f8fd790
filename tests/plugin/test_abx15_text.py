"""abx15 from the challenge's text features, ``<time> v1 ... vN``, to the scores that the oracle computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.abx import oracle_abxpy as oracle
from tests.builders import make_abx15_dataset, make_submission
from tests.checks.helpers import save_as_text
from tests.plugin.conftest import Zrc


def _times(frames: int) -> npt.NDArray[np.float64]:
    """Return times that are no grid: a little late, more and more so, and not in even steps."""
    steps = np.random.default_rng(frames).uniform(0.009, 0.011, size=frames)
    return np.asarray(np.round(np.cumsum(steps), 4), dtype=np.float64)


def _expected(job: Zrc, language: str, *, across: bool) -> float | None:
    features, times = {}, {}
    for path in (job.submission / language).glob("*.txt"):
        table = np.loadtxt(path, ndmin=2)
        features[path.stem], times[path.stem] = table[:, 1:].tolist(), table[:, 0].tolist()
    lines = (job.dataset / f"{language}.item").read_text(encoding="utf-8").splitlines()[1:]
    items = [(c[0], float(c[1]), float(c[2]), c[3], c[4], c[5]) for c in map(str.split, lines)]
    return oracle.score(oracle.tokens(features, items, times), 2015, across=across)


@pytest.fixture
def job(pytester: pytest.Pytester) -> Zrc:
    dataset = make_abx15_dataset(pytester.path / "dataset", files=2, speakers=2)
    submission: Path = make_submission(pytester.path / "sub", dataset, dim=4)
    save_as_text(submission, _times)
    return Zrc(pytester, dataset.root, submission)


def test_scores_equal_the_oracle(job: Zrc) -> None:
    assert job.run_here("--zrc-tasks=english").ret == 0  # the oracle takes seconds for each language
    scores = job.scores()["scores"]
    assert len(scores) == 2
    for one in scores:
        expected = _expected(job, one["subset"], across=one["speaker_mode"] == "across")
        assert one["score"] == pytest.approx(expected, abs=1e-12), one


def test_times_that_do_not_increase_are_one_finding(job: Zrc) -> None:
    path = next((job.submission / "english").glob("*.txt"))
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[1], lines[0], *lines[2:]]), encoding="utf-8")
    result = job.run_here("--zrc-tasks=english")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"ZRC-A13 english/{path.name}: frame 1 is at *"])
