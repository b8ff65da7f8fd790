"""A dataset on disk, as its index.json describes it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pytest_zrc.benchmarks.model import Benchmark, Granularity, Subset
from pytest_zrc.errors import ZrcError

INDEX = "index.json"


@dataclass(frozen=True, slots=True)
class IndexedSubset:
    """A subset of a dataset.

    Attributes:
        file_ids: of its audio files, sorted.
        item_files: one a granularity.
    """

    file_ids: tuple[str, ...]
    item_files: Mapping[Granularity, Path]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset.

    Attributes:
        root: its folder.
        subsets: by the names of the benchmark.
    """

    root: Path
    subsets: Mapping[str, IndexedSubset]

    def digest(self, subset: str) -> str:
        """Return the SHA-256 over the item files of a subset: equal digests, equal comparisons."""
        state = hashlib.sha256()
        for granularity, path in sorted(self.subsets[subset].item_files.items()):
            state.update(granularity.encode() + b"\0" + path.read_bytes())
        return state.hexdigest()


def default_location(benchmark: Benchmark) -> Path:
    """Return where the dataset of a benchmark is kept, by the official toolkit too: under ``$APP_DIR``."""
    if not benchmark.dataset:
        return Path(__file__).parent.parent / benchmark.name / "dataset"
    home = os.environ.get("APP_DIR") or Path.home() / "zr-data"
    return Path(home) / "datasets" / benchmark.dataset


def open_dataset(root: Path, benchmark: Benchmark, subsets: tuple[Subset, ...]) -> Dataset:
    """Read the index of a dataset, for some subsets of a benchmark.

    Raises:
        ZrcError: no dataset there, an index that is damaged or lacks one of the subsets, a missing item file.
    """
    path = root / INDEX
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ZrcError(
            f"no dataset at {root} (there is no {INDEX}): "
            f"give the folder of {benchmark.dataset} with --zrc-dataset=DIR, or put it there"
        ) from None
    except OSError as error:
        raise ZrcError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise ZrcError(f"{path} is not the index of a dataset: {error}") from None
    granularities = tuple(dict.fromkeys(condition.granularity for condition in benchmark.conditions))
    return Dataset(root, {subset.name: _read_subset(path, index, subset, granularities) for subset in subsets})


def _read_subset(path: Path, index: object, subset: Subset, granularities: tuple[Granularity, ...]) -> IndexedSubset:
    items = _field(path, index, "subsets", subset.index_key, "items")
    files = _field(path, items, "wav_list", "files_list", above=f"subsets.{subset.index_key}.items.")
    if not isinstance(files, list) or not all(isinstance(name, str) for name in files):
        raise ZrcError(f"{path}: subsets.{subset.index_key}.items.wav_list.files_list is not a list of file names")
    item_files = {
        granularity: _item_file(
            path, _field(path, items, f"{granularity}_item_file", "file", above=f"subsets.{subset.index_key}.items.")
        )
        for granularity in granularities
    }
    return IndexedSubset(tuple(sorted({PurePosixPath(name).stem for name in files})), item_files)


def _field(path: Path, value: object, *names: str, above: str = "") -> object:
    for depth, name in enumerate(names, start=1):
        if not isinstance(value, dict) or name not in value:
            raise ZrcError(f"{path} has no field {above}{'.'.join(names[:depth])}: is this the right dataset?")
        value = value[name]
    return value


def _item_file(index: Path, name: object) -> Path:
    if not isinstance(name, str):
        raise ZrcError(f"{index}: the name of an item file is not text")
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts:
        raise ZrcError(f"{index}: the item file {name} is outside the dataset")
    path = index.parent / relative
    if not path.is_file():
        raise ZrcError(f"{path} is missing, though {index} lists it: restore it, or pull the dataset again")
    return path
