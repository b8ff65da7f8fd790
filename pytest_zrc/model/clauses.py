"""The checks of an encoder's contract, and what each comes to. ``docs/contract.md`` says why they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.errors import ZrcError
from pytest_zrc.model.bench import REFERENCES, Bench, Fields, not_finite
from pytest_zrc.model.encoder import Features
from pytest_zrc.model.frame_shift import FrameShift
from pytest_zrc.model.search import Bits, pick
from pytest_zrc.model.sounds import Sound

# How far apart the frames of two outputs may be, over the features' scale.
SAME_IN_BATCH = 0.01
SAME_ON_CUDA = 0.001  # where sums come in any order; on the CPU nothing may differ

BEFORE = "cannot be judged before the check {} passes"

_LONG_ENOUGH = 0.5  # seconds: for one frame at least
_OTHER_RATE = 1.5  # of the usual sampling rate; higher, as filters may reach up to half of that
_EDGE = 2  # frames that may be more or fewer than expected, as rounding has it
_MOST_LEAD = 32  # frames
_SHIFT_TOLERANCE = 0.005  # of a frame shift that somebody says


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check comes to.

    Attributes:
        findings: what is wrong; none where the contract is kept.
        skipped: why it could not be judged; empty where it was.
        measured: what is worth knowing besides, by name.
    """

    findings: tuple[Finding, ...] = ()
    skipped: str = ""
    measured: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """A check of an encoder.

    Attributes:
        judge: runs it.
        needs: the checks without which it would only say again what they say.
    """

    judge: Callable[[Bench], Verdict]
    needs: tuple[str, ...] = ()


def _shape(bench: Bench) -> Verdict:
    def fails(sound: Sound) -> Fields | None:
        try:
            bench.features(sound)
        except ZrcError as error:
            return {"problem": error}
        return None

    def is_not_2d(sound: Sound) -> Fields | None:
        features = bench.features(sound)
        enough = features.ndim == 2 and (len(features) or sound.duration < _LONG_ENOUGH)
        return None if enough and features.shape[1] else {"shape": features.shape, "seconds": _LONG_ENOUGH}

    found = _found("ZRC-E01", bench.search_ordinary(fails))
    found = found or _found("ZRC-E02", bench.search_ordinary(is_not_2d))
    return Verdict(found or _transposed(bench))


def _transposed(bench: Bench) -> tuple[Finding, ...]:
    sounds = [bench.noise(seconds) for seconds in REFERENCES]
    rows, columns = zip(*(bench.features(sound).shape for sound in sounds), strict=True)
    if len(set(rows)) > 1 or list(columns) != sorted(set(columns)):
        return ()
    return (_finding("ZRC-E03", sounds[-1], rows=rows[-1], shape=(rows[-1], columns[-1])),)


def _float(bench: Bench) -> Verdict:
    def is_no_float(sound: Sound) -> Fields | None:
        dtype = bench.features(sound).dtype
        return None if dtype.kind in ("fiu" if bench.units else "f") else {"dtype": dtype}

    return Verdict(_found("ZRC-E04", bench.search_ordinary(is_no_float)))


def _finite(bench: Bench) -> Verdict:
    def is_not_finite(sound: Sound) -> Fields | None:
        features = bench.features(sound)
        places = np.argwhere(~np.isfinite(features))
        if not len(places):
            return None
        return {"n": len(places), "size": features.size, "frame": places[0, 0], "column": places[0, 1]}

    return Verdict(_found("ZRC-E05", bench.search_ordinary(is_not_finite)))


def _dimension(bench: Bench) -> Verdict:
    def is_another(sound: Sound) -> Fields | None:
        columns = bench.features(sound).shape[1]
        return None if columns == bench.dimension else {"dimension": columns}

    found = bench.search_ordinary(is_another)
    return Verdict(_found("ZRC-E06", found, expected=bench.dimension, reference=bench.noise(1.0)))


def _frame_shift(bench: Bench) -> Verdict:
    fit = bench.frame_shift
    if fit is None:
        return Verdict((_finding("ZRC-E07", counts=_uneven_counts(bench)),))
    others = [
        _finding("ZRC-E09", shift=fit.value, expected=shift, source=source)
        for source, shift in bench.declared.items()
        if not fit.low * (1 - _SHIFT_TOLERANCE) <= shift <= fit.high * (1 + _SHIFT_TOLERANCE)
    ]
    ignored = _ignored_rate(bench, fit) if bench.encoder.sample_rate is None else None
    findings = (*others, *([ignored] if ignored else []))
    return Verdict(findings, measured={"frame_shift_ms": f"{1000 * fit.value:.6g}"})


def _uneven_counts(bench: Bench) -> str:
    """Say how many frames the shortest and the longest sound have, and the one farthest from the line between them."""
    counts = {sound.duration: len(bench.features(sound)) for sound in bench.ordinary}
    seconds, frames = np.array(list(counts)), np.array(list(counts.values()))
    line = np.interp(seconds, seconds[[0, -1]], frames[[0, -1]])
    shown = sorted({0, int(np.abs(frames - line).argmax()), len(seconds) - 1})
    return ", ".join(f"{frames[n]} frames for {seconds[n]:.4g} s" for n in shown)


def _ignored_rate(bench: Bench, fit: FrameShift) -> Finding | None:
    """Compare frame counts at another sampling rate, unless it is refused, as it will be in a dataset."""
    rate = round(_OTHER_RATE * bench.sample_rate)
    for seconds in REFERENCES[:3]:
        sound = Sound("noise", round(seconds * rate), rate, level=-20)
        try:
            features = bench.encode(sound)
        except ZrcError:
            return None
        frames, expected = len(features) if features.ndim else 0, len(bench.features(bench.noise(seconds)))
        if not _is_expected(frames, fit.frames_of(seconds)):
            return _finding("ZRC-E08", sound, frames=frames, expected=expected, sample_rate=bench.sample_rate)
    return None


def _repeatable(bench: Bench) -> Verdict:
    tolerance = 0.0 if bench.encoder.device == "cpu" else SAME_ON_CUDA

    def differs(sound: Sound) -> Fields | None:
        # Both of them now: hypothesis seeds the generators of Python and NumPy before each example.
        try:
            problem = _unlike(bench, bench.encode(sound), bench.encode(sound), tolerance)
        except ZrcError as error:
            problem = str(error)
        return {"problem": problem} if problem else None

    within = f", within {tolerance:g} of the features' scale" if tolerance else ", bit for bit"
    return Verdict(_found("ZRC-E10", bench.search_again(lambda _, sound: sound, differs), tolerance=within))


def _batch(bench: Bench) -> Verdict:
    if not bench.encoder.batched:
        return Verdict(skipped="the encoder has no encode_batch")

    def batch(bits: Bits, sound: Sound) -> tuple[Sound, ...]:
        return sound, *(pick(bits, bench.ordinary) for _ in range(pick(bits, (1, 2, 3))))

    def differs(sounds: tuple[Sound, ...]) -> Fields | None:
        try:
            together = bench.encoder.encode_batch([sound.waveform() for sound in sounds], bench.sample_rate)
        except ZrcError as error:
            return {"problem": error}
        for sound, features in zip(sounds, together, strict=True):
            if problem := _unlike(bench, bench.features(sound), features, SAME_IN_BATCH):
                return {"problem": f"{problem} for {sound}"}
        return None

    return Verdict(_found("ZRC-E11", bench.search_again(batch, differs), tolerance=SAME_IN_BATCH))


def _silence(bench: Bench) -> Verdict:
    return Verdict(_found("ZRC-E12", bench.search_silent(_defect_in(bench)), dimension=bench.dimension))


def _short(bench: Bench) -> Verdict:
    return Verdict(_found("ZRC-E13", bench.search_short(_defect_in(bench)), dimension=bench.dimension))


def _defect_in(bench: Bench) -> Callable[[Sound], Fields | None]:
    def has_defect(sound: Sound) -> Fields | None:
        problem = bench.defect(sound)
        return {"problem": problem} if problem else None

    return has_defect


def _long(bench: Bench) -> Verdict:
    sound = Sound("bursts", round(bench.long * bench.sample_rate), bench.sample_rate, level=-20)
    expected = f"finite numbers in {bench.dimension} columns"
    try:
        features = bench.encode(sound)
    except ZrcError as error:
        return Verdict((_finding("ZRC-E14", sound, problem=error, expected=expected),))
    problem = bench.wrong_shape(features) or not_finite(features)
    if not problem and bench.frame_shift:
        low, high = bench.frame_shift.frames_of(sound.duration)
        if not _is_expected(len(features), (low, high)):
            problem = f"{len(features)} frames"
            expected = f"about {(low + high) / 2:.0f} frames, at the frame shift of shorter inputs"
    return Verdict((_finding("ZRC-E14", sound, problem=problem, expected=expected),) if problem else ())


def _leading_silence(bench: Bench) -> Verdict:
    if bench.frame_shift is None:
        return Verdict(skipped=BEFORE.format("frame-shift"))
    step, changes = bench.frame_shift.value * bench.sample_rate, list[float]()

    def led(bits: Bits, sound: Sound) -> Sound:
        return sound.after(round(step * pick(bits, range(1, _MOST_LEAD + 1))))

    def is_disturbed(sound: Sound) -> Fields | None:
        alone, lead = bench.features(sound.after(0)), round(sound.lead / step)
        fields: Fields = {"expected": len(alone) + lead, "lead": lead, "frames": len(alone)}
        try:
            features = bench.encode(sound)
        except ZrcError as error:
            return {"problem": error, **fields}
        if bench.wrong_shape(features) or abs(len(features) - len(alone) - lead) > _EDGE:
            return {"problem": bench.wrong_shape(features) or f"{len(features)} frames", **fields}
        both = min(len(alone), len(features) - lead)
        changes.extend(bench.differences(alone[:both], features[lead : lead + both]))
        return None

    found = _found("ZRC-E15", bench.search_again(led, is_disturbed), dimension=bench.dimension)
    return Verdict(found, measured={"leading_silence_change": f"{median(changes):.2g}"} if changes else {})


def _unlike(bench: Bench, features: Features, others: Features, tolerance: float) -> str:
    """Say how an output differs from the one that it should be; nothing if it is the same within a tolerance."""
    if features.shape != others.shape:
        return f"shape {others.shape} rather than {features.shape}"
    most = float(bench.differences(features, others).max(initial=0.0))
    return f"frames up to {most:.2g} of the features' scale apart" if most > tolerance else ""


def _is_expected(frames: int, between: tuple[float, float]) -> bool:
    return between[0] - 1 <= frames <= between[1] + 1


def _found(code: str, found: tuple[Sound | tuple[Sound, ...], Fields] | None, **fields: object) -> tuple[Finding, ...]:
    """Return the finding of a search, none where it found nothing; ``fields`` are those that every example has."""
    if found is None:
        return ()
    example, its_fields = found
    sounds = (example,) if isinstance(example, Sound) else example
    return (_finding(code, *sounds, **its_fields, **fields),)


def _finding(code: str, *sounds: Sound, **fields: object) -> Finding:
    """Make a finding on the encoder, which keeps no features from being scored."""
    given = f", given {'; '.join(map(str, sounds))}" if sounds else ""
    return finding(code, f"encoder{given}", subset="", **fields)


CHECKS: Mapping[str, Check] = {
    "shape": Check(_shape),
    "float": Check(_float, ("shape",)),
    "finite": Check(_finite, ("shape",)),
    "dimension": Check(_dimension, ("shape",)),
    "frame-shift": Check(_frame_shift, ("shape",)),
    "repeatable": Check(_repeatable, ("shape", "dimension")),
    "batch": Check(_batch, ("shape", "dimension", "repeatable")),
    "silence": Check(_silence, ("shape", "finite", "dimension")),
    "short": Check(_short, ("shape", "finite", "dimension")),
    "long": Check(_long, ("shape", "finite", "dimension")),
    "leading-silence": Check(_leading_silence, ("shape", "dimension", "silence")),
}
