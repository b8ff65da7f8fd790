"""Datasets on this machine: got, brought, found and removed; each of them whole, or not there.

Everything is made ready in a hidden folder beside the datasets, under a lock, and then renamed.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.datasets.dataset import INDEX, open_dataset
from pytest_zrc.datasets.download import ATTEMPTS, Listener, Progress, download, verify
from pytest_zrc.datasets.places import datasets_folder, is_name, location
from pytest_zrc.datasets.registry import Entry
from pytest_zrc.datasets.unpacking import NoRoomError, require_room, unpack
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import LARGEST_INDEX, read_json, require_locks

_WORK = ".pytest-zrc"  # beside the datasets, so that it is on their file system


def benchmarks_with(name: str) -> list[Benchmark]:
    """Return the benchmarks that are scored on a dataset."""
    return [benchmark for benchmark in BENCHMARKS.values() if benchmark.dataset == name]


def installed() -> list[str]:
    """Return the names of the datasets that are there, by the official toolkit too, sorted."""
    try:
        return sorted(entry.name for entry in os.scandir(datasets_folder()) if is_name(entry.name) and entry.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ZrcError(f"{datasets_folder()} cannot be read ({error.strerror or error})") from None


def flaw(name: str) -> str:
    """Return what is wrong with a dataset that is there, as far as that is seen at a glance, or nothing."""
    try:
        return _problem(location(name), name)
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"


def require_installed(name: str) -> Path:
    """Return where a dataset is.

    Raises:
        ZrcError: it is not there.
    """
    place = location(name)
    if not place.is_dir():
        raise ZrcError(f"{name} is not installed: 'pytest-zrc datasets' lists what is, and what can be pulled")
    return place


def pull(
    entry: Entry,
    *,
    force: bool = False,
    listener: Listener | None = None,
    attempts: int = ATTEMPTS,
    pause: Callable[[float], None] = time.sleep,
) -> Path:
    """Download a dataset, unless it is there, and install it.

    Args:
        entry: of the registry.
        force: replace the one that is there.
        listener: is told how it goes.
        attempts: how often in a row to try without getting more.
        pause: waits so many seconds.

    Returns:
        Where it is.

    Raises:
        RemoteError: it cannot be downloaded now; what came is kept for the next time.
        ZrcError: it cannot be had so, is not what it should be, or there is no room for it.
    """
    listener = listener or Listener()
    with _alone(entry.name, listener) as work:
        if work.place.is_dir() and not force:
            _require_dataset(work.place, entry.name, str(work.place), "replace it with --force")
            listener.say(f"{entry.name} is installed already")
            return work.place
        _require_pullable(entry)
        _require_replaceable(work.place)
        paths = _download(entry, work, listener, attempts, pause)
        listener.say(f"unpacking {entry.name}")
        source = f"the zip of {entry.name}"
        try:
            unpack(paths, work.made, source, listener.progress)
            _install(entry.name, work, source)
        except NoRoomError:
            raise  # the zip is good for the next time
        except ZrcError:
            shutil.rmtree(work.downloads)
            raise
        shutil.rmtree(work.downloads)
        return work.place


def import_dataset(name: str, source: Path, *, force: bool = False, listener: Listener | None = None) -> Path:
    """Install a dataset from a folder, which is copied, or from a zip.

    Args:
        name: what it is to be called.
        source: the folder or the zip, which stay as they are; a folder in it that holds all of it is looked into.
        force: replace the one that is there.
        listener: is told how it goes.

    Returns:
        Where it is.

    Raises:
        ZrcError: there is such a dataset, this is none, or there is no room for it.
    """
    listener = listener or Listener()
    with _alone(name, listener) as work:
        if work.place.exists() and not force:
            raise ZrcError(f"{name} is installed already, at {work.place}: replace it with --force")
        _require_replaceable(work.place)
        if source.is_dir():
            listener.say(f"copying {source}")
            _copy(source, work, listener.progress)
        elif source.is_file():
            listener.say(f"unpacking {source}")
            unpack([source], work.made, str(source), listener.progress)
        else:
            raise ZrcError(f"{source} is neither a folder nor a zip: give what holds {name}")
        _install(name, work, str(source))
        return work.place


def remove(name: str) -> Path:
    """Remove a dataset.

    Returns:
        Where it was.

    Raises:
        ZrcError: it is not there, or a link to somewhere else.
    """
    if require_installed(name).is_symlink():
        raise ZrcError(f"{location(name)} is a link, to what pytest-zrc did not put there: remove it yourself")
    with _alone(name, Listener()) as work:
        require_installed(name)  # another process may have been faster
        work.place.rename(work.old)  # at once; what is slow comes after
        return work.place


@dataclass(frozen=True, slots=True)
class _Work:
    """Where a dataset is, and where it is made ready.

    Attributes:
        place: of the dataset.
        folder: of what comes before.
    """

    place: Path
    folder: Path

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    @property
    def made(self) -> Path:
        """Return where the new one is made."""
        return self.folder / "made"

    @property
    def old(self) -> Path:
        """Return where the one is that is replaced or removed."""
        return self.folder / "old"

    def tidy(self) -> None:
        """Remove what is left of an installation that is over, or was killed; downloads are kept."""
        if self.made.exists() and self.old.exists() and not self.place.exists():
            self.old.rename(self.place)  # killed in between: it was to be replaced, not removed
        for left in (self.made, self.old):
            if left.exists():
                shutil.rmtree(left)


@contextmanager
def _alone(name: str, listener: Listener) -> Iterator[_Work]:
    """Let nobody else change a dataset meanwhile, and make sentences of what the disk refuses."""
    work = _Work(location(name), datasets_folder() / _WORK / name)
    try:
        work.folder.mkdir(parents=True, exist_ok=True)
        with _lock(work.folder / "lock", f"another process is at {name}: waiting for it", listener):
            work.tidy()
            try:
                yield work
            finally:
                work.tidy()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise ZrcError(f"{name} cannot be changed ({where}{error.strerror or error})") from None


@contextmanager
def _lock(path: Path, sentence: str, listener: Listener) -> Iterator[None]:
    lock = FileLock(path)
    require_locks(path.parent)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        listener.say(sentence)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _require_pullable(entry: Entry) -> None:
    name = entry.name
    if entry.external:
        page = f"; {entry.details_url} says how" if entry.details_url else ""
        raise ZrcError(
            f"{name} must be had from its owners{page}: then 'pytest-zrc datasets import {name} DIR' installs it"
        )
    if not entry.md5:
        raise ZrcError(
            f"the registry has no MD5 of {name}, so that it could not be verified: fetch {' '.join(entry.urls)} "
            f"yourself, and install it with 'pytest-zrc datasets import {name} FILE.zip'"
        )


def _require_replaceable(place: Path) -> None:
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise ZrcError(f"{place} is no folder of its own, so it is not replaced: move it away")


def _download(
    entry: Entry, work: _Work, listener: Listener, attempts: int, pause: Callable[[float], None]
) -> list[Path]:
    """Fetch the zip, or the parts of it, and verify them together."""
    folder = work.downloads
    paths = [folder / f"{entry.md5}-{number}" for number in range(len(entry.urls))]
    for stale in folder.iterdir() if folder.exists() else ():
        if not stale.name.startswith(entry.md5):
            stale.unlink()
    held = sum(file.stat().st_size for file in folder.iterdir()) if folder.exists() else 0
    if entry.size:  # unpacked it takes about as much again
        require_room(work.folder, 2 * entry.size - held, f"{entry.name}, downloaded and unpacked,")
    whole, before = len(paths) == 1, 0
    for number, (url, path) in enumerate(zip(entry.urls, paths, strict=True), start=1):
        if not path.exists():
            listener.say(f"downloading {url}" + ("" if whole else f" (part {number} of {len(paths)})"))
            download(
                url,
                path,
                size=entry.size if whole else None,
                md5=entry.md5 if whole else "",
                limit=(entry.size or shutil.disk_usage(work.folder).free + held) - before,
                listener=listener,
                attempts=attempts,
                pause=pause,
            )
        before += path.stat().st_size
    if not whole:
        try:
            verify(paths, entry.size, entry.md5, f"what the parts of {entry.name} make together", listener)
        except ZrcError:
            shutil.rmtree(folder)
            raise
    return paths


def _copy(source: Path, work: _Work, progress: Progress) -> None:
    """Copy a folder; links in it become what they lead to."""
    if work.made.resolve().is_relative_to(source.resolve()):
        raise ZrcError(f"{source} holds the datasets of pytest-zrc: give the folder of the one that is meant")
    total = sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
    require_room(work.folder, total, f"a copy of {source}")
    done = 0

    def copy(one: str, other: str) -> None:
        nonlocal done
        shutil.copyfile(one, other)
        done += os.path.getsize(other)
        progress(done, total)

    try:
        shutil.copytree(source, work.made, copy_function=copy)
    except shutil.Error as error:
        path, _, reason = error.args[0][0]
        raise ZrcError(f"{path} cannot be copied ({reason})") from None


def _install(name: str, work: _Work, source: str) -> None:
    """Put what was made where datasets are, if it is the one that it should be."""
    root = _root(work.made, name)
    _require_dataset(root, name, source)
    if work.place.exists():
        work.place.rename(work.old)
    root.rename(work.place)


def _root(folder: Path, name: str) -> Path:
    """Return the folder of the dataset: this, or the only one in it."""
    entries = list(folder.iterdir())
    if len(entries) != 1 or not entries[0].is_dir():
        return folder
    inner = entries[0]
    named = inner.name == name or (inner / INDEX).is_file()
    return inner if named or (benchmarks_with(name) and _problem(folder, name)) else folder


def _require_dataset(root: Path, name: str, source: str, advice: str = "is it the right one?") -> None:
    if problem := _problem(root, name):
        raise ZrcError(f"{source} does not hold {name} ({problem}): {advice}")


def _problem(root: Path, name: str) -> str:
    """Return why a folder is not a certain dataset, or nothing; of one that no benchmark needs little is known."""
    try:
        for benchmark in benchmarks_with(name):
            open_dataset(root, benchmark, benchmark.subsets)
        if (root / INDEX).exists():
            read_json(root / INDEX, "", LARGEST_INDEX)
    except ZrcError as error:
        nothing = f"there is no {INDEX}"
        problem = str(error).replace(f"no dataset at {root} ({nothing})", nothing).replace(f"{root}{os.sep}", "")
        return problem.partition(": ")[0]
    return "" if any(root.iterdir()) else "it is empty"
