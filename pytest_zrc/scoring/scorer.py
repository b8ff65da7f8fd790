"""From the files of a submission to its error rates."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from pytest_zrc.abx.bootstrap import Resampling
from pytest_zrc.abx.device import CPU
from pytest_zrc.benchmarks.model import Condition
from pytest_zrc.case import Case
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.files import items_of
from pytest_zrc.scoring.memory import Memory
from pytest_zrc.scoring.meter import Meter
from pytest_zrc.scoring.scores import Details, Score
from pytest_zrc.scoring.speech import Streamed

_DECIMALS = 8  # of replicates: far below what samples of speakers differ by


class Scorer:
    """Computes the scores of a case; the features of the last subset are kept for its next condition.

    Attributes:
        memory: holds them.
    """

    def __init__(self, case: Case, resources: Resources, device: str = CPU) -> None:
        """Score this case on a device, ``cpu`` or ``cuda``."""
        self._case, self._resources = case, resources
        self._meter = Meter(case.parameters, case.profile, device=device, threads=resources.threads)
        # Frames are copied to a GPU once, and all of them.
        self.memory = Memory(case, resources, self._meter.form, whole=device != CPU)

    def score(
        self, subset: str, condition: Condition, progress: Callable[[float], None] | None = None
    ) -> tuple[Score, Details | None]:
        """Compute one score.

        Returns:
            The score, and what it is made of; a score without a value is made of nothing.

        Raises:
            ZrcError: features or items that cannot be used, as they may be without validation.
        """
        case, meter = self._case, self._meter
        source = self.memory.source(subset)  # read while we go on
        items = items_of(case, subset, condition.granularity)
        if source.files.lacks(items, case, subset):
            source = self.memory.named_source(subset)
        began = time.perf_counter()
        measured = meter.measure(source, items, condition.context, condition.speaker, progress)
        facts = {
            "seconds": time.perf_counter() - began,
            "kernel": meter.kernel.name,
            "memory": self._resources.memory,
            "streamed": isinstance(source, Streamed),
            "profile": case.profile.name,
            "distinct_frames": meter.distinct_frames(source),
        }
        if measured is None:
            reason = f"{subset} has nothing to compare here: its items make no cell with an A, a B and an X"
            return Score.of(subset, condition, None, reason=reason, **facts), None
        low, high = measured.interval
        samples = measured.samples
        return (
            Score.of(subset, condition, measured.error_rate, cells=measured.cells, low=low, high=high, **facts),
            Details(
                subset,
                condition.name,
                case.profile.name,
                {name: table.as_dict() for name, table in measured.tables.items()},
                _rounded(samples),
                samples.draws if samples else "",
            ),
        )


def _rounded(samples: Resampling | None) -> list[float | None]:
    return [None if math.isnan(rate) else round(rate, _DECIMALS) for rate in samples.rates.tolist()] if samples else []
