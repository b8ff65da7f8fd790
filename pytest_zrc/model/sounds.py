"""Sounds to try an encoder on: each a few numbers that say what to synthesize, and words that say what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from pytest_zrc.model.encoder import Waveform
from pytest_zrc.model.search import Bits, pick

Kind: TypeAlias = Literal["noise", "tones", "bursts", "silence"]

_FLOOR = 10 ** (-50 / 20)  # of the noise below bursts: a recording is never silent between syllables


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound.

    Attributes:
        kind: ``noise`` with a slanting spectrum, a sum of ``tones``, ``bursts`` like the syllables of speech, or
            digital ``silence``.
        samples: how long it is.
        sample_rate: in Hz.
        level: of its peak, in dB below full scale, up to 0.
        seed: which one of this kind.
        lead: samples of digital silence that go before it, not counted in ``samples``.
    """

    kind: Kind
    samples: int
    sample_rate: int
    level: int = 0
    seed: int = 0
    lead: int = 0

    @property
    def duration(self) -> float:
        """How long it is with its lead, in seconds."""
        return (self.lead + self.samples) / self.sample_rate

    def after(self, lead: int) -> Sound:
        """Return the same sound after this many samples of silence."""
        return replace(self, lead=lead)

    def waveform(self) -> Waveform:
        """Synthesize it: float32, of shape (lead + samples,), within -1 and 1."""
        if self.kind == "silence":
            return np.zeros(self.lead + self.samples, np.float32)
        rng = np.random.default_rng([self.seed, get_args(Kind).index(self.kind)])
        shape = {"noise": _noise, "tones": _tones, "bursts": _bursts}[self.kind](rng, self.samples, self.sample_rate)
        loud = shape * (10 ** (self.level / 20) / max(float(np.abs(shape).max()), 1e-12))
        return np.concatenate([np.zeros(self.lead), loud]).astype(np.float32)

    def __str__(self) -> str:
        """Say what it is: "noise of 0.31 s at 16000 Hz, level -40 dB, seed 7"."""
        short = self.samples < self.sample_rate / 100
        length = f"{self.samples} sample(s)" if short else f"{self.samples / self.sample_rate:.4g} s"
        which = "" if self.kind == "silence" else f", level {self.level} dB, seed {self.seed}"
        lead = f" after {self.lead / self.sample_rate:.4g} s of silence" if self.lead else ""
        return f"{self.kind} of {length} at {self.sample_rate} Hz{which}{lead}"


@dataclass(frozen=True, slots=True)
class Sounds:
    """Sounds to draw from.

    Attributes:
        kinds: theirs.
        levels: of their peaks, in dB below full scale.
        sample_rate: in Hz.
        shortest, longest: in seconds; one sample at least.
    """

    kinds: Sequence[Kind]
    levels: Sequence[int]
    sample_rate: int
    shortest: float
    longest: float

    def draw(self, bits: Bits) -> Sound:
        """Draw a sound, more often a short one; the smallest is the shortest one of the first kind and level."""
        kind, level = pick(bits, self.kinds), pick(bits, self.levels)
        first, last = max(1, round(self.shortest * self.sample_rate)), round(self.longest * self.sample_rate)
        samples = first + round((last - first) * (bits(16) / 0xFFFF) ** 2)
        return Sound(kind, samples, self.sample_rate, *((0, 0) if kind == "silence" else (level, bits(4))))


def _noise(rng: np.random.Generator, samples: int, sample_rate: int) -> npt.NDArray[np.float64]:
    """Return noise whose spectrum falls by 0 to 6 dB per octave."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequencies = np.fft.rfftfreq(samples, 1 / sample_rate)
    return np.fft.irfft(spectrum / np.maximum(frequencies, 50) ** rng.uniform(0, 1), samples)


def _tones(rng: np.random.Generator, samples: int, sample_rate: int) -> npt.NDArray[np.float64]:
    """Return one to five sines between 80 Hz and 40 % of the sampling rate."""
    times = np.arange(samples) / sample_rate
    number = rng.integers(1, 6)
    frequencies = np.exp(rng.uniform(np.log(80), np.log(0.4 * sample_rate), number))
    phases, weights = rng.uniform(0, 2 * np.pi, number), rng.uniform(0.2, 1, number)
    return sum(
        (weights[n] * np.cos(2 * np.pi * frequencies[n] * times + phases[n]) for n in range(number)), np.zeros(samples)
    )


def _bursts(rng: np.random.Generator, samples: int, sample_rate: int) -> npt.NDArray[np.float64]:
    """Return harmonics of a voice that comes and goes about four times a second, over a floor of noise."""
    times = np.arange(samples) / sample_rate
    pitch, pace, phase = rng.uniform(90, 250), rng.uniform(3, 5), rng.uniform(0, 2 * np.pi)
    harmonics = range(1, min(20, int(0.4 * sample_rate / pitch)) + 1)
    voice = sum((np.sin(2 * np.pi * n * pitch * times) / n for n in harmonics), np.zeros(samples))
    syllables = np.maximum(np.sin(2 * np.pi * pace * times + phase), 0)
    return voice * syllables + _FLOOR * rng.standard_normal(samples)
