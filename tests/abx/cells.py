"""Cells of conditions, made up."""

from __future__ import annotations

import numpy as np

from pytest_zrc.abx.averaging import CellErrors
from pytest_zrc.abx.bootstrap import resample_speakers
from pytest_zrc.abx.cells import SpeakerMode
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.profiles import Averaging


def make_cells(rows: list[tuple[int, int, int, int, int, float]]) -> CellErrors:
    """Return cells: context, speaker, x_speaker, phone, other_phone, error."""
    *names, error = zip(*rows, strict=True)
    return _cells(np.array(names), np.array(error, dtype=np.float64))


def random_cells(
    speaker: SpeakerMode, seed: int, *, contexts: int = 3, speakers: int = 4, phones: int = 3
) -> CellErrors:
    """Return some of all cells that there may be, at least one, in any order."""
    rng = np.random.default_rng(seed)
    numbers = np.indices((contexts, speakers, speakers, phones, phones)).reshape(5, -1)
    same = numbers[1] == numbers[2]
    numbers = numbers[:, (same if speaker == "within" else ~same) & (numbers[3] != numbers[4])]
    drawn = rng.permutation(numbers.shape[1])[: rng.integers(1, numbers.shape[1] + 1)]
    return _cells(numbers[:, drawn], rng.integers(0, 9, size=len(drawn)) / 8)


def select(cells: CellErrors, column: str, number: int) -> CellErrors:
    """Return the cells with a number in a column."""
    these = cells.names[column] == number
    return _cells(np.stack(list(cells.names.values()))[:, these], cells.error[these])


def _cells(names: IntArray, error: FloatArray) -> CellErrors:
    context, speaker, x_speaker, phone, other_phone = names
    return CellErrors(context, speaker, x_speaker, phone, other_phone, error)


def confidence_interval(
    cells: CellErrors, averaging: Averaging, *, seed: int, replicates: int = 1000, level: float = 0.95
) -> tuple[float, float] | None:
    """Return the interval of an error rate; ``None`` where there is none."""
    samples = resample_speakers(cells, averaging, seed=seed, replicates=replicates)
    return samples.interval(level) if samples else None
