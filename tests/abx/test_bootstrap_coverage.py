"""Intervals hold what they promise, nearly: the error rate that made-up speakers were drawn from lies in most of them.

``python -m tests.abx.test_bootstrap_coverage`` prints the table of docs/uncertainty.md (two minutes).
"""

from __future__ import annotations

import numpy as np
import pytest

from pytest_zrc.abx.averaging import CellErrors
from pytest_zrc.abx.cells import SpeakerMode
from pytest_zrc.abx.profiles import LIBRILIGHT
from tests.abx.cells import confidence_interval

TRUTH = 0.1
CONTEXTS, PHONES = 3, 4


def _condition(mode: SpeakerMode, speakers: int, rng: np.random.Generator) -> CellErrors:
    """Make cells of speakers who are harder to tell phones of, or easier, in one role and in the other; and noise."""
    numbers = np.indices((CONTEXTS, speakers, speakers, PHONES, PHONES)).reshape(5, -1)
    same = numbers[1] == numbers[2]
    numbers = numbers[:, (same if mode == "within" else ~same) & (numbers[3] != numbers[4])]
    context, speaker, x_speaker, phone, other_phone = numbers
    of_speaker, of_x_speaker = rng.normal(scale=0.02, size=(2, speakers))
    error = TRUTH + of_speaker[speaker] + of_x_speaker[x_speaker] + rng.normal(scale=0.05, size=len(context))
    return CellErrors(context, speaker, x_speaker, phone, other_phone, error)


def coverage(mode: SpeakerMode, speakers: int, trials: int) -> float:
    """Return the share of intervals that hold the truth."""
    rng = np.random.default_rng(speakers)
    held = 0
    for trial in range(trials):
        cells = _condition(mode, speakers, rng)
        interval = confidence_interval(cells, LIBRILIGHT.averaging, seed=trial, replicates=500)
        assert interval is not None
        held += interval[0] <= TRUTH <= interval[1]
    return held / trials


@pytest.mark.parametrize("mode", ["within", "across"])
def test_most_intervals_hold_the_truth(mode: SpeakerMode) -> None:
    assert 0.85 <= coverage(mode, speakers=12, trials=100) <= 0.99


if __name__ == "__main__":
    for speakers in (5, 10, 20, 40):
        print(speakers, *(coverage(mode, speakers, trials=2000) for mode in ("within", "across")))  # noqa: T201
