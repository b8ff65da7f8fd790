"""Is every feature file an array of finite floats, two frames at least, all of one dimension?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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
class Shapes:
    """What the shapes of a submission's arrays have in common.

    Attributes:
        dimension: the most common number of columns, 0 without arrays.
        share: the share of files that have it.
        transposed: the files agree in their rows, and differ in their columns.
    """

    dimension: int
    share: float
    transposed: bool


def matrices(case: Case) -> dict[tuple[str, str], Header]:
    """Return the headers of all 2D arrays, by subset and file id."""
    return {
        (subset.name, name): header
        for subset in case.subsets
        for name, header in case.headers(subset.name).items()
        if isinstance(header, Header) and header.is_matrix
    }


def common_shape(headers: dict[tuple[str, str], Header]) -> Shapes:
    """Find out which dimension the arrays have, by majority."""
    if not headers:
        return Shapes(0, 0.0, transposed=False)
    columns = Counter(header.dimension for header in headers.values())
    rows = Counter(header.frames for header in headers.values())
    (dimension, agree), (_, agree_in_rows) = columns.most_common(1)[0], rows.most_common(1)[0]
    half = len(headers) / 2
    return Shapes(dimension, agree / len(headers), transposed=agree_in_rows > half > agree)


def check_dimension(case: Case) -> Iterator[Finding]:
    """Compare the feature dimensions of all files."""
    headers = matrices(case)
    shapes = common_shape(headers)
    if shapes.transposed:
        (subset, name), header = next(iter(headers.items()))
        example = f"{subset}/{case.files(subset).by_id[name]}"
        yield finding(
            "ZRC-A11",
            "the submission",
            subset=None,
            n=len(headers),
            rows=header.frames,
            shape=header.shape,
            example=example,
        )
        return
    for (subset, name), header in headers.items():
        if header.dimension != shapes.dimension:
            yield finding(
                "ZRC-A06",
                f"{subset}/{case.files(subset).by_id[name]}",
                subset=subset,
                dimension=header.dimension,
                shape=header.shape,
                transposed="; it looks transposed" if header.frames == shapes.dimension else "",
                expected=shapes.dimension,
                share=f"{100 * shapes.share:.0f} %",
            )
