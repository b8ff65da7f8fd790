"""A small encoder: log-mel spectra, convolutions over what has been heard so far, features every 10 ms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torch.nn.utils.rnn import pad_sequence

SAMPLE_RATE = 16_000  # Hz
HOP, WINDOW = 160, 400  # samples: 10 ms, 25 ms
MELS, DIMENSION, LAYERS = 40, 48, 3
WEIGHTS = Path(__file__).with_name("weights.npz")


class Encoder(nn.Module):
    """Makes features of speech; what it learnt it learnt without labels, in ``train.py``.

    pytest-zrc asks for no more than that it can be called with a waveform and its sampling rate. ``sample_rate`` has
    other audio resampled first, ``encode_batch`` encodes several files at once.
    """

    sample_rate = SAMPLE_RATE
    filters: Tensor
    window: Tensor

    def __init__(self) -> None:
        """Make an encoder with random weights."""
        super().__init__()
        sizes = [MELS] + [DIMENSION] * LAYERS
        self.layers = nn.ModuleList(
            nn.Conv1d(before, after, kernel_size=3, dilation=2**index)
            for index, (before, after) in enumerate(pairwise(sizes))
        )
        self.register_buffer("filters", _mel_filters(), persistent=False)
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Encoder:
        """Make the encoder that was trained."""
        encoder = cls()
        with np.load(path, allow_pickle=False) as weights:
            encoder.load_state_dict({name: torch.from_numpy(weights[name]) for name in weights})
        return encoder.eval()

    def save(self, path: Path = WEIGHTS) -> None:
        """Write the weights."""
        np.savez(path, **{name: weight.numpy() for name, weight in self.state_dict().items()})

    def forward(self, waveform: Tensor, sample_rate: int) -> Tensor:
        """Return the features, shape (frames, DIMENSION), of a waveform, shape (samples,)."""
        return self.encode_batch([waveform], sample_rate)[0]

    def encode_batch(self, waveforms: Sequence[Tensor], sample_rate: int) -> list[Tensor]:
        """Return the features of several waveforms; being causal, the convolutions do not see the padding."""
        if sample_rate != SAMPLE_RATE:
            raise ValueError(f"audio at {sample_rate} Hz: this encoder was trained at {SAMPLE_RATE} Hz")
        spectra = [self.spectra(waveform) for waveform in waveforms]
        features = self.context(pad_sequence(spectra, batch_first=True))
        return [one[: len(frames)] for one, frames in zip(features, spectra, strict=True)]

    def spectra(self, waveform: Tensor) -> Tensor:
        """Return log-mel spectra, shape (frames, MELS), one for each whole hop, normalised over the utterance."""
        count = len(waveform) // HOP
        if count == 0:
            return waveform.new_zeros(0, MELS)
        edge = (WINDOW - HOP) // 2
        frames = pad(waveform[: count * HOP], (edge, edge)).unfold(0, WINDOW, HOP)
        power: Tensor = torch.fft.rfft(frames * self.window).abs().square()
        spectra = (power @ self.filters + 1e-6).log()  # silence has a logarithm, too
        centred = spectra - spectra.mean(dim=0)
        return centred / (centred.square().mean(dim=0).sqrt() + 0.1)

    def context(self, spectra: Tensor) -> Tensor:
        """Return features, shape (batch, frames, DIMENSION), of spectra, shape (batch, frames, MELS)."""
        if spectra.shape[1] == 0:  # of less than a hop
            return spectra.new_zeros(len(spectra), 0, DIMENSION)
        hidden = spectra.mT
        for index, layer in enumerate(self.layers):
            new = layer(pad(hidden, (2 * 2**index, 0))).relu()
            hidden = new if index == 0 else hidden + new
        return hidden.mT


def _mel_filters() -> Tensor:
    """Return triangular filters, equally spaced in mel, shape (frequencies, MELS)."""
    top = 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, MELS + 2) / 2595) - 1)
    frequencies = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)[:, None]
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    return torch.from_numpy(np.minimum(rising, falling).clip(min=0)).float()
