"""Encoders with one defect each, as people make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from tests.model.encoders import Array, Wav2Vec, log_mel, padded_frames

RNG = np.random.default_rng(1)


def crashes(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform[:, None], sample_rate)


def three_dimensional(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform, sample_rate)[None]


def one_dimensional(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform, sample_rate)[:, 0]


def transposed(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform, sample_rate).T


def rounded(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform, sample_rate).astype(np.int32)


def overflowing(waveform: Array, sample_rate: int) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(log_mel(waveform, sample_rate)).astype(np.float32).astype(np.float16) * np.float16(8000)


def log_of_zero(waveform: Array, sample_rate: int) -> Array:
    if len(waveform) < 400:
        return np.zeros((0, 20), np.float32)
    with np.errstate(divide="ignore"):
        return log_mel(waveform, sample_rate, floor=0)


def division_by_variance(waveform: Array, sample_rate: int) -> Array:
    if len(waveform) < 400:
        return np.zeros((0, 20), np.float32)
    with np.errstate(invalid="ignore"):
        return log_mel((waveform - waveform.mean()) / waveform.std(), sample_rate)


def flattened(waveform: Array, sample_rate: int) -> Array:
    """Lose bands where the input is shorter than a second."""
    return log_mel(waveform, sample_rate)[:, : 20 if len(waveform) >= sample_rate else 19]


def drifting(waveform: Array, sample_rate: int) -> Array:
    """Take longer steps the later it is."""
    features = log_mel(waveform, sample_rate)
    steps = np.cumsum(np.linspace(1, 1 + len(features) / 600, len(features)))
    kept: Array = np.unique(np.minimum(steps.astype(int), len(features) - 1))
    return features[kept]


def fixed_length(waveform: Array, sample_rate: int) -> Array:
    padded = np.zeros(30 * sample_rate, np.float32)
    padded[: len(waveform)] = waveform[: len(padded)]
    return log_mel(padded, sample_rate)


def ignores_the_rate(waveform: Array, _: int) -> Array:
    return padded_frames(waveform, 320)


def chunked(waveform: Array, sample_rate: int) -> Array:
    """Lose a frame at the end of every chunk of 10 s."""
    chunks = [waveform[first : first + 160000] for first in range(0, len(waveform), 160000)]
    return np.concatenate([log_mel(chunk, sample_rate) for chunk in chunks])


def limited(waveform: Array, sample_rate: int) -> Array:
    if len(waveform) > 30 * sample_rate:
        raise ValueError("more positions than embeddings")
    return log_mel(waveform, sample_rate)


def limited_to_5_s(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform, sample_rate) if len(waveform) <= 5 * sample_rate else waveform[None] @ waveform[1:]


def needs_a_window(waveform: Array, sample_rate: int) -> Array:
    frames = np.lib.stride_tricks.sliding_window_view(waveform, sample_rate // 40)[:: sample_rate // 100]
    return np.abs(np.fft.rfft(frames))[:, :20]


def trimming(waveform: Array, sample_rate: int) -> Array:
    heard = np.flatnonzero(np.abs(waveform) > 1e-9)
    return log_mel(waveform[heard[0] :] if len(heard) else waveform, sample_rate)


def random_dither(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform + 1e-4 * RNG.standard_normal(len(waveform)), sample_rate)


def global_dither(waveform: Array, sample_rate: int) -> Array:
    return log_mel(waveform + 1e-4 * np.random.standard_normal(len(waveform)), sample_rate)  # noqa: NPY002


class KeepsState:
    """Starts with the mean of the input before."""

    def __init__(self) -> None:
        self.mean = 0.0

    def __call__(self, waveform: Array, sample_rate: int) -> Array:
        features = log_mel(waveform, sample_rate) - self.mean
        self.mean = 0.9 * self.mean + 0.1 * float(features.mean())
        return features


def with_dropout() -> Callable[[Array, int], Any]:
    """Return a model that is hidden in a function, so that nobody switches dropout off."""
    model = Wav2Vec().train()

    def encode(waveform: Array, _: int) -> Any:  # noqa: ANN401
        return model(torch.from_numpy(waveform), 16000)

    encode.sample_rate = 16000  # type: ignore[attr-defined]
    return encode


class Unmasked(Wav2Vec):
    """Attends to padding."""

    def mask(self, padding: torch.Tensor) -> torch.Tensor | None:
        return torch.zeros_like(padding)


class NormalisedWithPadding(Wav2Vec):
    """Normalises frames over all of the batch, padding included, as a norm over groups does."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions.append(OverTime())


class OverTime(nn.Module):
    """Takes out the mean over time."""

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden - hidden.mean(dim=2, keepdim=True)


class Uncut(Wav2Vec):
    """Returns frames of padding, too."""

    def encode_batch(self, waveforms: Sequence[torch.Tensor], sample_rate: int) -> list[torch.Tensor]:
        longest = max(map(len, waveforms))
        padded = [nn.functional.pad(waveform, (0, longest - len(waveform))) for waveform in waveforms]
        return super().encode_batch(padded, sample_rate)


class CrashesInBatches(Wav2Vec):
    """Takes it that all waveforms are equally long."""

    def forward(self, waveform: torch.Tensor, sample_rate: int) -> torch.Tensor:
        return super().encode_batch([waveform], sample_rate)[0]

    def encode_batch(self, waveforms: Sequence[torch.Tensor], sample_rate: int) -> list[torch.Tensor]:
        return super().encode_batch(list(torch.stack(list(waveforms))), sample_rate)


class SaysAnotherShift:
    """Says 20 ms."""

    frame_shift = 0.02

    def __call__(self, waveform: Array, sample_rate: int) -> Array:
        return log_mel(waveform, sample_rate)
