"""Right encoders keep their contract; every defect is found by the check that is meant for it, and by no other."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_zrc.checks.catalogue import CATALOGUE
from pytest_zrc.model.clauses import CHECKS
from pytest_zrc.model.contract import Contract
from pytest_zrc.model.encoder import AdaptedEncoder
from tests.model import defects, encoders

GOOD: dict[str, tuple[Any, str]] = {  # with the frame shift in ms
    "log-mel": (encoders.log_mel, "10"),
    "mfcc": (encoders.mfcc, "10"),
    "valid windows": (encoders.valid_log_mel, "10"),
    "utterance normalised": (encoders.normalised, "10"),
    "resampling": (encoders.at_24_khz, "13.3333"),
    "stacked frames": (encoders.stacked, "30"),
    "codec": (encoders.Codec(), "80"),
    "wav2vec": (encoders.Wav2Vec(), "20"),
    "wav2vec in half precision": (encoders.InHalfPrecision(), "20"),
    "cpc": (encoders.CPC(), "10"),
}

DEFECTS: dict[str, tuple[Any, str, str]] = {
    "crash": (defects.crashes, "shape", "ZRC-E01"),
    "crash above 5 s": (defects.limited_to_5_s, "shape", "ZRC-E01"),
    "3D": (defects.three_dimensional, "shape", "ZRC-E02"),
    "1D": (defects.one_dimensional, "shape", "ZRC-E02"),
    "transposed": (defects.transposed, "shape", "ZRC-E03"),
    "integers": (defects.rounded, "float", "ZRC-E04"),
    "overflow": (defects.overflowing, "finite", "ZRC-E05"),
    "dimension by length": (defects.flattened, "dimension", "ZRC-E06"),
    "drift": (defects.drifting, "frame-shift", "ZRC-E07"),
    "fixed length": (defects.fixed_length, "frame-shift", "ZRC-E07"),
    "rate ignored": (defects.ignores_the_rate, "frame-shift", "ZRC-E08"),
    "wrong declaration": (defects.SaysAnotherShift(), "frame-shift", "ZRC-E09"),
    "dropout": (defects.with_dropout(), "repeatable", "ZRC-E10"),
    "random numbers of its own": (defects.random_dither, "repeatable", "ZRC-E10"),
    "global random numbers": (defects.global_dither, "repeatable", "ZRC-E10"),
    "state": (defects.KeepsState(), "repeatable", "ZRC-E10"),
    "attention to padding": (defects.Unmasked(), "batch", "ZRC-E11"),
    "padding in a norm": (defects.NormalisedWithPadding(), "batch", "ZRC-E11"),
    "frames of padding": (defects.Uncut(), "batch", "ZRC-E11"),
    "crash in batches": (defects.CrashesInBatches(), "batch", "ZRC-E11"),
    "log of 0": (defects.log_of_zero, "silence", "ZRC-E12"),
    "division by variance": (defects.division_by_variance, "silence", "ZRC-E12"),
    "shorter than a window": (defects.needs_a_window, "short", "ZRC-E13"),
    "frames lost at chunks": (defects.chunked, "long", "ZRC-E14"),
    "too long": (defects.limited, "long", "ZRC-E14"),
    "trimming": (defects.trimming, "leading-silence", "ZRC-E15"),
}


def contract_of(encoder: object) -> Contract:
    return Contract(AdaptedEncoder.adapt(encoder))


@pytest.mark.parametrize("name", GOOD)
def test_a_right_encoder_keeps_its_contract(name: str) -> None:
    encoder, shift = GOOD[name]
    contract = contract_of(encoder)
    for check in CHECKS:
        assert contract.verdict(check).findings == ()
    skipped = {check for check in CHECKS if contract.verdict(check).skipped}
    assert skipped == (set() if hasattr(encoder, "encode_batch") else {"batch"})
    assert contract.verdict("frame-shift").measured == {"frame_shift_ms": shift}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_by_its_check_alone(name: str) -> None:
    encoder, check, code = DEFECTS[name]
    contract = contract_of(encoder)
    found = {one: contract.verdict(one).findings for one in CHECKS if contract.verdict(one).findings}
    assert {one: [finding.code for finding in findings] for one, findings in found.items()} == {check: [code]}
    for text in map(str, found[check]):
        assert re.fullmatch(rf"{code} \S.*: \S.*; expected \S.*\. [A-Z].*[^.]\.", text)
        assert "{" not in text


def test_every_code_is_provoked() -> None:
    assert {code for _, _, code in DEFECTS.values()} == {code for code in CATALOGUE if code.startswith("ZRC-E")}
