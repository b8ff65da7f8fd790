"""Small real encoders of the kinds that are in use, all of them implemented right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

Array = npt.NDArray[Any]


def mel_filters(bands: int, size: int, sample_rate: int) -> Array:
    """Return triangles on the mel scale up to half of the sampling rate: shape (bands, size // 2 + 1)."""
    top = 2595 * math.log10(1 + sample_rate / 1400)
    edges = 700 * (10 ** (np.linspace(0, top, bands + 2) / 2595) - 1)
    frequencies = np.linspace(0, sample_rate / 2, size // 2 + 1)[None]
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    slopes: Array = np.minimum((frequencies - low) / (middle - low), (high - frequencies) / (high - middle))
    return np.maximum(slopes, 0)


def log_mel(waveform: Array, sample_rate: int, floor: float = 1e-8) -> Array:
    """Return log-mel energies: 25 ms windows that must fit, every 10 ms; short inputs are padded to one window."""
    window, hop = round(0.025 * sample_rate), round(0.01 * sample_rate)
    padded = np.pad(waveform, (0, max(0, window - len(waveform))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop] * np.hanning(window)
    power = np.abs(np.fft.rfft(frames)) ** 2
    return np.log(power @ mel_filters(20, window, sample_rate).T + floor).astype(np.float32)


def valid_log_mel(waveform: Array, sample_rate: int) -> Array:
    """Return log-mel energies of the windows that fit: none where the input is shorter than the first."""
    energies = log_mel(waveform, sample_rate)
    return energies if len(waveform) >= round(0.025 * sample_rate) else energies[:0]


def stacked(waveform: Array, sample_rate: int) -> Array:
    """Return three frames of log-mel energies side by side, every 30 ms; the last ones are repeated to make three."""
    energies = log_mel(waveform, sample_rate)
    return np.pad(energies, ((0, -len(energies) % 3), (0, 0)), mode="edge").reshape(-1, 60)


def mfcc(waveform: Array, sample_rate: int) -> Array:
    """Return 13 cepstra of centred windows, with their differences in time."""
    half = round(0.0125 * sample_rate)
    energies = log_mel(np.pad(waveform, half), sample_rate)
    bands = np.arange(20)
    cepstra = energies @ np.cos(np.pi / 20 * np.outer(bands + 0.5, np.arange(13)))
    return np.hstack([cepstra, np.gradient(cepstra, axis=0) if len(cepstra) > 1 else np.zeros_like(cepstra)])


def normalised(waveform: Array, sample_rate: int) -> Array:
    """Return log-mel energies, of mean 0 and variance 1 over the utterance."""
    energies = log_mel(waveform, sample_rate)
    centred: Array = energies - energies.mean(axis=0)
    scaled: Array = centred / (energies.std(axis=0) + 1e-5)
    return scaled


def at_24_khz(waveform: Array, sample_rate: int) -> Array:
    """Resample to 24 kHz, whatever comes, and cut into frames of 13.3 ms, the last one padded."""
    times = np.arange(math.ceil(len(waveform) * 24000 / sample_rate)) / 24000
    resampled = np.interp(times, np.arange(len(waveform)) / sample_rate, waveform)
    return padded_frames(resampled, 320)


def padded_frames(waveform: Array, hop: int) -> Array:
    """Return a spectrum of each ``hop`` samples, the last ones padded with zeros."""
    frames = np.pad(waveform, (0, -len(waveform) % hop)).reshape(-1, hop)
    return np.log1p(np.abs(np.fft.rfft(frames))[:, :16]).astype(np.float32)


class Codec:
    """Frames of 80 ms, padded at the end, of audio at 24 kHz only."""

    sample_rate = 24000

    def __call__(self, waveform: Array, sample_rate: int) -> Array:
        assert sample_rate == self.sample_rate
        return padded_frames(waveform, 1920)


def units(waveform: Array, sample_rate: int) -> Array:
    """Return the loudest band of each frame, as an integer."""
    loudest: Array = log_mel(waveform, sample_rate).argmax(axis=1)
    return loudest[:, None]


class Wav2Vec(nn.Module):
    """A convolutional encoder with the strides of wav2vec 2.0, and a transformer over all frames; 16 kHz.

    The waveform is normalised, and batches are padded: padding is masked wherever frames could see it.
    """

    sample_rate = 16000
    kernels, strides = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)
    field = 400  # samples

    def __init__(self, dimension: int = 16, *, dropout: float = 0.1) -> None:
        super().__init__()
        torch.manual_seed(1)
        widths = [1] + [dimension] * len(self.kernels)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(widths[n], dimension, kernel, stride)
            for n, (kernel, stride) in enumerate(zip(self.kernels, self.strides, strict=True))
        )
        layer = nn.TransformerEncoderLayer(dimension, 2, 2 * dimension, dropout, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.dimension = dimension

    def forward(self, waveform: torch.Tensor, sample_rate: int) -> torch.Tensor:
        return self.encode_batch([waveform], sample_rate)[0]

    def encode_batch(self, waveforms: Sequence[torch.Tensor], sample_rate: int) -> list[torch.Tensor]:
        assert sample_rate == self.sample_rate
        lengths = [max(len(waveform), self.field) for waveform in waveforms]
        frames = [(length - self.field) // 320 + 1 for length in lengths]
        batch = torch.zeros(len(waveforms), max(lengths))
        for row, waveform in zip(batch, waveforms, strict=True):
            row[: len(waveform)] = self.normalise(waveform)
        hidden = batch[:, None]
        for convolution in self.convolutions:
            hidden = torch.nn.functional.gelu(convolution(hidden))
        hidden = hidden.transpose(1, 2)
        padding = torch.arange(hidden.shape[1])[None] >= torch.tensor(frames)[:, None]
        out = self.transformer(hidden, src_key_padding_mask=self.mask(padding))
        return [row[:number] for row, number in zip(out, frames, strict=True)]

    def normalise(self, waveform: torch.Tensor) -> torch.Tensor:
        return (waveform - waveform.mean()) / torch.sqrt(waveform.var(correction=0) + 1e-7)

    def mask(self, padding: torch.Tensor) -> torch.Tensor | None:
        return padding


class InHalfPrecision(Wav2Vec):
    """Convolutions and a transformer of which every output is rounded to 10 bits."""

    def encode_batch(self, waveforms: Sequence[torch.Tensor], sample_rate: int) -> list[torch.Tensor]:
        return [features.half() for features in super().encode_batch(waveforms, sample_rate)]


class CPC(nn.Module):
    """Convolutions and a recurrent network, whose state is forgotten between inputs; 16 kHz, 10 ms."""

    sample_rate = 16000

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.convolutions = nn.Sequential(
            nn.Conv1d(1, 12, 10, 5, padding=3), nn.ReLU(), nn.Conv1d(12, 12, 64, 32, padding=16), nn.ReLU()
        )
        self.context = nn.GRU(12, 12, batch_first=True)

    def forward(self, waveform: torch.Tensor, sample_rate: int) -> torch.Tensor:
        assert sample_rate == self.sample_rate
        padded = nn.functional.pad(waveform, (0, max(0, 465 - len(waveform))))
        hidden = self.convolutions(padded[None, None]).transpose(1, 2)
        frames: torch.Tensor = self.context(hidden)[0][0]
        return frames.double()
