"""What the feature files of a submission were made from, beside them: the record of an extraction."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from pytest_zrc.scoring.store import write_atomically

FOLDER = ".zrc-features"


class Manifest:
    """The records of one subset: for each file id, what its features were made from, and which file that made.

    Several processes may add records. A record is added when its feature file is complete: after an interruption, a
    file without one is made again.
    """

    def __init__(self, submission: Path, subset: str) -> None:
        """Take that of a subset."""
        self._path = submission / FOLDER / f"{subset.replace('/', '_')}.json"
        self._records = self._read()

    def has(self, name: str, source: str, path: Path) -> bool:
        """Tell whether a feature file was made from this source, and is as it was then."""
        return self._records.get(name) == _record(source, path)

    def add(self, made: Mapping[str, tuple[str, Path]]) -> None:
        """Record sources and feature files, by file id; those of other processes stay."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock")):
            self._records = {**self._read(), **{name: _record(source, path) for name, (source, path) in made.items()}}
            write_atomically(self._path, json.dumps(self._records))

    def _read(self) -> dict[str, Any]:
        try:
            records = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # there is none, or it is damaged: everything is made again
            return {}
        return records if isinstance(records, dict) else {}


def _record(source: str, path: Path) -> dict[str, object]:
    """Return the record of a file; one of a file that is not there equals no other."""
    try:
        status = os.stat(path)
    except OSError:
        return {}
    return {"source": source, "size": status.st_size, "mtime_ns": status.st_mtime_ns}
