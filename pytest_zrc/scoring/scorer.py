"""From the files of a submission to its error rates."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pytest_zrc.abx.bootstrap import Resampling, resample_speakers
from pytest_zrc.abx.breakdown import Names, break_down
from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Form, Tokens, cut_tokens
from pytest_zrc.abx.items import FloatArray, IntArray
from pytest_zrc.abx.kernel import Kernel, Units
from pytest_zrc.abx.pooling import Pooled
from pytest_zrc.abx.speech import AnySpeech, Resident
from pytest_zrc.benchmarks.model import Condition
from pytest_zrc.case import Case
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.discrete import find_units
from pytest_zrc.scoring.files import items_of
from pytest_zrc.scoring.memory import Memory
from pytest_zrc.scoring.scores import LEVEL, Details, Score
from pytest_zrc.scoring.speech import Source, Streamed

_DECIMALS = 8  # of replicates: far below what samples of speakers differ by


@dataclass(frozen=True, slots=True)
class _Subject:
    """What all conditions of a subset have in common.

    Attributes:
        source: of its frames.
        units: the frames, where they are discrete.
        frame_times: of each file, in seconds, where files have them.
    """

    source: Source
    units: Units | None
    frame_times: Mapping[str, FloatArray] | None

    @property
    def distinct_frames(self) -> int:
        """Count the different frames that are units."""
        return self.units.distinct if self.units else 0


class Scorer:
    """Computes the scores of a case; the features of the last subset are kept for its next condition.

    Attributes:
        memory: holds them.
    """

    def __init__(self, case: Case, resources: Resources, device: str = CPU) -> None:
        """Score this case on a device, ``cpu`` or ``cuda``."""
        self._case, self._device, self._resources = case, device, resources
        parameters = case.parameters
        form = Form.of(case.profile, parameters.distance_mode, pooled=parameters.pooling != "none")
        # Frames are copied to a GPU once, and all of them.
        self.memory = Memory(case, resources, form, whole=device != CPU)
        self._last: _Subject | None = None

    def score(
        self, subset: str, condition: Condition, progress: Callable[[float], None] | None = None
    ) -> tuple[Score, Details | None]:
        """Compute one score.

        Returns:
            The score, and what it is made of; a score without a value is made of nothing.

        Raises:
            ZrcError: features or items that cannot be used, as they may be without validation.
        """
        case, parameters, profile = self._case, self._case.parameters, self._case.profile
        source = self.memory.source(subset)  # read while we go on
        items = items_of(case, subset, condition.granularity)
        if source.files.lacks(items, case, subset):
            source = self.memory.named_source(subset)
        began = time.perf_counter()
        subject = self._subject(source)
        tokens = cut_tokens(
            items,
            source.files.counts,
            parameters.feature_size,
            profile=profile,
            frame_times=subject.frame_times,
        )
        result = score_condition(
            tokens,
            self._kernel,
            self._speech(subject, tokens),
            context=condition.context,
            speaker=condition.speaker,
            distance=parameters.distance_mode,
            profile=profile,
            limits=Limits(parameters.max_size_group, parameters.max_x_across, parameters.seed),
            threads=self._resources.threads,
            progress=progress,
        )
        details = {
            "seconds": time.perf_counter() - began,
            "kernel": self._kernel.name,
            "memory": self._resources.memory,
            "streamed": isinstance(source, Streamed),
            "profile": profile.name,
            "distinct_frames": subject.distinct_frames,
        }
        if result is None:
            reason = f"{subset} has nothing to compare here: its items make no cell with an A, a B and an X"
            return Score.of(subset, condition, None, reason=reason, **details), None
        samples = resample_speakers(result.cells, profile.averaging, seed=parameters.seed)
        low, high = (samples.interval(LEVEL) if samples else None) or (None, None)
        tables = break_down(result.cells, profile.averaging, Names.of(items, condition.context))
        return (
            Score.of(subset, condition, result.error_rate, cells=len(result.cells), low=low, high=high, **details),
            Details(
                subset,
                condition.name,
                profile.name,
                {name: table.as_dict() for name, table in tables.items()},
                _rounded(samples),
                samples.draws if samples else "",
            ),
        )

    def _subject(self, source: Source) -> _Subject:
        if self._last is None or self._last.source is not source:
            parameters = self._case.parameters
            pooled = parameters.pooling != "none"  # the means of units are none
            units = None if pooled else find_units(source, parameters.distance_mode)
            self._last = _Subject(source, units, source.files.frame_times())
        return self._last

    def _speech(self, subject: _Subject, tokens: Tokens) -> AnySpeech:
        source = subject.source
        if subject.units:
            first: IntArray = np.array([source.files.first[name] for name in tokens.files], dtype=np.int64)
            return Resident(subject.units, first, tokens)
        speech = source.speech(tokens)
        pooling, distance = self._case.parameters.pooling, self._case.parameters.distance_mode
        if pooling == "none":
            return speech
        return Pooled(speech, tokens, pooling, distance=distance, profile=self._case.profile)

    @cached_property
    def _kernel(self) -> Kernel:
        # When there is something to score: PyTorch takes seconds to import.
        return make_kernel(self._device, self._resources.threads)


def _rounded(samples: Resampling | None) -> list[float | None]:
    return [None if math.isnan(rate) else round(rate, _DECIMALS) for rate in samples.rates.tolist()] if samples else []
