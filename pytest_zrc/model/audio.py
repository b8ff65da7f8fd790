"""The audio of a dataset: where its files are, and what is in them.

soundfile and soxr are imported where they are needed: nobody else needs them.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from pytest_zrc.benchmarks.model import Subset
from pytest_zrc.datasets.dataset import Dataset
from pytest_zrc.errors import ZrcError, shown
from pytest_zrc.files import is_file, require_regular
from pytest_zrc.model.encoder import Waveform

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")  # that are looked for, the first that is there is taken

_BLOCK = 1 << 18  # samples that are read at a time: a header may claim more than any memory holds
_MOST_SAMPLES = 1 << 28  # 4.6 hours at 16 kHz, 1 GiB; silence can be packed ten-thousandfold


@dataclass(frozen=True, slots=True)
class Audio:
    """A sound.

    Attributes:
        waveform: of shape (samples,).
        sample_rate: in Hz.
    """

    waveform: Waveform
    sample_rate: int

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return len(self.waveform) / self.sample_rate

    def at(self, sample_rate: int | None) -> Audio:
        """Return it at another sampling rate; ``None`` leaves it as it is."""
        if sample_rate in (None, self.sample_rate):
            return self
        waveform = _library("soxr").resample(self.waveform, self.sample_rate, sample_rate)
        return Audio(waveform, sample_rate)


@dataclass(frozen=True, slots=True)
class AudioFile:
    """An audio file, read once: what is encoded is what its digest is of.

    Attributes:
        path: where it is.
        content: its bytes.
    """

    path: Path
    content: bytes = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> AudioFile:
        """Read a file; raises ZrcError where it cannot be read."""
        try:
            require_regular(path)
            return cls(path, path.read_bytes())
        except OSError as error:
            raise _unreadable(path, error.strerror or str(error)) from None

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        return hashlib.sha256(self.content).hexdigest()

    def decode(self) -> Audio:
        """Return the mean of its channels; raises ZrcError where there is nothing to encode."""
        soundfile = _library("soundfile")
        try:
            with soundfile.SoundFile(io.BytesIO(self.content)) as file:
                samples, sample_rate = self._samples(file), file.samplerate
        except soundfile.SoundFileError as error:
            raise _unreadable(self.path, _reason(error)) from None
        if not len(samples):
            raise ZrcError(f"{self.path} is audio without a sample: restore it from the dataset")
        if not np.isfinite(samples).all():
            raise ZrcError(f"{self.path} holds samples that are not finite: restore it from the dataset")
        return Audio(samples, sample_rate)

    def _samples(self, file: Any) -> Waveform:  # noqa: ANN401 - a SoundFile
        """Read all that there is, whatever the header claims."""
        blocks, count = [np.empty(0, np.float32)], 0
        while len(block := file.read(max(1, _BLOCK // file.channels), dtype="float32", always_2d=True)):
            with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused as a whole
                blocks.append(block.mean(axis=1, dtype=np.float32))
            count += len(block)
            if count > _MOST_SAMPLES:
                raise _unreadable(self.path, f"it has more than {_MOST_SAMPLES:,} samples")
        return np.concatenate(blocks)


def find_audio(dataset: Dataset, subset: Subset, ids: Sequence[str]) -> dict[str, Path]:
    """Find the audio files of a subset, by file id.

    A file is where the dataset lists it, or has another suffix there, or is anywhere in the dataset: under the name of
    the subset, if there are several of its name.

    Raises:
        ZrcError: files that are not there, or ids that mean several files.
    """
    listed = dataset.subsets[subset.name].audio
    found = {name: path for name, place in listed.items() if (path := _listed(dataset.root, place))}
    lost = [name for name in ids if name not in found]
    if lost:
        found.update(_search(dataset.root, subset, frozenset(lost)))
    missing = [name for name in lost if name not in found]
    if missing:
        first = shown(listed.get(missing[0], f"{missing[0]}{SUFFIXES[0]}"))
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ZrcError(
            f"{subset.name} lacks the audio of {len(missing)} of {len(ids)} files, {first}{more}, in {dataset.root}: "
            "an encoder needs the whole dataset; put it there, or give its folder with --zrc-dataset=DIR"
        )
    return {name: found[name] for name in ids}


def read_length(path: Path) -> tuple[int, int]:
    """Return how many samples an audio file has, and its sampling rate in Hz, from its header.

    Raises:
        ZrcError: it cannot be read.
    """
    soundfile = _library("soundfile")
    try:
        require_regular(path)
        info = soundfile.info(str(path))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except soundfile.SoundFileError as error:
        raise _unreadable(path, _reason(error)) from None
    return info.frames, info.samplerate


def versions() -> dict[str, str]:
    """Return the versions of the libraries that decide what samples an encoder gets."""
    soundfile, soxr = _library("soundfile"), _library("soxr")
    return {
        "soundfile": soundfile.__version__,
        "libsndfile": soundfile.__libsndfile_version__,
        "soxr": soxr.__version__,
        "libsoxr": soxr.__libsoxr_version__,
    }


def _library(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:  # OSError: its own library is not there
        raise ZrcError(
            f"{name}, which audio needs, cannot be imported ({error}): pip install 'pytest-zrc[model]'"
        ) from None


def _reason(error: Exception) -> str:
    """Return what libsndfile says, without the name that it has for the file."""
    return str(getattr(error, "error_string", error)).rstrip(".")


def _unreadable(path: Path, reason: str) -> ZrcError:
    return ZrcError(f"{path} cannot be read as audio ({reason}): restore it from the dataset")


def _listed(root: Path, place: PurePosixPath) -> Path | None:
    """Return a listed file, or the one of its name beside it; none where the list leads out of the dataset."""
    if place.is_absolute() or ".." in place.parts:
        return None
    path = root / place
    candidates = (path, *(path.with_suffix(suffix) for suffix in SUFFIXES))
    return next((candidate for candidate in candidates if is_file(candidate)), None)


def _search(root: Path, subset: Subset, ids: frozenset[str]) -> dict[str, Path]:
    """Look for audio files by their names in all of a dataset."""
    places: dict[str, list[Path]] = {}
    for folder, folders, files in os.walk(root, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in files:
            name, suffix = os.path.splitext(file)
            if name in ids and suffix.lower() in SUFFIXES:
                places.setdefault(name, []).append(Path(folder, file))
    return {name: _choose(root, subset, name, paths) for name, paths in places.items()}


def _choose(root: Path, subset: Subset, name: str, paths: list[Path]) -> Path:
    """Return the file of a subset among those of one name."""
    own = [path for path in paths if any(_is_in(path.relative_to(root).parent, folder) for folder in subset.folders)]
    folders = {path.parent for path in own or paths}
    if len(folders) > 1:
        some = " and ".join(str(path) for path in sorted(own or paths)[:2])
        raise ZrcError(f"{subset.name}: the audio of {name} is in several places, {some}: leave one of them there")
    return min(own or paths, key=lambda path: SUFFIXES.index(path.suffix.lower()))


def _is_in(folder: Path, subset: str) -> bool:
    """Tell whether a folder's path has the name of a subset in it."""
    return f"/{subset}/" in f"/{folder.as_posix()}/"
