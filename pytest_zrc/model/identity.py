"""Which encoder is this? What tells two encoders apart, so that features are only used again where nothing changed."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass

import numpy as np

from pytest_zrc.errors import ZrcError
from pytest_zrc.model import audio
from pytest_zrc.model.encoder import AdaptedEncoder, Features, Waveform
from pytest_zrc.model.threads import limited_threads

_USUAL_RATE = 16_000  # Hz, for an encoder that takes any
_CLOSE = 1e-3  # as near as outputs of one encoder are, on whatever processor; others differ by far more


@dataclass(frozen=True, slots=True)
class Identity:
    """What an encoder is known by.

    Attributes:
        fingerprint: a SHA-256 over its weights, what it does to a few fixed waveforms, and the software; ``None`` where
            it does not say what its weights are: it may be another one in the next run.
        outputs: the number of frames, the dimension, and the mean and the spread of each of those outputs.
    """

    fingerprint: str | None
    outputs: list[list[float]]

    @classmethod
    def of(cls, encoder: AdaptedEncoder) -> Identity:
        """Encode the fixed waveforms.

        Raises:
            ZrcError: the encoder fails for them.
        """
        rate = encoder.sample_rate or _USUAL_RATE
        try:
            with limited_threads(1):  # sums by several threads may differ in the last bit
                outputs = encoder.encode_batch(_probes(rate), rate)
        except ZrcError as error:
            raise ZrcError(f"encoding noise and tones of 1 and 2 s at {rate} Hz: {error}") from None
        return cls(_fingerprint(encoder, outputs), [_summary(output) for output in outputs])

    def resembles(self, outputs: list[list[float]]) -> bool:
        """Tell whether the encoder of another process is this one, as far as its outputs say."""
        return np.shape(outputs) == np.shape(self.outputs) and np.allclose(
            outputs, self.outputs, rtol=_CLOSE, atol=1e-8, equal_nan=True
        )


def _probes(rate: int) -> list[Waveform]:
    """Return a second of noise and two of tones."""
    noise = 0.1 * np.random.default_rng(0).standard_normal(rate)
    times = np.arange(2 * rate) / rate
    tones = 0.1 * (np.sin(2 * np.pi * 210 * times) + np.sin(2 * np.pi * 1130 * times) * np.sin(6 * times))
    return [noise.astype(np.float32), tones.astype(np.float32)]


def _fingerprint(encoder: AdaptedEncoder, outputs: list[Features]) -> str | None:
    if encoder.digest is None:
        return None
    torch = sys.modules.get("torch")
    known = {
        "weights": encoder.digest,
        "outputs": [(str(one.dtype), one.shape, hashlib.sha256(one.tobytes()).hexdigest()) for one in outputs],
        "sample_rate": encoder.sample_rate,
        "batch": encoder.batch_size if encoder.batched else None,
        "device": encoder.device,
        "versions": {"numpy": np.__version__, "torch": str(getattr(torch, "__version__", "")), **audio.versions()},
    }
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _summary(output: Features) -> list[float]:
    """Return figures that hardly two encoders share; the shape of what is no matrix is seen elsewhere."""
    values = output.astype(np.float64) if output.dtype.kind in "fiub" and output.size else np.zeros(1)
    with np.errstate(all="ignore"):  # what is not finite is seen elsewhere, too
        moments = [float(values.mean()), float(values.std())]
    return [float(output.shape[0] if output.ndim else 0), float(output.size), *moments]
