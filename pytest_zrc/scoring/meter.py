"""From frames and items to an error rate, with its interval and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pytest_zrc.abx.bootstrap import Resampling, resample_speakers
from pytest_zrc.abx.breakdown import Names, Table, break_down
from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Form, Tokens, cut_tokens
from pytest_zrc.abx.items import FloatArray, Items
from pytest_zrc.abx.kernel import Kernel, Units
from pytest_zrc.abx.pooling import Pooled
from pytest_zrc.abx.profiles import Profile
from pytest_zrc.abx.speech import AnySpeech, Resident
from pytest_zrc.benchmarks.model import ContextMode, Parameters, SpeakerMode
from pytest_zrc.scoring.discrete import find_units
from pytest_zrc.scoring.scores import LEVEL
from pytest_zrc.scoring.speech import Source


@dataclass(frozen=True, slots=True)
class Measured:
    """An error rate.

    Attributes:
        error_rate: a fraction.
        samples: the error rate in samples of speakers; ``None`` where there are fewer than two speakers.
        cells: the number of cells that were averaged.
        tables: what it is made of; see ``break_down``.
    """

    error_rate: float
    samples: Resampling | None
    cells: int
    tables: Mapping[str, Table]

    @property
    def interval(self) -> tuple[float, float] | tuple[None, None]:
        """The two ends of the 95 % confidence interval, fractions; ``None`` where there is none."""
        return (self.samples.interval(LEVEL) if self.samples else None) or (None, None)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What all conditions of a source have in common.

    Attributes:
        source: of the frames.
        units: the frames, where they are discrete.
        frame_times: of each file, in seconds, where files have them.
    """

    source: Source
    units: Units | None
    frame_times: Mapping[str, FloatArray] | None


class Meter:
    """Measures error rates; what it has found out about the last source is kept for the next condition.

    Attributes:
        form: how it wants frames to be held.
    """

    def __init__(self, parameters: Parameters, profile: Profile, *, device: str = CPU, threads: int = 1) -> None:
        """Measure with these parameters and this profile, on a device, ``cpu`` or ``cuda``."""
        self._parameters, self._profile, self._device, self._threads = parameters, profile, device, threads
        self._pooled = parameters.pooling != "none"
        self.form = Form.of(profile, parameters.distance_mode, pooled=self._pooled)
        self._last: _Subject | None = None

    @cached_property
    def kernel(self) -> Kernel:
        """What computes distances; made when there is something to score: PyTorch takes seconds to import."""
        return make_kernel(self._device, self._threads)

    def distinct_frames(self, source: Source) -> int:
        """Count the different frames of a source that is discrete; 0 where it is not."""
        units = self._subject(source).units
        return units.distinct if units else 0

    def measure(
        self,
        source: Source,
        items: Items,
        context: ContextMode,
        speaker: SpeakerMode,
        progress: Callable[[float], None] | None = None,
    ) -> Measured | None:
        """Measure one error rate.

        Args:
            source: of the frames.
            items: what is compared.
            context: compare tokens in the same context, or in any.
            speaker: X by the speaker of A and B, or by another one.
            progress: called now and then with the share that is done, from 0 to 1.

        Returns:
            None where there is no cell.

        Raises:
            ZrcError: a source that cannot be read.
        """
        parameters, profile, subject = self._parameters, self._profile, self._subject(source)
        tokens = cut_tokens(
            items,
            source.files.counts,
            parameters.feature_size,
            profile=profile,
            frame_times=subject.frame_times,
        )
        result = score_condition(
            tokens,
            self.kernel,
            self._speech(subject, tokens),
            context=context,
            speaker=speaker,
            distance=parameters.distance_mode,
            profile=profile,
            limits=Limits(parameters.max_size_group, parameters.max_x_across, parameters.seed),
            threads=self._threads,
            progress=progress,
        )
        if result is None:
            return None
        samples = resample_speakers(result.cells, profile.averaging, seed=parameters.seed)
        tables = break_down(result.cells, profile.averaging, Names.of(items, context))
        return Measured(result.error_rate, samples, len(result.cells), tables)

    def _subject(self, source: Source) -> _Subject:
        if self._last is None or self._last.source is not source:
            # The means of units are none.
            units = None if self._pooled else find_units(source, self._parameters.distance_mode)
            self._last = _Subject(source, units, source.frame_times())
        return self._last

    def _speech(self, subject: _Subject, tokens: Tokens) -> AnySpeech:
        if subject.units:
            return Resident(subject.units, subject.source.files.starts(tokens.files), tokens)
        speech = subject.source.speech(tokens)
        pooling, distance = self._parameters.pooling, self._parameters.distance_mode
        if pooling == "none":
            return speech
        return Pooled(speech, tokens, pooling, distance=distance, profile=self._profile)
