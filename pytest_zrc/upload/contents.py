"""What of a submission is uploaded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.layout import META, PARAMS, SCORES, Submission

_LONGEST_PART = 255  # bytes of a file's name; longer ones cannot be unpacked
_LEFTOVERS = (".lock", ".tmp", ".part")


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
        ZrcError: a folder cannot be listed, or a file's name cannot stand in an archive.
    """
    found: dict[str, bytes | Path] = {
        name: submission.root / name for name in (META, PARAMS) if os.path.lexists(submission.root / name)
    }
    left_out: dict[str, str] = {}
    for name in (name for folder in folders for name in _listed(submission, folder)):
        if name.endswith(suffix):
            found[name] = submission.root / name
        else:
            left_out[name] = f"not a {suffix} file"
    for name, path in _results(scores or submission.root / SCORES):
        if reason := _why_not_a_result(path, scores or submission.root / SCORES):
            left_out[name] = reason
        else:
            found[name] = path
    found.update(instead or {})
    for name in found:
        _require_portable(name)
    return Contents(tuple(Member(name, found[name]) for name in sorted(found)), left_out)


def _listed(submission: Submission, folder: str) -> list[str]:
    listing = submission.listing(folder)
    for name, problem in listing.broken:
        place = submission.root / folder / name
        raise ZrcError(f"{place} cannot be uploaded ({problem}): replace it with the files themselves")
    return [f"{folder}/{name}" for name in listing.files]


def _results(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder of results, each with its path in the archive."""
    for name in _listed(Submission(folder.parent), folder.name):
        yield SCORES + name.removeprefix(folder.name), folder.parent / name


def _why_not_a_result(path: Path, folder: Path) -> str:
    """Return why a file among the results is left out, empty if it is not.

    No check looks at these files, so one that lies elsewhere may be anything, a private key for example.
    """
    if not os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), "")):
        return "a link to a file outside of the results"
    return "a temporary file" if path.name.endswith(_LEFTOVERS) else ""


def _require_portable(name: str) -> None:
    """Raise ZrcError unless a file of this name can be unpacked, under this name, on every system of today."""
    try:
        parts = name.encode().split(b"/")
    except UnicodeEncodeError:
        raise ZrcError(f"the file name {name!r} is no UTF-8 text and cannot stand in a zip: rename the file") from None
    unsafe = "\\" in name or any(ord(sign) < 32 or ord(sign) == 127 for sign in name)
    if unsafe or any(part in (b"", b".", b"..") or len(part) > _LONGEST_PART for part in parts):
        raise ZrcError(f"the file name {name!r} is not safe in a zip: rename the file, with letters and digits")
