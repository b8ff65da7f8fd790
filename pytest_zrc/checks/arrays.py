"""Is every feature file an array of finite floats, two frames at least, all of one dimension?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from pytest_zrc.case import Case, Keeper
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.submission.features import (
    Array,
    Buffer,
    FeatureFile,
    FeatureFileError,
    FeatureFormat,
    Header,
    first_unsound_time,
    open_features,
)

MakeFinding: TypeAlias = Callable[..., Finding]
# How far the sum of a distribution may be from 1: half precision rounds by that much. The catalogue says so, too.
_TOLERANCE = 1e-3
_DIVERGENCES = ("kl", "kl_symmetric")


def check_arrays(case: Case, subset: str, ids: Sequence[str]) -> Iterator[Finding]:
    """Read some feature files of a subset and check each on its own; one finding a file."""
    buffer = Buffer()
    for name in ids:
        if name not in case.files(subset).by_id:
            continue  # it was to be made, and another check says that it is not there
        relative = case.place(subset, name)
        make = partial(finding, where=relative, subset=subset)
        try:
            with open_features(case.submission.root / relative, case.feature_format) as file:
                keep = partial(case.keep, subset, name)
                distance = case.parameters.distance_mode
                found = check_file(file, case.feature_format, distance, buffer=buffer, keep=keep, make=make)
        except FeatureFileError as error:
            found = make("ZRC-A02" if error.reason == "pickled" else "ZRC-A01", problem=error)
        if found:
            yield found


def check_file(
    file: FeatureFile,
    form: FeatureFormat,
    distance: str,
    *,
    buffer: Buffer,
    keep: Callable[[Header], Keeper | None],
    make: MakeFinding,
) -> Finding | None:
    """Check an open file, and hand its frames to whoever can use them.

    Args:
        file: is read once, unless something is wrong with its values.
        form: what it does not say of itself.
        distance: that its frames are compared by.
        buffer: takes one part of it after the other.
        keep: asked for a keeper of its frames, if its header is all right.
        make: makes a finding of a code and the fields of its texts.

    Returns:
        What is wrong with it; None where nothing is.

    Raises:
        FeatureFileError: it cannot be read.
    """
    found = check_header(file.header, form, make) or _check_times(file, make)
    return found or _check_values(file, buffer, keep(file.header), distance, make)


def check_header(header: Header, form: FeatureFormat, make: MakeFinding) -> Finding | None:
    """Check what is known of a file before its values are read; see ``check_file``."""
    if not header.is_matrix:
        beside = "" if header.last_time is None else " beside the times"
        return make("ZRC-A03", shape=f"{header.shape}{beside}")
    if not form.accepts(header.dtype):
        return make("ZRC-A04", dtype=header.dtype)
    if header.frames < 2:
        return make("ZRC-A05", frames=header.frames)
    return None


def _check_times(file: FeatureFile, make: MakeFinding) -> Finding | None:
    frame = None if file.times is None else first_unsound_time(file.times)
    if file.times is None or frame is None:
        return None
    after = f", after {file.times[frame - 1]} s" if frame else ""
    return make("ZRC-A13", problem=f"frame {frame} is at {file.times[frame]} s{after}")


def _check_values(
    file: FeatureFile, buffer: Buffer, keeper: Keeper | None, distance: str, make: MakeFinding
) -> Finding | None:
    """Check all values in one pass, in which they are kept, too; if something is wrong, another one finds out what."""
    improper = _Improper()
    if distance == "identical":
        sound = _is_finite(file, buffer, keeper)
    else:
        sound = _is_sound(file, buffer, keeper, improper if distance in _DIVERGENCES else None)
    found = None if sound else _unusable_values(file.array(), make)
    if not found and improper.count:
        found = improper.finding(file.header.frames, distance, make)
    if keeper and sound and not found:
        keeper.finish()
    return found


def _is_finite(file: FeatureFile, buffer: Buffer, keeper: Keeper | None) -> bool:
    """Tell whether all values are finite. Units are kept as they are, and may be 0 everywhere."""
    for first, values in file.parts(buffer):
        if not np.isfinite(values).all():
            return False
        if keeper:
            keeper.take(first, values)
    return True


def _is_sound(file: FeatureFile, buffer: Buffer, keeper: Keeper | None, improper: _Improper | None) -> bool:
    """Tell whether nothing can be wrong with the values as such, and find the frames that are no distributions.

    The sum of squares, and that of norms, is finite and above 0 unless something is wrong, or the values are extreme.
    """
    finite, positive = True, False
    with np.errstate(all="ignore"):
        for first, part in file.parts(buffer):
            values = _widened(part)
            flat = values.ravel()
            size = keeper.take(first, values) if keeper else float(np.dot(flat, flat))
            finite, positive = finite and size < np.inf, positive or size > 0
            if improper:
                improper.look(first, values)
            elif not finite:
                break
    return finite and positive


@dataclass(slots=True)
class _Improper:
    """Finds the frames that are no distributions, part by part.

    Attributes:
        count: how many there are.
        first: the first of them.
        problem: what is wrong with it.
    """

    count: int = 0
    first: int = 0
    problem: str = ""

    def look(self, first: int, values: Array) -> None:
        """Look at frames of a file, from ``first`` on."""
        lowest, sums = values.min(axis=1), values.sum(axis=1)
        wrong = np.flatnonzero(~((lowest >= 0) & (np.abs(sums - 1) <= _TOLERANCE)))
        if len(wrong) and not self.count:
            frame = wrong[0]
            self.first = first + int(frame)
            self.problem = f"its sum is {sums[frame]:.6g}" if lowest[frame] >= 0 else f"it has {lowest[frame]:.6g}"
        self.count += len(wrong)

    def finding(self, frames: int, distance: str, make: MakeFinding) -> Finding:
        """Say so of a file of so many frames."""
        return make("ZRC-A14", n=self.count, frames=frames, frame=self.first, problem=self.problem, distance=distance)


def _widened(array: Array) -> Array:
    """Return half precision as single, whose squares do not overflow."""
    return array.astype(np.float32) if array.dtype.itemsize < np.dtype(np.float32).itemsize else array


def _unusable_values(array: Array, make: MakeFinding) -> Finding | None:
    strange = ~np.isfinite(array)
    if strange.any():
        frame, column = np.argwhere(strange)[0].tolist()
        return make("ZRC-A07", n=int(strange.sum()), frame=frame, column=column)
    if not array.any():
        return make("ZRC-A08", frames=len(array))
    if _overflows(array):
        return make("ZRC-A12", largest=float(np.abs(array).max()), dtype=array.dtype)
    return None


def _overflows(array: Array) -> bool:
    """Tell whether the norm of a frame is infinite; half precision is widened before it is taken."""
    wide = _widened(array)
    with np.errstate(all="ignore"):
        return not np.isfinite(np.einsum("ij,ij->i", wide, wide)).all()


@dataclass(frozen=True, slots=True)
class Majority:
    """What the shapes of a submission's arrays have in common.

    Attributes:
        dimension: the most common number of columns, 0 without arrays.
        share: the share of files that have it.
        transposed: the files agree in their rows, and differ in their columns.
    """

    dimension: int
    share: float
    transposed: bool


def majority(shapes: Iterable[tuple[int, int]]) -> Majority:
    """Find out which dimension most arrays have."""
    rows, columns = Counter[int](), Counter[int]()
    for frames, dimension in shapes:
        rows[frames] += 1
        columns[dimension] += 1
    if not columns:
        return Majority(0, 0.0, transposed=False)
    (dimension, agree), (_, agree_in_rows) = columns.most_common(1)[0], rows.most_common(1)[0]
    half = columns.total() / 2
    return Majority(dimension, agree / columns.total(), transposed=agree_in_rows > half > agree)


def check_dimension(case: Case) -> Iterator[Finding]:
    """Compare the feature dimensions of all files."""
    shapes = case.shapes()
    most = majority(shapes.values())
    if most.transposed:
        yield _transposed(case, shapes)
        return
    for (subset, name), (frames, dimension) in shapes.items():
        if dimension != most.dimension:
            yield finding(
                "ZRC-A06",
                case.place(subset, name),
                subset=subset,
                dimension=dimension,
                shape=(frames, dimension),
                transposed="; it looks transposed" if frames == most.dimension else "",
                expected=most.dimension,
                share=f"{100 * most.share:.0f} %",
            )


def _transposed(case: Case, shapes: Mapping[tuple[str, str], tuple[int, int]]) -> Finding:
    (subset, name), shape = next(iter(shapes.items()))
    return finding(
        "ZRC-A11",
        "the submission",
        subset=None,
        n=len(shapes),
        rows=shape[0],
        shape=shape,
        example=case.place(subset, name),
    )
