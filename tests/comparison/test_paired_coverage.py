"""Paired intervals hold what they promise, nearly: those of two systems that are equally good hold 0, mostly.

``python -m tests.comparison.test_paired_coverage`` prints the second table of docs/uncertainty.md (four minutes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from pytest_zrc.abx.averaging import CellErrors
from pytest_zrc.abx.bootstrap import Resampling, resample_speakers
from pytest_zrc.abx.cells import SpeakerMode
from pytest_zrc.abx.profiles import LIBRILIGHT
from pytest_zrc.comparison.paired import paired_interval
from pytest_zrc.scoring.scores import Details

CONTEXTS, PHONES = 3, 4
OF_BOTH, OF_ONE, OF_A_CELL = 0.02, 0.01, 0.05  # standard deviations of error rates


def _two_systems(mode: SpeakerMode, speakers: int, rng: np.random.Generator) -> Iterator[CellErrors]:
    """Make the same cells twice: some speakers are hard for both systems, some for one of them; and noise."""
    numbers = np.indices((CONTEXTS, speakers, speakers, PHONES, PHONES)).reshape(5, -1)
    same = numbers[1] == numbers[2]
    numbers = numbers[:, (same if mode == "within" else ~same) & (numbers[3] != numbers[4])]
    context, speaker, x_speaker, phone, other_phone = numbers
    of_both = rng.normal(scale=OF_BOTH, size=(2, speakers))
    for _ in range(2):
        of_speaker, of_x_speaker = of_both + rng.normal(scale=OF_ONE, size=(2, speakers))
        error = 0.1 + of_speaker[speaker] + of_x_speaker[x_speaker]
        error += rng.normal(scale=OF_A_CELL, size=len(context))
        yield CellErrors(context, speaker, x_speaker, phone, other_phone, error)


def _details(samples: Resampling | None) -> Details:
    assert samples
    return Details("subset", "condition", "librilight", {}, samples.rates.tolist(), samples.draws)


def _width(ends: tuple[float | None, float | None, str]) -> float:
    low, high, _ = ends
    assert low is not None
    assert high is not None
    return high - low


def coverage(mode: SpeakerMode, speakers: int, trials: int) -> tuple[float, float]:
    """Return the share of intervals that hold 0, and their mean width as a share of what unpaired ones would have."""
    rng = np.random.default_rng(speakers)
    held, paired, unpaired = 0, 0.0, 0.0
    for trial in range(trials):
        first, second = _two_systems(mode, speakers, rng)
        ours, theirs = (
            resample_speakers(one, LIBRILIGHT.averaging, seed=trial, replicates=500) for one in (first, second)
        )
        others = resample_speakers(second, LIBRILIGHT.averaging, seed=trials + trial, replicates=500)
        ends = paired_interval(_details(ours), _details(theirs))
        held += ends[0] is not None and ends[1] is not None and ends[0] <= 0 <= ends[1]
        paired += _width(ends)
        # As if the second had been scored on speakers of its own.
        unpaired += _width(paired_interval(_details(ours), replace(_details(others), draws=_details(ours).draws)))
    return held / trials, paired / unpaired


@pytest.mark.parametrize("mode", ["within", "across"])
def test_most_intervals_of_equals_hold_0_and_are_narrower_than_unpaired_ones(mode: SpeakerMode) -> None:
    share, width = coverage(mode, speakers=12, trials=100)
    assert 0.85 <= share <= 0.99
    assert width < 0.8


if __name__ == "__main__":
    for speakers in (5, 10, 20, 40):
        print(speakers, *(coverage(mode, speakers, trials=2000) for mode in ("within", "across")))  # noqa: T201
