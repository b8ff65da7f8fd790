"""What of a submission is uploaded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.layout import META, PARAMS, SCORES, Submission

_LONGEST_PART = 255  # bytes of a file's name; longer ones cannot be unpacked
_LEFTOVERS = (".lock", ".tmp", ".part")

_File: TypeAlias = tuple[str, Path, str]
"""The path in the archive, that on disk, and why it is left out, empty if it is not."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive.

    Attributes:
        name: its path there.
        content: itself, or the file that holds it.
    """

    name: str
    content: bytes | Path


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into an archive.

    Attributes:
        members: sorted by name.
        left_out: files of the submission that do not go in, by path, with the reason; hidden ones are not mentioned.
    """

    members: tuple[Member, ...]
    left_out: Mapping[str, str]


def contents(
    submission: Submission,
    folders: Iterable[str],
    *,
    suffix: str = ".npy",
    scores: Path | None = None,
    instead: Mapping[str, bytes] | None = None,
) -> Contents:
    """Return what of a submission is uploaded: the YAML files, the features, and the results with their sub-folders.

    Args:
        submission: whose files are listed as the checks do, links followed.
        folders: those with features, by their paths in the submission.
        suffix: of the feature files.
        scores: the folder of results, if it is not the submission's own.
        instead: contents by their paths in the archive, of files that are not uploaded as they are on disk.

    Raises:
        ZrcError: a folder cannot be listed, a file's name cannot stand in an archive, or what no check reads as
            features lies elsewhere.
    """
    require_own_files(submission.root)
    given = instead or {}
    files = [*_features(submission, folders, suffix), *_results(scores or submission.root / SCORES)]
    found: dict[str, bytes | Path] = {
        name: submission.root / name for name in (META, PARAMS) if os.path.lexists(submission.root / name)
    }
    found |= {name: path for name, path, reason in files if not reason}
    found |= given
    for name in found:
        _require_portable(name)
    left_out = {name: reason for name, _, reason in files if reason and name not in given}
    return Contents(tuple(Member(name, found[name]) for name in sorted(found)), left_out)


def require_own_files(root: Path) -> None:
    """Raise ZrcError where what is uploaded besides features is a link out of the submission.

    Features may lie elsewhere: checks see to it that they are arrays of numbers. A link in the place of params.yaml or
    of the results may lead to anything of the user's, settings with a password for example.
    """
    inside = os.path.join(os.path.realpath(root), "")
    for name in (META, PARAMS, SCORES):
        if not os.path.realpath(root / name).startswith(inside):
            raise ZrcError(
                f"{root / name} is a link out of the submission, and not uploaded: put in its place what is meant"
            )


def _features(submission: Submission, folders: Iterable[str], suffix: str) -> Iterator[_File]:
    for folder in folders:
        for name in _listed(submission, folder):
            reason = "" if name.endswith(suffix) else f"not a {suffix} file"
            yield f"{folder}/{name}", submission.root / folder / name, reason


def _results(folder: Path) -> Iterator[_File]:
    inside = os.path.join(os.path.realpath(folder), "")
    for name in _listed(Submission(folder), ""):
        yield f"{SCORES}/{name}", folder / name, _why_not_a_result(folder / name, inside)


def _listed(submission: Submission, folder: str) -> tuple[str, ...]:
    listing = submission.listing(folder)
    for name, problem in listing.broken:
        place = submission.root / folder / name
        raise ZrcError(f"{place} cannot be uploaded ({problem}): replace it with the files themselves")
    return listing.files


def _why_not_a_result(path: Path, inside: str) -> str:
    """Return why a file among the results is left out, empty if it is not.

    No check looks at these files, so one that lies elsewhere may be anything, a private key for example.
    """
    if not os.path.realpath(path).startswith(inside):
        return "a link to a file outside of the results"
    return "a temporary file" if path.name.endswith(_LEFTOVERS) else ""


def _require_portable(name: str) -> None:
    """Raise ZrcError unless a file of this name is unpacked under this name and below the chosen folder."""
    try:
        parts = name.encode().split(b"/")
    except UnicodeEncodeError:
        raise ZrcError(f"the file name {name!r} is no UTF-8 text and cannot stand in a zip: rename the file") from None
    unsafe = "\\" in name or any(ord(sign) < 32 or ord(sign) == 127 for sign in name)
    if unsafe or any(part in (b"", b".", b"..") or len(part) > _LONGEST_PART for part in parts):
        raise ZrcError(f"the file name {name!r} is not safe in a zip: rename the file, with letters and digits")
