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
from pytest_zrc.submission.features import Array, Buffer, FeatureFile, FeatureFileError, Header, open_features

_Keep: TypeAlias = Callable[[Header], Keeper | None]


def check_arrays(case: Case, subset: str, ids: Sequence[str]) -> Iterator[Finding]:
    """Read some feature files of a subset and check each on its own; one finding a file."""
    buffer = Buffer()
    for name in ids:
        relative = case.place(subset, name)
        try:
            with open_features(case.submission.root / relative) as file:
                found = _check_array(file, relative, subset, buffer, partial(case.keep, subset, name))
        except FeatureFileError as error:
            code = "ZRC-A02" if error.reason == "pickled" else "ZRC-A01"
            found = finding(code, relative, subset=subset, problem=error)
        if found:
            yield found


def _check_array(file: FeatureFile, where: str, subset: str, buffer: Buffer, keep: _Keep) -> Finding | None:
    header = file.header
    if not header.is_matrix:
        return finding("ZRC-A03", where, subset=subset, shape=header.shape)
    if not np.issubdtype(header.dtype, np.floating):
        return finding("ZRC-A04", where, subset=subset, dtype=header.dtype)
    if header.frames < 2:
        return finding("ZRC-A05", where, subset=subset, frames=header.frames)
    if _is_sound(file, buffer, keep(header)):
        return None
    return _check_values(file.array(), where, subset)


def _is_sound(file: FeatureFile, buffer: Buffer, keeper: Keeper | None) -> bool:
    """Tell whether nothing can be wrong with the values: one pass over them, in which they are kept, too.

    The sum of squares, and that of norms, is finite and above 0 unless something is wrong, or the values are extreme.
    """
    sound = False
    with np.errstate(all="ignore"):
        for first, part in file.parts(buffer):
            values = _widened(part)
            flat = values.ravel()
            size = keeper.take(first, values) if keeper else float(np.dot(flat, flat))
            if not size < np.inf:
                return False
            sound = sound or size > 0
    if sound and keeper:
        keeper.finish()
    return sound


def _widened(array: Array) -> Array:
    """Return half precision as single, whose squares do not overflow."""
    return array.astype(np.float32) if array.dtype.itemsize < np.dtype(np.float32).itemsize else array


def _check_values(array: Array, where: str, subset: str) -> Finding | None:
    strange = ~np.isfinite(array)
    if strange.any():
        frame, column = np.argwhere(strange)[0].tolist()
        return finding("ZRC-A07", where, subset=subset, n=int(strange.sum()), frame=frame, column=column)
    if not array.any():
        return finding("ZRC-A08", where, subset=subset, frames=len(array))
    if _overflows(array):
        largest = float(np.abs(array).max())
        return finding("ZRC-A12", where, subset=subset, largest=largest, dtype=array.dtype)
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
