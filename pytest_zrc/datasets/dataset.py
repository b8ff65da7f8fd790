"""A dataset on disk: where its item files are, and which files it has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pytest_zrc.benchmarks.model import Benchmark, Granularity, ItemFile, Subset
from pytest_zrc.datasets.places import datasets_folder
from pytest_zrc.errors import ZrcError, shown
from pytest_zrc.files import LARGEST_INDEX, is_file, lines_of, read_json, require_regular

INDEX = "index.json"

_CHUNK = 1 << 22  # bytes
_LONGEST_LINE = 1 << 18  # bytes of an item file, more than any that can be read as a whole


@dataclass(frozen=True, slots=True)
class DatasetSubset:
    """A subset of a dataset.

    Attributes:
        item_files: one a granularity.
        listed: the ids of its audio files, sorted; ``None`` where they are those that the item files name.
        audio: where in the dataset the index says that the listed files are, by id.
    """

    item_files: Mapping[Granularity, Path]
    listed: tuple[str, ...] | None = None
    audio: Mapping[str, PurePosixPath] = field(default_factory=dict)

    def file_ids(self) -> list[str]:
        """Return the ids of its files, sorted: of item files that cannot be read none, of damaged lines what is there.

        This looks at the first column only, which takes an eighth of the time that the whole of an item file takes.
        """
        if self.listed is not None:
            return list(self.listed)
        return sorted({name for path in self.item_files.values() for name in _ids_in(path)})


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset.

    Attributes:
        root: its folder.
        subsets: by the names of the benchmark.
    """

    root: Path
    subsets: Mapping[str, DatasetSubset]

    def digest(self, subset: str) -> str:
        """Return the SHA-256 over the item files of a subset: equal digests, equal comparisons."""
        state = hashlib.sha256()
        for granularity, path in sorted(self.subsets[subset].item_files.items()):
            state.update(granularity.encode() + b"\0")
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    state.update(chunk)
        return state.hexdigest()


def default_location(benchmark: Benchmark) -> Path:
    """Return where the dataset of a benchmark is kept, by the official toolkit too: under ``$APP_DIR``."""
    if not benchmark.dataset:
        return Path(__file__).parent.parent / benchmark.name / "dataset"
    return datasets_folder() / benchmark.dataset


def open_dataset(root: Path, benchmark: Benchmark, subsets: tuple[Subset, ...]) -> Dataset:
    """Find the item files of a dataset, for some subsets of a benchmark, and what its index lists.

    Raises:
        ZrcError: no dataset there, an index that is damaged or lacks one of the subsets, a missing item file.
    """
    indexed = any(item_file.entry for subset in subsets for item_file in subset.item_files)
    needed = any(not item_file.places for subset in subsets for item_file in subset.item_files)
    index = _Index.read(root / INDEX) if indexed else None
    if not root.exists() or (needed and index is None):
        missing = f" (there is no {INDEX})" if needed else ""
        raise ZrcError(f"no dataset at {root}{missing}: {_how_to_get(benchmark, listed=indexed)}")
    return Dataset(root, {subset.name: _find_subset(root, index, benchmark, subset) for subset in subsets})


def _how_to_get(benchmark: Benchmark, *, listed: bool) -> str:
    """Say how to come by a dataset; those with an index are listed in the registry."""
    name = benchmark.dataset
    if not name:
        return f"give the folder of a dataset for {benchmark.name} with --zrc-dataset=DIR"
    command = f"pull {name}" if listed else f"import {name} DIR"
    return f"give the folder of {name} with --zrc-dataset=DIR, or get it with 'pytest-zrc datasets {command}'"


def _find_subset(root: Path, index: _Index | None, benchmark: Benchmark, subset: Subset) -> DatasetSubset:
    audio = index.audio(subset) if index is not None and benchmark.files_in == "index" else None
    item_files = {
        one.granularity: index.item_file(subset, one) if index else _item_file(root, benchmark, one)
        for one in subset.item_files
    }
    return DatasetSubset(item_files, None if audio is None else tuple(sorted(audio)), audio or {})


def _item_file(root: Path, benchmark: Benchmark, wanted: ItemFile) -> Path:
    """Find an item file where there is no index."""
    for place in wanted.places:
        if (root / place).is_file():
            return root / place
    raise ZrcError(
        f"no item file at {root / wanted.places[0]}: put it there, or give the folder of {benchmark.dataset} "
        "with --zrc-dataset=DIR"
    )


@dataclass(frozen=True, slots=True)
class _Index:
    """An index.json."""

    path: Path
    content: object = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> _Index | None:
        """Read an index; None if there is no such file."""
        try:
            path.stat()
        except FileNotFoundError:
            return None
        except OSError:
            pass  # read_json says why
        return cls(path, read_json(path, "is this the right dataset?", LARGEST_INDEX))

    def audio(self, subset: Subset) -> dict[str, PurePosixPath]:
        """Return where the audio files are that it lists for a subset, by their ids."""
        key = self._key(subset)
        files = self._field("subsets", key, "items", "wav_list", "files_list")
        if not isinstance(files, list) or not all(isinstance(name, str) for name in files):
            raise ZrcError(f"{self.path}: subsets.{key}.items.wav_list.files_list is not a list of file names")
        if not files:
            raise ZrcError(f"{self.path}: subsets.{key}.items.wav_list.files_list is empty: is this the right dataset?")
        return {place.stem: place for place in map(PurePosixPath, reversed(files))}

    def item_file(self, subset: Subset, wanted: ItemFile) -> Path:
        """Return the path of an item file."""
        name = self._field("subsets", self._key(subset), "items", wanted.entry, "file")
        if not isinstance(name, str):
            raise ZrcError(f"{self.path}: the name of an item file is not text")
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts:
            raise ZrcError(f"{self.path}: the item file {shown(name)} is outside the dataset")
        path = self.path.parent / relative
        if not is_file(path):
            named = self.path.parent / shown(name)
            raise ZrcError(f"{named} is missing, though {self.path} lists it: restore it, or pull the dataset again")
        return path

    def _key(self, subset: Subset) -> str:
        """Return the name that a subset has here."""
        subsets = self._field("subsets")
        known = subsets if isinstance(subsets, dict) else {}
        return next((name for name in (subset.index_key, *subset.index_aliases) if name in known), subset.index_key)

    def _field(self, *names: str) -> object:
        value = self.content
        for depth, name in enumerate(names, start=1):
            if not isinstance(value, dict) or name not in value:
                raise ZrcError(f"{self.path} has no field {'.'.join(names[:depth])}: is this the right dataset?")
            value = value[name]
        return value


def _ids_in(path: Path) -> set[str]:
    """Return what stands in the first column of an item file, in lines with more than one."""
    try:
        require_regular(path)
        with path.open("rb") as lines:
            if not lines.readline(_LONGEST_LINE).startswith(b"#"):
                lines.seek(0)
            rows = lines_of(lines, _LONGEST_LINE)
            ids = {columns[0] for line in rows if len(columns := line.split(None, 1)) == 2}
    except (OSError, ValueError):  # a check says so
        return set()
    return {name.decode("utf-8", "surrogateescape") for name in ids}
