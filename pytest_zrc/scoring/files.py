"""Which feature files of a subset are scored, and how many frames they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from pytest_zrc.abx.frames import Form
from pytest_zrc.abx.items import FloatArray, IntArray, Items
from pytest_zrc.benchmarks.model import Granularity
from pytest_zrc.case import Case
from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.features import (
    PLAIN,
    FeatureFileError,
    FeatureFormat,
    Header,
    first_unsound_time,
    read_header,
    read_times,
)
from pytest_zrc.submission.layout import file_id


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the frames of some files are, when those of all of them stand one after the other, by file id.

    Attributes:
        counts: the frames of each file.
        first: where they begin.
        dimension: of all of them.
    """

    counts: Mapping[str, int]
    first: Mapping[str, int]
    dimension: int

    @classmethod
    def of(cls, counts: Mapping[str, int], dimension: int) -> Layout:
        """Put files in the order of their ids, as tokens are."""
        names = sorted(counts)
        first = accumulate((counts[name] for name in names), initial=0)
        return cls({name: counts[name] for name in names}, dict(zip(names, first, strict=False)), dimension)

    @property
    def frames(self) -> int:
        """Count the frames of all files."""
        return sum(self.counts.values())

    def size(self, form: Form) -> int:
        """Return the bytes that their frames take."""
        return self.frames * form.size(self.dimension)

    def starts(self, names: Sequence[str]) -> IntArray:
        """Return where the frames of some files begin, shape (names,)."""
        return np.array([self.first[name] for name in names], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class ScoredFiles(Layout):
    """The feature files of a subset, one after the other.

    Attributes:
        paths: by file id.
        file_format: how they are read.
    """

    paths: Mapping[str, Path]
    file_format: FeatureFormat = PLAIN

    @classmethod
    def at(
        cls, paths: Mapping[str, Path], counts: Mapping[str, int], dimension: int, file_format: FeatureFormat = PLAIN
    ) -> ScoredFiles:
        """Put files in the order of their ids, as tokens are."""
        layout = Layout.of(counts, dimension)
        return cls(layout.counts, layout.first, dimension, {name: paths[name] for name in layout.counts}, file_format)

    def frame_times(self) -> dict[str, FloatArray] | None:
        """Read the times of the frames of each file, in seconds; None where files have none.

        Raises:
            ZrcError: a file that cannot be read.
        """
        if not self.file_format.times:
            return None
        return {name: _times(path) for name, path in self.paths.items() if path.suffix == ".txt"}

    def lacks(self, items: Items, case: Case, subset: str) -> bool:
        """Tell whether items name a file that the submission has, and that is not here."""
        suffix = case.parameters.score_file_type
        named = frozenset(items.files) - self.counts.keys()
        return any(file_id(name) in named and name.endswith(suffix) for name in case.listing(subset).files)

    def require(self, name: str, header: Header) -> None:
        """Raise ZrcError where a file is not what it was."""
        path = self.paths[name]
        _require_usable(path, header, self.file_format)
        if header.shape != (self.counts[name], self.dimension):
            raise ZrcError(f"{path} changed while it was being scored: run again when it is complete")


def known_files(case: Case, subset: str) -> ScoredFiles | None:
    """Return the files of a subset that the dataset lists; None unless they all fit together.

    Nothing but the shapes is needed for this, which one process finds for all.
    """
    by_id = case.files(subset).by_id
    shapes = case.subset_shapes(subset)
    counts, dimensions = {}, set()
    for name in by_id:
        counts[name], dimension = shapes.get(name, (0, 0))
        dimensions.add(dimension)
    if case.files(subset).twins or len(dimensions) != 1 or 0 in dimensions:
        return None
    folder = case.submission.root / case.folder(subset)
    paths = {name: folder / relative for name, relative in by_id.items()}
    return ScoredFiles.at(paths, counts, dimensions.pop(), case.feature_format)


def named_files(case: Case, subset: str) -> ScoredFiles:
    """Return the files of a subset that its items name, whatever else there is; their headers are read.

    Raises:
        ZrcError: one of them cannot be scored, or there is none.
    """
    paths = _named_paths(case, subset)
    file_format = case.feature_format
    headers = {name: _usable_header(path, file_format) for name, path in paths.items()}
    dimension = next(iter(headers.values())).dimension
    for name, header in headers.items():
        if header.dimension != dimension:
            raise ZrcError(
                f"{paths[name]} has {header.dimension} columns, others {dimension}: extract it like the others"
            )
    return ScoredFiles.at(paths, {name: header.frames for name, header in headers.items()}, dimension, file_format)


def items_of(case: Case, subset: str, granularity: Granularity) -> Items:
    """Return items of a subset; raises ZrcError where their file is damaged."""
    try:
        return case.items(subset, granularity)
    except ZrcError as error:
        raise ZrcError(f"{case.dataset.subsets[subset].item_files[granularity]}: {error}") from None


def unusable(path: Path, error: FeatureFileError) -> ZrcError:
    """Say which file cannot be used, and what to do."""
    return ZrcError(f"{path}: {error}; write the file again")


def _named_paths(case: Case, subset: str) -> dict[str, Path]:
    granularities = case.dataset.subsets[subset].item_files
    named = {name for granularity in granularities for name in items_of(case, subset, granularity).files}
    folder = case.submission.root / case.folder(subset)
    paths: dict[str, Path] = {}
    for relative in case.listing(subset).files:
        name = file_id(relative)
        if name not in named or not relative.endswith(case.parameters.score_file_type):
            continue
        if name in paths:
            raise ZrcError(f"{paths[name]} and {relative} have the same id: remove one of the two")
        paths[name] = folder / relative
    if not paths:
        raise ZrcError(f"{folder} holds no feature file of the dataset: nothing can be scored")
    return paths


def _times(path: Path) -> FloatArray:
    try:
        times = read_times(path)
    except FeatureFileError as error:
        raise unusable(path, error) from None
    frame = first_unsound_time(times)
    if frame is not None:
        raise ZrcError(f"{path}: the time of frame {frame} is {times[frame]}, no number that increases; correct it")
    return times


def _usable_header(path: Path, file_format: FeatureFormat) -> Header:
    try:
        header = read_header(path, file_format)
    except FeatureFileError as error:
        raise unusable(path, error) from None
    _require_usable(path, header, file_format)
    return header


def _require_usable(path: Path, header: Header, file_format: FeatureFormat) -> None:
    if not header.is_matrix:
        raise ZrcError(f"{path} has shape {header.shape}; save a 2D array (frames, feature dimension)")
    if not file_format.accepts(header.dtype):
        raise ZrcError(f"{path} holds {header.dtype}, not floats; convert it with array.astype('float32')")
