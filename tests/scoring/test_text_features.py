"""Text features come to the scores of the arrays that they were written from, with times or without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.builders import TinyDataset, case_for, make_dataset, make_submission
from tests.checks.helpers import save_as_text, with_times
from tests.scoring.helpers import ENOUGH, LITTLE, scores, values


@pytest.mark.parametrize("memory", [ENOUGH, LITTLE], ids=["held", "streamed"])
@pytest.mark.parametrize("times", [True, False])
def test_scores_of_text_features(tmp_path: Path, times: bool, memory: int) -> None:
    dataset: TinyDataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",))
    submission = make_submission(tmp_path / "submission", dataset)
    expected = values(scores(case_for(submission, dataset)))
    save_as_text(submission, (lambda frames: np.arange(frames) / 100) if times else None)
    case = case_for(submission, dataset)
    found = values(scores(with_times(case) if times else case, memory))
    assert found == pytest.approx(expected, abs=1e-6)
