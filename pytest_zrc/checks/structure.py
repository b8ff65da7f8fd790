"""Is every file of the dataset there, and no other?"""

from __future__ import annotations

import difflib
import os
from collections.abc import Container, Iterator
from pathlib import Path

from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.submission.features import SUFFIXES
from pytest_zrc.submission.layout import file_id


def check_files(case: Case, subset: str) -> Iterator[Finding]:
    """Compare the files of a subset folder with those of the dataset, by id."""
    folders, ids = case.folders(subset), frozenset(case.file_ids(subset))
    if not folders:
        yield _missing_folder(case, subset, len(ids))
        return
    for other in folders[1:]:
        yield finding("ZRC-S06", other, subset=subset, other=folders[0])
    if not ids:
        return  # the item files name no file: another check says so
    folder, files, suffix = folders[0], case.files(subset), case.parameters.score_file_type
    missing = frozenset(files.missing)
    other_suffix = {file_id(name): name for name in files.extra if name.endswith(SUFFIXES)}
    instead = {name for id_, name in other_suffix.items() if id_ in missing}
    broken = case.listing(subset).broken
    for relative, problem in broken:
        yield finding("ZRC-S04", f"{folder}/{relative}".rstrip("/"), subset=subset, problem=problem)
    if "" in dict(broken):
        return  # what is in the folder is not known
    for name in files.missing:
        similar = f" (but {other_suffix[name]} is: see score_file_type in params.yaml)" if name in other_suffix else ""
        yield finding("ZRC-S02", f"{folder}/{name}{suffix}", subset=subset, similar=similar, file_id=name)
    for relative in files.extra:
        if relative not in instead:
            yield _extra(case, subset, relative, ids)
    for first, second in files.twins:
        yield finding("ZRC-S05", f"{folder}/{second}", subset=subset, other=first, file_id=file_id(second))


def _extra(case: Case, subset: str, relative: str, ids: frozenset[str]) -> Finding:
    name, suffix = file_id(relative), case.parameters.score_file_type
    problem = f"not a {suffix} file" if name in ids else f"no file of the dataset has the id {name!r}"
    return finding("ZRC-S03", f"{case.folder(subset)}/{relative}", subset=subset, problem=problem, suffix=suffix)


def _missing_folder(case: Case, subset: str, n: int) -> Finding:
    known = {part for one in case.benchmark.subsets for name in one.folders for part in name.split("/")}
    above, _, name = subset.rpartition("/")
    if above and not (case.submission.root / above).is_dir():
        above, name = "", above
    similar = difflib.get_close_matches(name, _other_folders(case.submission.root / above, known), n=1)
    return finding(
        "ZRC-S01",
        subset,
        subset=subset,
        n=n,
        similar=f", but one called {f'{above}/{similar[0]}'.lstrip('/')!r}" if similar else "",
    )


def _other_folders(folder: Path, known: Container[str]) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder) if entry.is_dir() and entry.name not in known]
    except OSError:
        return []
