"""What the feature files of a submission were made from, beside them: the record of an extraction."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from filelock import FileLock

from pytest_zrc.files import LARGEST_RESULTS, kept_json, require_locks, require_own_folder, write_atomically

FOLDER = ".zrc-features"

Record: TypeAlias = dict[str, Any]


class Manifest:
    """The records of one subset: for each file id, what its features were made from, and which file that made.

    Several processes may add records. A record is added when its feature file is complete: after an interruption, a
    file without one is made again.
    """

    def __init__(self, submission: Path, subset: str) -> None:
        """Take that of a subset."""
        self._path = submission / FOLDER / f"{subset.replace('/', '_')}.json"
        self._records = self._read()

    def find(self, name: str, source: str, path: Path) -> Record | None:
        """Return the record of a feature file that was made from this source, and is as it was then."""
        found = self._records.get(name)
        same = isinstance(found, dict) and found == {**found, "source": source, **_stamp(path)}
        return found if same else None

    def add(self, records: Mapping[str, Record]) -> None:
        """Add records by file id; those that other processes have added stay.

        Raises:
            ZrcError: their folder is a link.
        """
        require_own_folder(self._path.parent, "remove the link")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        require_locks(self._path.parent)
        with FileLock(self._path.with_suffix(".lock")):
            self._records = {**self._read(), **records}
            write_atomically(self._path, json.dumps(self._records))

    def _read(self) -> dict[str, Record]:
        records = kept_json(self._path, LARGEST_RESULTS)  # where it is damaged, everything is made again
        return records if isinstance(records, dict) else {}


def make_record(source: str, path: Path, seconds: float, frames: int) -> Record:
    """Return the record of a feature file as it is now.

    Args:
        source: what it was made from.
        path: of the feature file.
        seconds: that the audio lasts.
        frames: of the features.
    """
    return {"source": source, "seconds": seconds, "frames": frames, **_stamp(path)}


def _stamp(path: Path) -> dict[str, int]:
    """Return the size and the time of a file; none of a file that is not there, which equals no other."""
    try:
        status = os.stat(path)
    except OSError:
        return {"size": -1}
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns}
