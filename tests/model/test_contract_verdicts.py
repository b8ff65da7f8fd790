"""What the checks of a contract say, and what they leave to others."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pytest_zrc.model.clauses import CHECKS, Verdict
from pytest_zrc.model.contract import Contract
from pytest_zrc.model.encoder import AdaptedEncoder
from tests.model import defects, encoders
from tests.model.encoders import Array, Codec, log_mel


def contract_of(encoder: object, **options: object) -> Contract:
    return Contract(AdaptedEncoder.adapt(encoder), **options)  # type: ignore[arg-type]


def text_of(verdict: Verdict) -> str:
    (finding,) = verdict.findings
    return str(finding)


def test_a_crash_is_one_sentence_with_the_user_s_line() -> None:
    text = text_of(contract_of(defects.limited).verdict("long"))
    assert re.search(r"ValueError: more positions than embeddings \(\S*defects\.py:\d+\); expected", text)
    assert text.startswith(
        "ZRC-E14 encoder, given bursts of 60 s at 16000 Hz, level -20 dB, seed 0: the encoder raised"
    )


def test_what_depends_on_a_failed_check_is_not_judged() -> None:
    contract = contract_of(defects.transposed)
    assert contract.verdict("shape").findings
    for name in CHECKS.keys() - {"shape"}:
        assert contract.verdict(name) == Verdict(skipped="cannot be judged before the check shape passes")


@pytest.mark.parametrize(
    ("encoder", "needed"), [(defects.fixed_length, "frame-shift"), (defects.log_of_zero, "silence")]
)
def test_leading_silence_needs_a_frame_shift_and_silence(encoder: object, needed: str) -> None:
    verdict = contract_of(encoder).verdict("leading-silence")
    assert verdict == Verdict(skipped=f"cannot be judged before the check {needed} passes")


def test_uneven_frame_counts_are_named() -> None:
    text = text_of(contract_of(defects.fixed_length).verdict("frame-shift"))
    assert re.search(r"ZRC-E07 encoder: 2998 frames for 0\.1 s, .*2998 frames for 8 s; expected", text)


@pytest.mark.parametrize(("shift", "fits"), [(0.01, True), (0.01002, True), (0.0101, False), (0.02, False)])
def test_the_frame_shift_is_what_somebody_says(shift: float, fits: bool) -> None:
    verdict = contract_of(log_mel, declared={"feature_size in params.yaml": shift}).verdict("frame-shift")
    assert verdict.measured == {"frame_shift_ms": "10"}
    if not fits:
        assert f"a frame shift of 0.01 s; expected {shift:g} s, which feature_size in params.yaml says" in text_of(
            verdict
        )
    assert fits == (not verdict.findings)


def test_units_may_be_integers() -> None:
    assert not contract_of(encoders.units, units=True).verdict("float").findings
    assert contract_of(encoders.units).verdict("float").findings
    contract = contract_of(encoders.units, units=True, long=5.0)
    assert not any(contract.verdict(name).findings for name in CHECKS)


def test_an_encoder_may_refuse_other_rates() -> None:
    def at_16_khz(waveform: Array, sample_rate: int) -> Array:
        if sample_rate != 16000:
            raise ValueError("16 kHz only")
        return log_mel(waveform, sample_rate)

    assert contract_of(at_16_khz).verdict("frame-shift") == Verdict(measured={"frame_shift_ms": "10"})


def test_sounds_have_the_rate_that_the_encoder_wants() -> None:
    def encode(waveform: Array, sample_rate: int) -> Array:
        rates.add(sample_rate)
        return Codec()(waveform, sample_rate)

    rates: set[int] = set()
    encode.sample_rate = 24000  # type: ignore[attr-defined]
    contract = contract_of(encode)
    for name in CHECKS:
        contract.verdict(name)
    assert rates == {24000}


def test_the_change_by_leading_silence_is_measured() -> None:
    local = contract_of(log_mel).verdict("leading-silence").measured["leading_silence_change"]
    over_utterance = contract_of(encoders.normalised).verdict("leading-silence").measured["leading_silence_change"]
    assert local == "0"
    assert float(over_utterance) > 0.1


@pytest.mark.parametrize(("leak", "found"), [(1e-4, False), (0.1, True)])
def test_batches_may_differ_by_a_hundredth_of_the_scale_however_large_the_mean(leak: float, found: bool) -> None:
    class Leaking:
        def __call__(self, waveform: Array, sample_rate: int) -> Array:
            return 100 + log_mel(waveform, sample_rate)

        def encode_batch(self, waveforms: list[Array], sample_rate: int) -> list[Array]:
            return [self(one, sample_rate) + np.float32(leak * len(waveforms)) for one in waveforms]

    assert bool(contract_of(Leaking()).verdict("batch").findings) == found


def test_a_check_is_made_once() -> None:
    contract = contract_of(log_mel)
    assert contract.verdict("shape") is contract.verdict("shape")
