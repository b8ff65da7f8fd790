"""Are there frames enough for the items, at the frame shift that params.yaml says?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_zrc.case import Case
from pytest_zrc.checks.arrays import majority
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.submission.layout import PARAMS
from pytest_zrc.submission.yamlfile import YamlFileError

# Windows at the end of a file are often left out: so much may be missing, in seconds, and two frames at least.
_TOLERANCE = 0.05
# The frame shifts that are in use, in seconds.
_COMMON_SHIFTS = (0.005, 0.0058, 0.00625, 0.008, 0.01, 0.0116, 0.0125, 0.015, 0.016, 0.02, 0.025, 0.03, 0.032, 0.04,
                  0.05, 0.06, 0.08, 0.1, 0.16, 0.2)  # fmt: skip
# Files are longer than their last item, by a silence. All of them 1.5 times as long is no silence.
_TOO_LONG, _SPREAD, _FITS = 1.5, 1.5, 1.35
_FEW = 3


@dataclass(frozen=True, slots=True)
class _Length:
    """A file: its frames, the time of the last one if it has times, and where its last item ends."""

    subset: str
    relative: str
    frames: int
    last_time: float | None
    offset: float

    def is_short(self, shift: float) -> bool:
        if self.last_time is not None:  # which may be NaN
            step = self.last_time / self.frames
            return self.last_time + step / 2 < self.offset - max(_TOLERANCE, 2 * step)
        return self.frames < _needed(self.offset, shift) - max(2, round(_TOLERANCE / shift))


def _needed(offset: float, shift: float) -> int:
    return math.floor(offset / shift - 0.5)


def check_frames(case: Case, subset: str) -> Iterator[Finding]:
    """Look for files of a subset that end before their last item; none if the frame shift as a whole does not fit."""
    shift = case.parameters.feature_size
    lengths = _lengths(case)
    if _mismatch(lengths, shift):
        return
    for length in lengths:
        if length.subset == subset and length.is_short(shift):
            yield _too_short(length, shift)


def _too_short(length: _Length, shift: float) -> Finding:
    if length.last_time is None:
        covered, basis = length.frames * shift, f"at a frame shift of {shift} s"
        needed = f"at least {_needed(length.offset, shift)}"
    else:
        covered, basis, needed = length.last_time, "by their times", "frames up to the end of the items"
    return finding(
        "ZRC-A09",
        f"{length.subset}/{length.relative}",
        subset=length.subset,
        frames=length.frames,
        covered=covered,
        basis=basis,
        needed=needed,
        offset=length.offset,
    )


def check_frame_shift(case: Case) -> Iterator[Finding]:
    """Compare the frame shift with the length of all files, and name the one that the data suggest."""
    shift = case.parameters.feature_size
    lengths = _lengths(case)
    mismatch = _mismatch(lengths, shift)
    if not mismatch:
        return
    line = _line_of_frame_shift(case)
    example = lengths[0]
    fitting = _fitting_shift(lengths)
    share = sum(length.is_short(shift) for length in lengths) / len(lengths)
    yield finding(
        "ZRC-A10",
        f"{PARAMS}:{line} feature_size" if line else f"{PARAMS} feature_size",
        subset=None,
        frames=example.frames,
        offset=example.offset,
        example=f"{example.subset}/{example.relative}",
        share=f"{100 * share:.0f} %" if share > 0.5 else "all",
        mismatch=mismatch,
        shift=shift,
        suggestion=f": about {fitting} s would fit" if fitting else "",
    )


def _line_of_frame_shift(case: Case) -> int | None:
    try:
        return case.submission.params.lines.get("feature_size")
    except YamlFileError:  # another check says so
        return None


def _lengths(case: Case) -> list[_Length]:
    """Return the files whose length can be judged: 2D arrays of the common dimension, two frames at least."""
    shapes = case.shapes()
    most = majority(shapes.values())
    if most.transposed or not case.frame_shift_is_known:  # another check says so
        return []
    offsets = {subset.name: case.last_offsets(subset.name) for subset in case.subsets}
    times = {subset.name: case.last_times(subset.name) for subset in case.subsets}
    return [
        _Length(subset, case.files(subset).by_id[name], frames, times[subset].get(name), offsets[subset][name])
        for (subset, name), (frames, dimension) in shapes.items()
        if dimension == most.dimension and frames >= 2 and offsets[subset].get(name, 0) > 0
    ]


def _mismatch(lengths: list[_Length], shift: float) -> str:
    """Say how most files miss a frame shift; nothing if they do not, or have times instead."""
    if len(lengths) < _FEW or lengths[0].last_time is not None:
        return ""
    if sum(length.is_short(shift) for length in lengths) > len(lengths) / 2:
        return "end before their last item"
    ratios = sorted(length.frames * shift / length.offset for length in lengths)
    low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
    return "are far longer than their items" if low >= _TOO_LONG and high <= low * _SPREAD else ""


def _fitting_shift(lengths: list[_Length]) -> float | None:
    """Return the smallest common frame shift at which nearly all files reach their last item, and end soon after."""
    for shift in _COMMON_SHIFTS:
        short = sum(length.is_short(shift) for length in lengths)
        ratios = sorted(length.frames * shift / length.offset for length in lengths)
        if short <= len(lengths) / 20 and ratios[len(ratios) // 2] <= _FITS:
            return shift
    return None
