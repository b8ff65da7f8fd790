"""Is every file of the dataset there, and no other?"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator

from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.submission.features import SUFFIXES
from pytest_zrc.submission.layout import file_id


def check_files(case: Case, subset: str) -> Iterator[Finding]:
    """Compare the files of a subset folder with those of the dataset, by id."""
    if not (case.submission.root / subset).is_dir():
        yield _missing_folder(case, subset)
        return
    files, suffix = case.files(subset), case.parameters.score_file_type
    ids = frozenset(case.dataset.subsets[subset].file_ids)
    other_suffix = {file_id(name): name for name in files.extra if name.endswith(SUFFIXES)}
    broken = case.submission.listing(subset).broken
    for relative, problem in broken:
        yield finding("ZRC-S04", f"{subset}/{relative}".rstrip("/"), subset=subset, problem=problem)
    if "" in dict(broken):
        return  # what is in the folder is not known
    for name in files.missing:
        similar = f" (but {other_suffix[name]} is: see score_file_type in params.yaml)" if name in other_suffix else ""
        yield finding("ZRC-S02", f"{subset}/{name}{suffix}", subset=subset, similar=similar, file_id=name)
    for relative in files.extra:
        if file_id(relative) not in files.missing or relative not in other_suffix.values():
            yield _extra(relative, subset, suffix, ids)
    for first, second in files.twins:
        yield finding("ZRC-S05", f"{subset}/{second}", subset=subset, other=first, file_id=file_id(second))


def _extra(relative: str, subset: str, suffix: str, ids: frozenset[str]) -> Finding:
    name = file_id(relative)
    problem = f"not a {suffix} file" if name in ids else f"no file of the dataset has the id {name!r}"
    return finding("ZRC-S03", f"{subset}/{relative}", subset=subset, problem=problem, suffix=suffix)


def _missing_folder(case: Case, subset: str) -> Finding:
    try:
        folders = [entry.name for entry in os.scandir(case.submission.root) if entry.is_dir()]
    except OSError:
        folders = []
    taken = {known.name for known in case.benchmark.subsets}
    similar = difflib.get_close_matches(subset, [name for name in folders if name not in taken], n=1)
    return finding(
        "ZRC-S01",
        subset,
        subset=subset,
        n=len(case.dataset.subsets[subset].file_ids),
        similar=f", but one called {similar[0]!r}" if similar else "",
    )
