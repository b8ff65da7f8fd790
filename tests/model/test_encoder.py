"""Whatever a user calls an encoder takes and gives NumPy arrays, and fails with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from pytest_zrc.errors import ZrcError
from pytest_zrc.model.encoder import AdaptedEncoder, Features, Waveform

NOISE = np.random.default_rng(1).standard_normal(1600).astype(np.float32)


def frames(waveform: Waveform, sample_rate: int) -> Features:
    """Cut a waveform into frames of 10 ms."""
    step = sample_rate // 100
    return waveform[: len(waveform) // step * step].reshape(-1, step)


class Network(torch.nn.Module):
    """Frames through a layer, with dropout."""

    sample_rate = 16_000.0

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(160, 4)
        self.dropout = torch.nn.Dropout(0.5)
        self.seen: list[Any] = []

    def forward(self, waveform: torch.Tensor, sample_rate: int) -> torch.Tensor:
        self.seen.append((waveform.dtype, sample_rate, torch.is_inference_mode_enabled(), self.training))
        features: torch.Tensor = self.dropout(self.layer(waveform.reshape(-1, 160)))
        return features


class Batched:
    """Encodes several waveforms at once."""

    batch_size = 3
    digest = "the third of May"

    def __call__(self, waveform: Waveform, sample_rate: int) -> Features:
        return frames(waveform, sample_rate)

    def encode_batch(self, waveforms: Sequence[Waveform], sample_rate: int) -> Sequence[Features]:
        return tuple(frames(waveform, sample_rate) for waveform in waveforms)


def test_a_function_is_called_with_numpy() -> None:
    encoder = AdaptedEncoder.adapt(frames)
    assert np.array_equal(encoder.encode(NOISE, 16_000), NOISE.reshape(-1, 160))
    assert (encoder.batched, encoder.sample_rate, encoder.digest, encoder.frame_shift) == (False, None, None, None)
    assert encoder.name == "tests.model.test_encoder.frames"


def test_a_module_is_called_with_tensors_in_evaluation_mode_and_without_gradients() -> None:
    network = Network()
    encoder = AdaptedEncoder.adapt(network)
    features = encoder.encode(NOISE, 16_000)
    assert features.shape == (10, 4)
    assert features.dtype == np.float32
    assert network.seen == [(torch.float32, 16_000, True, False)]
    assert encoder.sample_rate == 16_000


def test_a_batch_is_encoded_at_once_where_the_encoder_can() -> None:
    encoder = AdaptedEncoder.adapt(Batched())
    assert (encoder.batched, encoder.batch_size, encoder.digest) == (True, 3, "the third of May")
    waveforms = [NOISE, NOISE[:800]]
    for one, waveform in zip(encoder.encode_batch(waveforms, 16_000), waveforms, strict=True):
        assert np.array_equal(one, frames(waveform, 16_000))
    assert [one.shape for one in AdaptedEncoder.adapt(frames).encode_batch(waveforms, 16_000)] == [(10, 160), (5, 160)]


def test_the_encoder_cannot_change_the_waveform_nor_its_output_later() -> None:
    kept = []

    def in_place(waveform: Waveform, sample_rate: int) -> Features:
        waveform /= 2
        kept.append(frames(waveform, sample_rate))
        return kept[0]

    before = NOISE.copy()
    features = AdaptedEncoder.adapt(in_place).encode(NOISE, 16_000)
    kept[0][:] = 0
    assert np.array_equal(NOISE, before)
    assert np.array_equal(features, before.reshape(-1, 160) / 2)


def test_half_precision_of_torch_becomes_numpy() -> None:
    encoder = AdaptedEncoder.adapt(lambda waveform, _: torch.from_numpy(waveform).reshape(-1, 160).bfloat16())
    assert encoder.encode(NOISE, 16_000).dtype == np.float32


def test_the_digest_of_a_module_is_that_of_its_weights() -> None:
    network, other = Network(), Network()
    digest = AdaptedEncoder.adapt(network).digest
    other.load_state_dict(network.state_dict())
    assert AdaptedEncoder.adapt(other).digest == digest
    with torch.no_grad():
        other.layer.bias[0] += 1e-6
    assert AdaptedEncoder.adapt(other).digest != digest


def test_an_exception_is_a_sentence_with_the_line_of_the_user_s_code() -> None:
    def fails(waveform: Waveform, sample_rate: int) -> Features:
        return np.concatenate([waveform, np.zeros((sample_rate, 1), np.float32)])

    with pytest.raises(ZrcError, match=r"^the encoder raised: ValueError: .* \(.*test_encoder.py:\d+\)$"):
        AdaptedEncoder.adapt(fails).encode(NOISE, 16_000)


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (None, r"the encoder returned None: return an array or a tensor of shape \(frames, dimension\)"),
        ([[1.0]], "the encoder returned a list"),
        ((NOISE, 3), "the encoder returned a tuple"),
    ],
)
def test_what_is_no_array_is_refused(returned: object, sentence: str) -> None:
    with pytest.raises(ZrcError, match=sentence):
        AdaptedEncoder.adapt(lambda _waveform, _rate: returned).encode(NOISE, 16_000)


@pytest.mark.parametrize("returned", [None, [NOISE], [NOISE] * 3])
def test_a_batch_needs_as_many_outputs(returned: object) -> None:
    encoder = Batched()
    encoder.encode_batch = lambda _waveforms, _rate: returned  # type: ignore[method-assign,assignment,return-value]
    with pytest.raises(ZrcError, match="for 2 waveforms: return one array for each"):
        AdaptedEncoder.adapt(encoder).encode_batch([NOISE, NOISE], 16_000)


@pytest.mark.parametrize(("given", "sentence"), [(Network, "is the class Network"), (3, "of type int, which cannot")])
def test_what_cannot_be_called_is_refused(given: object, sentence: str) -> None:
    with pytest.raises(ZrcError, match=sentence):
        AdaptedEncoder.adapt(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sample_rate", 0), ("sample_rate", 22.05), ("batch_size", "8"), ("frame_shift", -1), ("digest", 5)],
)
def test_what_an_encoder_says_of_itself_must_make_sense(name: str, value: object) -> None:
    encoder = Batched()
    setattr(encoder, name, value)
    with pytest.raises(ZrcError, match=f"the encoder's {name} is {value!r}: make it a"):
        AdaptedEncoder.adapt(encoder)
