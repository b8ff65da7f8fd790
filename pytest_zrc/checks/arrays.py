"""Is every feature file an array of finite floats, two frames at least, all of one dimension?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.submission.features import Array, FeatureFileError, Header, read_array


def check_arrays(case: Case, subset: str, ids: Sequence[str]) -> Iterator[Finding]:
    """Read some feature files of a subset and check each on its own; one finding a file."""
    by_id = case.files(subset).by_id
    for name in ids:
        relative = f"{subset}/{by_id[name]}"
        try:
            header, array = read_array(case.submission.root / relative)
        except FeatureFileError as error:
            code = "ZRC-A02" if error.reason == "pickled" else "ZRC-A01"
            yield finding(code, relative, subset=subset, problem=error)
            continue
        yield from _check_array(header, array, relative, subset)


def _check_array(header: Header, array: Array, where: str, subset: str) -> Iterator[Finding]:
    if not header.is_matrix:
        yield finding("ZRC-A03", where, subset=subset, shape=header.shape)
    elif not np.issubdtype(header.dtype, np.floating):
        yield finding("ZRC-A04", where, subset=subset, dtype=header.dtype)
    elif header.frames < 2:
        yield finding("ZRC-A05", where, subset=subset, frames=header.frames)
    else:
        yield from _check_values(array, where, subset)


def _check_values(array: Array, where: str, subset: str) -> Iterator[Finding]:
    # One pass over the values: the sum of squares is finite and above 0 unless something is wrong.
    if array.dtype.itemsize >= np.dtype(np.float32).itemsize:
        flat = array.ravel(order="K")
        with np.errstate(all="ignore"):
            if 0 < float(np.dot(flat, flat)) < np.inf:
                return
    strange = ~np.isfinite(array)
    if strange.any():
        frame, column = np.argwhere(strange)[0].tolist()
        yield finding("ZRC-A07", where, subset=subset, n=int(strange.sum()), frame=frame, column=column)
    elif not array.any():
        yield finding("ZRC-A08", where, subset=subset, frames=len(array))
    elif _overflows(array):
        largest = float(np.abs(array).max())
        yield finding("ZRC-A12", where, subset=subset, largest=largest, dtype=array.dtype)


def _overflows(array: Array) -> bool:
    """Tell whether the norm of a frame is infinite; half precision is widened before it is taken."""
    if array.dtype.itemsize < np.dtype(np.float32).itemsize:
        return False
    with np.errstate(all="ignore"):
        return not np.isfinite(np.einsum("ij,ij->i", array, array)).all()


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
                f"{subset}/{case.files(subset).by_id[name]}",
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
        example=f"{subset}/{case.files(subset).by_id[name]}",
    )
