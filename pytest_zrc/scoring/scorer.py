"""From the files of a submission to its error rates."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Frames, cut_tokens, normalise
from pytest_zrc.abx.items import IntArray, Items
from pytest_zrc.abx.kernel import Kernel
from pytest_zrc.abx.speech import Resident
from pytest_zrc.benchmarks.model import Condition, Granularity
from pytest_zrc.case import Case
from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.scores import Score
from pytest_zrc.submission.features import Array, FeatureFileError, Header, read_array, read_header
from pytest_zrc.submission.layout import file_id


@dataclass(frozen=True, slots=True)
class _Speech:
    """The normalised frames of a subset, one file after the other.

    Attributes:
        frames: of all files.
        first: where each file begins in them, by file id.
        count: how many it has.
    """

    frames: Frames
    first: dict[str, int]
    count: dict[str, int]


class Scorer:
    """Computes the scores of a case; the features of the last subset are kept for its next condition."""

    def __init__(self, case: Case, device: str = CPU) -> None:
        """Score this case on a device, ``cpu`` or ``cuda``."""
        self._case, self._device = case, device
        self._subset = ""
        self._speech: _Speech | None = None

    def score(self, subset: str, condition: Condition, progress: Callable[[float], None] | None = None) -> Score:
        """Compute one score.

        Raises:
            ZrcError: features or items that cannot be used, as they may be without validation.
        """
        case, parameters = self._case, self._case.parameters
        items = _items(case, subset, condition.granularity)
        speech = self._load(subset)
        began = time.perf_counter()
        tokens = cut_tokens(items, speech.count, parameters.feature_size)
        first_frame: IntArray = np.array([speech.first[name] for name in tokens.files], dtype=np.int64)
        result = score_condition(
            tokens,
            self._kernel,
            Resident(speech.frames, first_frame, tokens),
            context=condition.context,
            speaker=condition.speaker,
            distance=parameters.distance_mode,
            limits=Limits(parameters.max_size_group, parameters.max_x_across, parameters.seed),
            progress=progress,
        )
        seconds = time.perf_counter() - began
        if result is None:
            reason = f"{subset} has nothing to compare here: its items make no cell with an A, a B and an X"
            return Score.of(subset, condition, None, reason=reason, seconds=seconds)
        return Score.of(subset, condition, result.error_rate, cells=len(result.cells), seconds=seconds)

    @cached_property
    def _kernel(self) -> Kernel:
        return make_kernel(self._device)  # when there is something to score: PyTorch takes seconds to import

    def _load(self, subset: str) -> _Speech:
        if self._speech is None or self._subset != subset:
            self._speech = None  # frees the last one first
            self._speech = _load(self._case, subset)
            self._subset = subset
        return self._speech


def _load(case: Case, subset: str) -> _Speech:
    """Read and normalise every feature file that an item file names."""
    paths = _scored_files(case, subset)
    headers = {name: _usable_header(path) for name, path in paths.items()}
    counts = {name: header.frames for name, header in headers.items()}
    first = dict(zip(counts, np.cumsum([0, *counts.values()]).tolist(), strict=False))
    dimension = next(iter(headers.values())).dimension
    frames = Frames.empty(sum(counts.values()), dimension)
    for name, path in paths.items():
        header, array = _read(path)
        if header.dimension != dimension:
            raise ZrcError(f"{path} has {header.dimension} columns, others {dimension}: extract it like the others")
        if header != headers[name]:
            raise ZrcError(f"{path} changed while it was being scored: run again when it is complete")
        normalise(array, frames, first[name])
    return _Speech(frames, first, counts)


def _scored_files(case: Case, subset: str) -> dict[str, Path]:
    granularities = case.dataset.subsets[subset].item_files
    named = {name for granularity in granularities for name in _items(case, subset, granularity).files}
    paths: dict[str, Path] = {}
    for relative in case.submission.listing(subset).files:
        name = file_id(relative)
        if name not in named or not relative.endswith(case.parameters.score_file_type):
            continue
        if name in paths:
            raise ZrcError(f"{paths[name]} and {relative} have the same id: remove one of the two")
        paths[name] = case.submission.root / subset / relative
    if not paths:
        raise ZrcError(f"{case.submission.root / subset} holds no feature file of the dataset: nothing can be scored")
    return paths


def _items(case: Case, subset: str, granularity: Granularity) -> Items:
    try:
        return case.items(subset, granularity)
    except ZrcError as error:
        raise ZrcError(f"{case.dataset.subsets[subset].item_files[granularity]}: {error}") from None


def _usable_header(path: Path) -> Header:
    try:
        header = read_header(path)
    except FeatureFileError as error:
        raise ZrcError(f"{path}: {error}; write the file again") from None
    if not header.is_matrix:
        raise ZrcError(f"{path} has shape {header.shape}; save a 2D array (frames, feature dimension)")
    if not np.issubdtype(header.dtype, np.floating):
        raise ZrcError(f"{path} holds {header.dtype}, not floats; convert it with array.astype('float32')")
    return header


def _read(path: Path) -> tuple[Header, Array]:
    try:
        return read_array(path)
    except FeatureFileError as error:
        raise ZrcError(f"{path}: {error}; write the file again") from None
