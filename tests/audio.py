"""Audio for the small datasets, and a real encoder for it."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from pytest_zrc.model.encoder import Features, Waveform
from tests.builders import SILENCE, TinyDataset, Utterance

RATE = 16_000


def add_audio(dataset: TinyDataset, *, rate: int = RATE, suffix: str = ".wav") -> dict[str, Path]:
    """Write the audio of a dataset where its index says, and return the paths by file id."""
    paths = {}
    for subset, utterances in dataset.utterances.items():
        for utterance in utterances:
            path = dataset.root / subset / f"{utterance.name}{suffix}"
            soundfile.write(path, make_speech(utterance, rate), rate)
            paths[utterance.name] = path
    return paths


def make_speech(utterance: Utterance, rate: int = RATE) -> Waveform:
    """Return soft noise, with two tones for each phone where the phone is."""
    noise = np.random.default_rng(zlib.crc32(utterance.name.encode()))
    samples = 0.01 * noise.standard_normal(int((utterance.last_offset + SILENCE) * rate))
    for token in utterance.tokens:
        start, end = (round(time * rate) for time in token.centre)
        tones = np.random.default_rng(zlib.crc32(token.phone.encode())).uniform(200, 3000, 2)
        times = np.arange(end - start) / rate
        samples[start:end] += 0.1 * np.sin(2 * np.pi * tones[:, None] * times).sum(axis=0)
    return samples.astype(np.float32)


class LogMel:
    """The logarithm of 20 mel bands every 10 ms, from frames that are padded at both ends."""

    def __init__(self, digest: str | None = "20 bands") -> None:
        """Make one whose weights have this name."""
        self.digest = digest

    def __call__(self, waveform: Waveform, sample_rate: int) -> Features:
        """Return an array of shape (frames, 20)."""
        size, step = sample_rate // 40, sample_rate // 100
        padded = np.pad(waveform, size // 2)
        windows = np.lib.stride_tricks.sliding_window_view(padded, size)[: len(waveform) : step]
        power = np.abs(np.fft.rfft(windows * np.hanning(size))) ** 2
        bands: Features = np.log(power @ _mel_bands(size, sample_rate) + 1e-6).astype(np.float32)
        return bands


def _mel_bands(size: int, rate: int) -> npt.NDArray[np.float64]:
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + rate / 2 / 700), 22) / 2595) - 1)
    bins = np.fft.rfftfreq(size, 1 / rate)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    bands: npt.NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    return bands
