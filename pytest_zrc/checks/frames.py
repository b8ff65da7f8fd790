"""Are there frames enough for the items, at the frame shift that params.yaml says?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

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
class FileLengths:
    """Files, with their frames and the second where the last item of each ends.

    Only those whose length can be judged: 2D arrays of the common dimension, two frames at least.

    Attributes:
        names: file ids.
        frames: of each file.
        offsets: where its last item ends, in seconds.
        times: of its last frame, in seconds, NaN where they are not sound; None where files have no times.
    """

    names: list[str]
    frames: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.float64]
    times: npt.NDArray[np.float64] | None

    def __len__(self) -> int:
        """Count the files."""
        return len(self.names)

    def are_short(self, shift: float) -> npt.NDArray[np.bool_]:
        """Tell which files end before their last item, by their times or else at this frame shift."""
        if self.times is not None:
            step = self.times / self.frames
            return self.times + step / 2 < self.offsets - np.maximum(_TOLERANCE, 2 * step)
        return self.frames < _needed(self.offsets, shift) - max(2, round(_TOLERANCE / shift))

    def ratios(self, shift: float) -> npt.NDArray[np.float64]:
        """Return how much longer than their items files are, in ascending order."""
        return np.sort(self.frames * shift / self.offsets)


def _needed(offset: npt.NDArray[np.float64], shift: float) -> npt.NDArray[np.int64]:
    return np.floor(offset / shift - 0.5).astype(np.int64)


class Lengths:
    """The lengths of all files, compared with their items when a check asks for it, and once for all checks."""

    def __init__(self, case: Case) -> None:
        """Compare the files of a case."""
        self.case = case

    @cached_property
    def subsets(self) -> dict[str, FileLengths]:
        """The lengths by subset."""
        most = majority(self.case.shapes().values())
        judged = not most.transposed and self.case.frame_shift_is_known  # if not, another check says so
        return {
            subset.name: _lengths(self.case, subset.name, most.dimension if judged else 0)
            for subset in self.case.subsets
        }

    @cached_property
    def all(self) -> FileLengths:
        """Those of all subsets."""
        parts = self.subsets.values()
        times = [part.times for part in parts if part.times is not None]
        return FileLengths(
            [name for part in parts for name in part.names],
            np.concatenate([part.frames for part in parts]),
            np.concatenate([part.offsets for part in parts]),
            np.concatenate(times) if times else None,
        )

    @property
    def example(self) -> str:
        """The first of all files."""
        subset, name = next((subset, part.names[0]) for subset, part in self.subsets.items() if part.names)
        return self.case.place(subset, name)

    @cached_property
    def mismatch(self) -> str:
        """How most files miss the frame shift; nothing if they do not."""
        return find_mismatch(self.all, self.case.parameters.feature_size)


def check_frames(lengths: Lengths, subset: str) -> Iterator[Finding]:
    """Look for files of a subset that end before their last item; none if the frame shift as a whole does not fit."""
    if lengths.mismatch:
        return
    case = lengths.case
    for name, texts in short_files(lengths.subsets[subset], case.parameters.feature_size):
        yield finding("ZRC-A09", case.place(subset, name), subset=subset, **texts)


def short_files(files: FileLengths, shift: float) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the id of each file that ends before its last item, with the fields of the texts of that finding."""
    needed = _needed(files.offsets, shift)
    for n in np.flatnonzero(files.are_short(shift)).tolist():
        frames = int(files.frames[n])
        by_shift = {
            "covered": frames * shift,
            "basis": f"at a frame shift of {shift} s",
            "needed": f"at least {needed[n]}",
        }
        by_times = {"basis": "by their times", "needed": "frames up to the end of the items"}
        covered = by_shift if files.times is None else {"covered": files.times[n], **by_times}
        yield files.names[n], {"frames": frames, "offset": files.offsets[n], **covered}


def check_frame_shift(lengths: Lengths) -> Iterator[Finding]:
    """Compare the frame shift with the length of all files, and name the one that the data suggest."""
    case, files, shift = lengths.case, lengths.all, lengths.case.parameters.feature_size
    line = _line_of_frame_shift(case)
    where = f"{PARAMS}:{line} feature_size" if line else f"{PARAMS} feature_size"
    fitting = next((one for one in _COMMON_SHIFTS if _fits(files, one)), None) if len(files) >= _FEW else None
    suggestion = f": about {fitting} s would fit" if fitting else ""
    if lengths.mismatch:
        share = files.are_short(shift).mean()
        yield finding(
            "ZRC-A10",
            where,
            subset=None,
            frames=files.frames[0],
            offset=files.offsets[0],
            example=lengths.example,
            share=f"{100 * share:.0f} %" if share > 0.5 else "all",
            mismatch=lengths.mismatch,
            shift=shift,
            suggestion=suggestion,
        )
    if shift == case.benchmark.template_shift and not case.has_times and not _fits(files, shift):
        yield finding("ZRC-P05", where, subset="", shift=shift, suggestion=suggestion)


def _line_of_frame_shift(case: Case) -> int | None:
    try:
        return case.submission.params.lines.get("feature_size")
    except YamlFileError:  # another check says so
        return None


def _lengths(case: Case, subset: str, dimension: int) -> FileLengths:
    """Return the lengths of the files of a subset that have this dimension."""
    shapes, offsets, times = case.subset_shapes(subset), case.last_offsets(subset), case.last_times(subset)
    names = [
        name
        for name, (rows, columns) in shapes.items()
        if columns == dimension and rows >= 2 and offsets.get(name, 0) > 0
    ]
    return FileLengths(
        names,
        np.array([shapes[name][0] for name in names], np.int64),
        np.array([offsets[name] for name in names]),
        np.array([times[name] for name in names]) if case.has_times else None,
    )


def find_mismatch(files: FileLengths, shift: float) -> str:
    """Say how most files miss a frame shift; nothing if they do not, or have times instead."""
    if len(files) < _FEW or files.times is not None:
        return ""
    if files.are_short(shift).mean() > 0.5:
        return "end before their last item"
    ratios = files.ratios(shift)
    low, high = ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]
    return "are far longer than their items" if low >= _TOO_LONG and high <= low * _SPREAD else ""


def _fits(files: FileLengths, shift: float) -> bool:
    """Tell whether nearly all files reach their last item at this frame shift, and end soon after."""
    if not len(files) or files.are_short(shift).mean() > 0.05:
        return False
    return bool(files.ratios(shift)[len(files) // 2] <= _FITS)
