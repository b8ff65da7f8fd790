"""All checks of a case, in the order in which they run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from pytest_zrc.case import Case
from pytest_zrc.checks.arrays import check_arrays, check_dimension
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.checks.frames import Lengths, check_frame_shift, check_frames
from pytest_zrc.checks.items import check_items
from pytest_zrc.checks.meta import check_meta
from pytest_zrc.checks.params import check_params
from pytest_zrc.checks.structure import check_files

FILES_PER_SHARD = 256
MOST_SHARDS = 200  # beyond that they grow: each is a test, which costs more than to read a few files


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one aspect.

    Attributes:
        name: in test ids.
        subset: the subset it looks at, empty for the submission as a whole.
        run: makes the findings.
        ids: of the feature files that it reads to the end, and on which alone its findings depend.
    """

    name: str
    subset: str
    run: Callable[[], Iterable[Finding]]
    ids: tuple[str, ...] = ()


def checks_of(case: Case) -> list[Check]:
    """Return the checks of the submission as a whole, then those of each subset; no feature file is opened for it."""
    lengths = Lengths(case)
    whole = [
        Check("meta", "", partial(check_meta, case)),
        Check("params", "", partial(check_params, case)),
        Check("dimension", "", partial(check_dimension, case)),
        Check("frame-shift", "", partial(check_frame_shift, lengths)),
    ]
    files = sum(len(case.planned_ids(subset.name)) for subset in case.subsets)
    per_shard = max(FILES_PER_SHARD, math.ceil(files / MOST_SHARDS))
    return whole + [check for one in case.subsets for check in _subset_checks(case, lengths, one.name, per_shard)]


def _subset_checks(case: Case, lengths: Lengths, subset: str, per_shard: int) -> list[Check]:
    ids = case.planned_ids(subset)
    shards = [ids[first : first + per_shard] for first in range(0, len(ids), per_shard)]
    digits = max(2, len(str(len(shards))))
    return [
        Check("items", subset, partial(check_items, case, subset)),
        Check("files", subset, partial(check_files, case, subset)),
        Check("frames", subset, partial(check_frames, lengths, subset)),
        *(
            Check(
                f"arrays-{n:0{digits}}of{len(shards):0{digits}}",
                subset,
                partial(check_arrays, case, subset, shard),
                tuple(shard),
            )
            for n, shard in enumerate(shards, start=1)
        ),
    ]
