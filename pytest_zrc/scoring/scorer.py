"""From the files of a submission to its error rates."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import cut_tokens
from pytest_zrc.abx.kernel import Kernel
from pytest_zrc.benchmarks.model import Condition
from pytest_zrc.case import Case
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.files import items_of
from pytest_zrc.scoring.memory import Memory
from pytest_zrc.scoring.scores import Score
from pytest_zrc.scoring.speech import Streamed


class Scorer:
    """Computes the scores of a case; the features of the last subset are kept for its next condition.

    Attributes:
        memory: holds them.
    """

    def __init__(self, case: Case, resources: Resources, device: str = CPU) -> None:
        """Score this case on a device, ``cpu`` or ``cuda``."""
        self._case, self._device, self._resources = case, device, resources
        # Frames are copied to a GPU once, and all of them.
        self.memory = Memory(case, resources, whole=device != CPU)

    def score(self, subset: str, condition: Condition, progress: Callable[[float], None] | None = None) -> Score:
        """Compute one score.

        Raises:
            ZrcError: features or items that cannot be used, as they may be without validation.
        """
        case, parameters = self._case, self._case.parameters
        source = self.memory.source(subset)  # read while we go on
        items = items_of(case, subset, condition.granularity)
        if source.files.lacks(items, case, subset):
            source = self.memory.named_source(subset)
        began = time.perf_counter()
        tokens = cut_tokens(items, source.files.counts, parameters.feature_size)
        result = score_condition(
            tokens,
            self._kernel,
            source.speech(tokens),
            context=condition.context,
            speaker=condition.speaker,
            distance=parameters.distance_mode,
            limits=Limits(parameters.max_size_group, parameters.max_x_across, parameters.seed),
            threads=self._resources.threads,
            progress=progress,
        )
        details = {
            "seconds": time.perf_counter() - began,
            "kernel": self._kernel.name,
            "memory": self._resources.memory,
            "streamed": isinstance(source, Streamed),
        }
        if result is None:
            reason = f"{subset} has nothing to compare here: its items make no cell with an A, a B and an X"
            return Score.of(subset, condition, None, reason=reason, **details)
        return Score.of(subset, condition, result.error_rate, cells=len(result.cells), **details)

    @cached_property
    def _kernel(self) -> Kernel:
        # When there is something to score: PyTorch takes seconds to import.
        return make_kernel(self._device, self._resources.threads)
