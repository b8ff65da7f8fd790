"""Features that come as arrays, or as the files of a folder, without a submission around them."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pytest_zrc.abx.frames import Form, Frames, Tokens
from pytest_zrc.abx.items import FloatArray, Items
from pytest_zrc.abx.speech import Resident, Speech
from pytest_zrc.benchmarks.model import Parameters
from pytest_zrc.checks.arrays import MakeFinding, check_file, check_header
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.checks.frames import FileLengths, find_mismatch, short_files
from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.files import Layout
from pytest_zrc.scoring.speech import Writing
from pytest_zrc.submission.features import (
    Array,
    Buffer,
    FeatureFile,
    FeatureFileError,
    FeatureFormat,
    Header,
    first_unsound_time,
    open_features,
    read_header,
)
from pytest_zrc.submission.layout import Submission, file_id

_SUFFIX = ".npy"
_PART = 1 << 14  # frames that are looked at together


class Arrays:
    """The frames of some arrays in memory.

    Attributes:
        files: whose frames they are.
    """

    def __init__(self, files: Layout, form: Form, frame_times: Mapping[str, FloatArray] | None = None) -> None:
        """Make room for all frames; their values mean nothing before each array has been written."""
        self.files, self._form, self._frame_times = files, form, frame_times
        self._frames = Frames.empty(files.frames, files.dimension, form.dtype)

    def writing(self, name: str) -> Writing:
        """Take the frames of an array from whoever reads it."""
        return Writing(self._frames, self.files.first[name], self._form)

    def frame_times(self) -> Mapping[str, FloatArray] | None:
        """Return the times of the frames of each array, in seconds; None where they have none."""
        return self._frame_times

    def speech(self, tokens: Tokens) -> Speech[Frames]:
        """Return the frames of the tokens of a condition."""
        return Resident(self._frames, self.files.starts(tokens.files), tokens)

    def parts(self) -> Iterator[tuple[int, Frames]]:
        """Yield all frames, some at a time, with the number of those before."""
        for first in range(0, len(self._frames), _PART):
            yield first, self._frames[first : first + _PART]


@dataclass(frozen=True, slots=True)
class Given:
    """The features of a file, as somebody gives them.

    Attributes:
        where: what messages call them.
        header: what is known of them before their values are read.
        open: gives access to the values.
        times: of the frames, in seconds, shape (frames,); None where they have none.
    """

    where: str
    header: Header
    open: Callable[[], AbstractContextManager[FeatureFile]]
    times: FloatArray | None = None

    def require(self, check: Callable[[MakeFinding], Finding | None]) -> None:
        """Raise ZrcError where a check finds something."""
        try:
            found = check(partial(finding, where=self.where, subset=None))
        except FeatureFileError as error:
            raise ZrcError(f"{self.where}: {error}; write the file again") from None
        if found:
            raise ZrcError(f"{self.where}: {found.measured}; expected {found.expected}")


def find_features(
    features: object, names: Collection[str], parameters: Parameters, frame_times: object = None
) -> dict[str, Given]:
    """Find the features of some files; those of a folder are not read yet.

    Args:
        features: arrays of shape (frames, dimension) by file id; or the path of a folder of ``.npy`` files, in
            subfolders or not, whose names are the ids.
        names: the ids of the files.
        parameters: of the scoring.
        frame_times: of the frames of each array, in seconds, shape (frames,), by file id; None where they have none.

    Returns:
        The features by file id.

    Raises:
        ZrcError: something else was given, a file has no features, or they are no array of numbers.
    """
    form = _format_of(parameters)
    if isinstance(features, str | os.PathLike):
        found = _in_folder(Path(features).expanduser(), names, form)
    else:
        arrays = _chosen(features, "features", names)
        found = {name: _in_memory(array, f"features[{name!r}]", form) for name, array in arrays.items()}
    for one in found.values():
        one.require(partial(check_header, one.header, form))
    if frame_times is not None:
        times = _chosen(frame_times, "frame_times", names)
        found = {name: _timed(one, times[name], f"frame_times[{name!r}]") for name, one in found.items()}
    return found


def hold_features(
    given: Mapping[str, Given], items: Items, parameters: Parameters, form: Form, progress: Callable[[float], None]
) -> Arrays:
    """Read the features of all files, each once, and check them as those of a submission are checked.

    Args:
        given: by file id.
        items: what is going to be compared.
        parameters: of the scoring.
        form: how frames are held.
        progress: called with the share that is done, after each file.

    Raises:
        ZrcError: features that cannot be used, or that end before the items of their file do.
    """
    for short, texts in short_files(_lengths(given, items), parameters.feature_size):  # tokens would be cut off
        given[short].require(lambda make: make("ZRC-A09", **texts))  # noqa: B023 - called at once
    times = {name: one.times for name, one in given.items() if one.times is not None}
    held, buffer = Arrays(_layout(given), form, times or None), Buffer()
    for number, (name, one) in enumerate(given.items(), start=1):
        one.require(partial(_read, one, parameters, held.writing(name), buffer))
        progress(number / len(given))
    return held


def doubt_of_frame_shift(given: Mapping[str, Given], items: Items, frame_shift: float) -> str:
    """Say why a frame shift, in seconds, is likely to be wrong; nothing where it is not.

    Features that are longer than their items may be all right, as those of words in silence. They may also have half of
    the frame shift, and then tokens are compared in the wrong places.
    """
    mismatch = find_mismatch(_lengths(given, items), frame_shift)
    return f"most files {mismatch} at frame_shift={frame_shift}: is it the time between two frames?" if mismatch else ""


def _read(given: Given, parameters: Parameters, writing: Writing, buffer: Buffer, make: MakeFinding) -> Finding | None:
    form, distance = _format_of(parameters), parameters.distance_mode
    with given.open() as file:
        if file.header.shape != given.header.shape:
            raise ZrcError(f"{given.where} changed while it was being read: try again when it is complete")
        return check_file(file, form, distance, buffer=buffer, keep=lambda _: writing, make=make)


def _format_of(parameters: Parameters) -> FeatureFormat:
    return FeatureFormat(units=parameters.distance_mode == "identical")


def _chosen(given: object, what: str, names: Collection[str]) -> dict[str, object]:
    """Return what a mapping has for some files, by file id in order; ids may be whole numbers there."""
    if not isinstance(given, Mapping):
        folder = ", or the path of a folder of .npy files" if what == "features" else ""
        raise ZrcError(f"{what} is of type {type(given).__name__}; expected a mapping of arrays by file id{folder}")
    keys = {str(key): key for key in given}
    _require_all(keys, what, names)
    return {name: given[keys[name]] for name in sorted(names)}


def _require_all(known: Collection[str], what: str, names: Collection[str]) -> None:
    missing = sorted(set(names) - set(known))
    if missing:
        raise ZrcError(
            f"{what} lacks {len(missing)} of {len(names)} files that the items name, {missing[0]!r} for one: "
            "add them, or leave their items out"
        )


def _in_folder(folder: Path, names: Collection[str], form: FeatureFormat) -> dict[str, Given]:
    if not folder.is_dir():
        problem = "not a folder" if folder.exists() else "no such folder"
        raise ZrcError(f"no features at {folder} ({problem}): give the folder that holds the .npy files")
    paths: dict[str, Path] = {}
    for relative in Submission(folder).listing("").files:
        if relative.endswith(_SUFFIX):
            path = paths.setdefault(file_id(relative), folder / relative)
            if path != folder / relative:
                raise ZrcError(f"{path} and {folder / relative} have the same id: remove one of the two")
    _require_all(paths, str(folder), names)
    return {name: _on_disk(paths[name], form) for name in sorted(names)}


def _on_disk(path: Path, form: FeatureFormat) -> Given:
    try:
        header = read_header(path, form)
    except FeatureFileError as error:
        raise ZrcError(f"{path}: {error}; write the file again") from None
    return Given(str(path), header, partial(open_features, path, form))


def _in_memory(value: object, where: str, form: FeatureFormat) -> Given:
    array = _as_array(value, where)
    header = form.interpret(Header(array.shape, array.dtype))
    file = FeatureFile(header, array.reshape(header.shape))
    return Given(where, header, lambda: nullcontext(file))


def _timed(given: Given, value: object, where: str) -> Given:
    """Add the times of the frames."""
    times = _as_array(value, where)
    if times.shape != (given.header.frames,) or times.dtype.kind not in "fiu":
        raise ZrcError(
            f"{where} has shape {times.shape} of {times.dtype}; expected a time in seconds for each of the "
            f"{given.header.frames} frames"
        )
    seconds: FloatArray = times.astype(np.float64)
    frame = first_unsound_time(seconds)
    if frame is not None:
        raise ZrcError(f"{where}: frame {frame} is at {seconds[frame]} s; expected finite times that increase")
    return replace(given, times=seconds)


def _as_array(value: Any, where: str) -> Array:  # noqa: ANN401 - whatever the caller has
    """Return an array as NumPy has it, not copied if that can be; tensors of PyTorch, too, wherever they are."""
    try:
        if type(value).__module__.partition(".")[0] == "torch":
            value = value.detach().cpu()
            value = value.float() if str(value.dtype) == "torch.bfloat16" else value  # which NumPy has not
        return np.asarray(value)
    except Exception as error:  # noqa: BLE001 - it is a foreign object, which may raise anything
        raise ZrcError(
            f"{where} is no array ({type(error).__name__}: {str(error)[:100]}): give one of floats"
        ) from None


def _layout(given: Mapping[str, Given]) -> Layout:
    first = next(iter(given.values()))
    for one in given.values():
        if one.header.dimension != first.header.dimension:
            raise ZrcError(
                f"{one.where} has {one.header.dimension} columns, {first.where} has {first.header.dimension}: "
                "extract it like the others; rows are time"
            )
    return Layout.of({name: one.header.frames for name, one in given.items()}, first.header.dimension)


def _lengths(given: Mapping[str, Given], items: Items) -> FileLengths:
    offsets = items.last_offsets()
    names = [name for name in given if offsets[name] > 0]
    times = [time[-1] for name in names if (time := given[name].times) is not None]
    return FileLengths(
        names,
        np.array([given[name].header.frames for name in names], dtype=np.int64),
        np.array([offsets[name] for name in names]),
        np.array(times) if times else None,
    )
