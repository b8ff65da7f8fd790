"""Results as files, shared by all processes of a run and kept for the next one."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import LARGEST_RESULTS, kept_json, require_locks, require_own_folder, write_atomically

Result = dict[str, Any]

_NAME = ".zrc"
_NO_MEMORY = (
    "the memory did not suffice: let features take less with --zrc-memory=SIZE, or take fewer workers or threads"
)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is computed once.

    Attributes:
        key: the file name of its result, without suffix; a new key for everything that the result depends on.
        compute: makes the result, a JSON value.
        tell: says what there is to know of a result that cannot be stored.
    """

    key: str
    compute: Callable[[], Result]
    tell: Callable[[Result], str] = lambda _: ""


class Store:
    """A folder of results, one JSON file each.

    A result appears under its name by an atomic rename. Whoever computes one holds its lock, which the system frees
    if the process dies.

    Attributes:
        folder: where; it is made when the first result is.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder as the store."""
        self.folder = folder

    @classmethod
    def below(cls, results: Path) -> Store:
        """Return the store of a folder of results."""
        return cls(results / _NAME)

    def require_writable(self) -> None:
        """Make the folder; raise ZrcError where nothing can be written to it, no file locked, or it is a link."""
        require_own_folder(self.folder, "remove the link")
        with self._explained():
            self.folder.mkdir(parents=True, exist_ok=True)
            require_locks(self.folder)

    def load(self, key: str) -> Result | None:
        """Return a result, or None where there is none yet (or one that is damaged, or cannot be read)."""
        result = kept_json(self.path(key), LARGEST_RESULTS)
        return result if isinstance(result, dict) else None

    def get(self, job: Job, meanwhile: Iterable[Job] = ()) -> Result:
        """Return a result; compute it, or wait for the process that does.

        Args:
            job: what is wanted.
            meanwhile: what to compute while another process is about it; looked at only in that case.
        """
        self._try(job)
        for other in meanwhile:
            if self.load(job.key) is not None:
                break
            with suppress(ZrcError):  # whoever wants that one will see it fail
                self._try(other)
        result = self.load(job.key)
        if result is not None:
            return result
        with self._lock(job.key):
            return self._settle(job)

    def put(self, key: str, result: Result) -> None:
        """Store a result; raise ZrcError where it cannot be written."""
        with self._explained():
            write_atomically(self.path(key), json.dumps(result))

    def settle(self, jobs: Sequence[Job]) -> list[Result]:
        """Return the results of several jobs; what others compute is waited for only when nothing else is left."""
        for job in jobs:
            self._try(job)
        return [self.get(job) for job in jobs]

    def forget(self, key: str) -> None:
        """Remove a result; raise ZrcError where that is not possible."""
        with self._explained():
            self.path(key).unlink(missing_ok=True)

    def discard(self, prefix: str, *, older_than: float = 0) -> None:
        """Remove the results whose keys begin with this, and their locks; only those of an age in seconds."""
        latest = time.time() - older_than
        for path in self.folder.glob(f"{prefix}*"):
            with suppress(OSError):  # it does no harm there
                if not path.is_dir() and (not older_than or path.stat().st_mtime < latest):
                    path.unlink()

    def _try(self, job: Job) -> None:
        """Compute a result unless it is there, or another process is about it."""
        if self.load(job.key) is not None:
            return
        with suppress(Timeout), self._lock(job.key, timeout=0):
            self._settle(job)

    def _settle(self, job: Job) -> Result:
        """Compute under the lock, unless another process was faster."""
        result = self.load(job.key)
        if result is None:
            try:
                result = job.compute()
            except MemoryError:
                raise ZrcError(_NO_MEMORY) from None
            try:
                self.put(job.key, result)
            except ZrcError as error:
                raise ZrcError(f"{error}{job.tell(result)}") from None
        return result

    def path(self, key: str) -> Path:
        """Return where a result is, or will be."""
        return self.folder / f"{key}.json"

    @contextmanager
    def _lock(self, key: str, timeout: float = -1) -> Iterator[None]:
        """Hold the lock of a result; raise Timeout where another process does, ZrcError where there can be none."""
        with self._explained():
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / f"{key}.lock", timeout=timeout)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Make one sentence of what the system says."""
        try:
            yield
        except Timeout:
            raise
        except OSError as error:
            raise ZrcError(_unwritable(self.folder.parent, error)) from None


def _unwritable(results: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"there is no room left for results in {results} ({reason}): make some, and run again"
    if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
        return f"files cannot be locked in {results} ({reason}): name a folder on another disk with --zrc-scores=DIR"
    return f"results cannot be written to {results} ({reason}): name another folder with --zrc-scores=DIR"
