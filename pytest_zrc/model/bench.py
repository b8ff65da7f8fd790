"""A test bench for an encoder: sounds to try it on, and what it makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from pytest_zrc.errors import ZrcError
from pytest_zrc.model.encoder import AdaptedEncoder, Features
from pytest_zrc.model.frame_shift import FrameShift, fit_frame_shift
from pytest_zrc.model.search import Bits, pick, search
from pytest_zrc.model.sounds import Kind, Sound, Sounds

Fields: TypeAlias = dict[str, object]  # what the texts of a finding are filled in with

_Example = TypeVar("_Example", Sound, tuple[Sound, ...])

SAMPLE_RATE = 16000  # Hz: for encoders that take any
SHORTEST, LONGEST = 0.1, 3.0  # seconds: ordinary sounds, but for the longest to compare with
REFERENCES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds: sounds to compare with
FEW = 6  # examples where each is encoded anew

_KINDS: tuple[Kind, ...] = ("noise", "tones", "bursts")
_LEVELS = (-20, -10, 0, -30, -40, -50, -60)
_ROUNDINGS = 200
_QUIET = (-90, -100, -120)


class Bench:
    """An encoder, and sounds to try it on: the same in every run and process. Ordinary sounds are encoded once.

    Attributes:
        encoder: what is tried.
        sample_rate: of the sounds, in Hz.
        most: how many ordinary sounds are made.
        long: length of the longest sound, in seconds.
        declared: the frame shift in seconds by whoever says what it is.
        units: whether features may be ids of discrete units.
    """

    def __init__(
        self, encoder: AdaptedEncoder, *, most: int, long: float, declared: Mapping[str, float], units: bool
    ) -> None:
        """Prepare; nothing is encoded yet."""
        self.encoder, self.sample_rate = encoder, encoder.sample_rate or SAMPLE_RATE
        self.most, self.long, self.declared, self.units = most, long, declared, units
        self._known: dict[Sound, Features | ZrcError] = {}

    @cached_property
    def ordinary(self) -> list[Sound]:
        """Sounds as a dataset may hold them, the shortest first."""
        made: list[Sound] = []
        self.search_ordinary(made.append)
        return sorted(set(made), key=lambda sound: (sound.samples, str(sound)))

    def noise(self, seconds: float) -> Sound:
        """Return noise of a length."""
        return Sound("noise", round(seconds * self.sample_rate), self.sample_rate, level=-20)

    def encode(self, sound: Sound) -> Features:
        """Encode a sound.

        Raises:
            ZrcError: the encoder raised, or returned no array.
        """
        return self.encoder.encode(sound.waveform(), sound.sample_rate)

    def features(self, sound: Sound) -> Features:
        """Return what the encoder makes of an ordinary sound, which is kept.

        Raises:
            ZrcError: the encoder raised, or returned no array.
        """
        if sound not in self._known:
            try:
                self._known[sound] = self.encode(sound)
            except ZrcError as error:
                self._known[sound] = error
        outcome = self._known[sound]
        if isinstance(outcome, ZrcError):
            raise outcome
        return outcome

    @cached_property
    def dimension(self) -> int:
        """The feature dimension of a sound like any other."""
        return int(self.features(self.noise(1.0)).shape[1])

    @cached_property
    def frame_shift(self) -> FrameShift | None:
        """What the ordinary sounds say about the frame shift; ``None`` where there is none."""
        frames = [len(self.features(sound)) for sound in self.ordinary]
        return fit_frame_shift([sound.duration for sound in self.ordinary], frames)

    def defect(self, sound: Sound) -> str:
        """Say what is wrong with what the encoder makes of a sound; nothing if all is well, with or without frames."""
        try:
            features = self.encode(sound)
        except ZrcError as error:
            return str(error)
        return self.wrong_shape(features) or not_finite(features)

    def wrong_shape(self, features: Features) -> str:
        """Say what is wrong with the shape of an output; nothing if it has frames, or none, of the right dimension."""
        return "" if features.ndim == 2 and features.shape[1] == self.dimension else f"shape {features.shape}"

    @cached_property
    def scale(self) -> float:
        """The root of the mean squared distance of frames from their mean, over all ordinary sounds.

        So a constant part hides no difference. It is no less than what hundreds of roundings of a frame come to.
        """
        outputs = [self.features(sound) for sound in self.ordinary]
        frames = np.concatenate(outputs).astype(np.float64)
        frames = frames[np.isfinite(frames).all(axis=1)]
        if not len(frames):
            return 1.0
        half = self.encoder.device != "cpu" or outputs[0].dtype == np.float16  # on CUDA TF32 has as few bits
        rounding = _ROUNDINGS * float(np.finfo(np.float16 if half else np.float32).eps)
        spread, size = np.linalg.norm(frames.std(axis=0)), np.linalg.norm(frames) / np.sqrt(len(frames))
        return float(max(spread, rounding * size, np.finfo(np.float64).tiny))

    def differences(self, features: Features, others: Features) -> npt.NDArray[np.float64]:
        """Return how far apart the frames of two outputs of one shape are, over the scale: shape (frames,)."""
        one, two = features.astype(np.float64), others.astype(np.float64)
        same = (one == two) | (np.isnan(one) & np.isnan(two))
        with np.errstate(invalid="ignore"):  # of infinite values
            apart = np.linalg.norm(np.where(same, 0.0, one - two), axis=1)
        return np.where(np.isnan(apart), np.inf, apart) / self.scale

    def search_ordinary(self, problem: Callable[[Sound], Fields | None]) -> tuple[Sound, Fields] | None:
        """Return the smallest ordinary sound with a problem, and the problem; ``None`` where there is none."""
        found = search(self._sounds(_KINDS, _LEVELS, SHORTEST, LONGEST).draw, problem, self.most)
        references = ((sound, problem(sound)) for sound in map(self.noise, REFERENCES))
        return found or next(((sound, fields) for sound, fields in references if fields), None)

    def search_silent(self, problem: Callable[[Sound], Fields | None]) -> tuple[Sound, Fields] | None:
        """Do the same among digital silence, and noise that is nearly silent."""
        return search(self._sounds(("silence", "noise"), _QUIET, SHORTEST, LONGEST).draw, problem, FEW)

    def search_short(self, problem: Callable[[Sound], Fields | None]) -> tuple[Sound, Fields] | None:
        """Do the same among sounds of one sample and more, shorter than ordinary ones."""
        return search(self._sounds(("noise", "tones"), _LEVELS, 0, SHORTEST).draw, problem, self.most)

    def search_again(
        self, make: Callable[[Bits, Sound], _Example], problem: Callable[[_Example], Fields | None]
    ) -> tuple[_Example, Fields] | None:
        """Do the same among a few examples that are made of an ordinary sound."""
        return search(lambda bits: make(bits, pick(bits, self.ordinary)), problem, FEW)

    def _sounds(self, kinds: tuple[Kind, ...], levels: tuple[int, ...], shortest: float, longest: float) -> Sounds:
        return Sounds(kinds, levels, self.sample_rate, shortest, longest)


def not_finite(features: Features) -> str:
    """Say how many values are not finite; nothing if all are."""
    wrong = int(np.count_nonzero(~np.isfinite(features)))
    return f"{wrong} of {features.size} values NaN or infinite" if wrong else ""
