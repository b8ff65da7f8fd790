"""Feature files from audio files: read, resampled, encoded, looked at, written, recorded."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.model.audio import AudioFile
from pytest_zrc.model.encoder import AdaptedEncoder, Features
from pytest_zrc.model.manifest import Manifest, Record, make_record
from pytest_zrc.model.planning import Batch
from pytest_zrc.submission.features import FeatureFormat


@dataclass(frozen=True, slots=True)
class Shard:
    """Files of a subset that are encoded one after the other.

    Attributes:
        folder: of their feature files.
        manifest: of the subset.
        audio: their audio files, by id.
        batches: in which they are encoded.
    """

    folder: Path
    manifest: Manifest
    audio: Mapping[str, Path]
    batches: Sequence[Batch]

    def features(self, name: str) -> Path:
        """Return where the features of a file are."""
        return self.folder / f"{name}.npy"


class FeatureMaker:
    """Makes feature files, unless they are there and made from the same."""

    def __init__(
        self, encoder: AdaptedEncoder, fingerprint: str | None, feature_format: FeatureFormat, *, fresh: bool = False
    ) -> None:
        """Make features by an encoder.

        Args:
            encoder: makes them.
            fingerprint: of the encoder; ``None`` where it may be another one in every run.
            feature_format: what features may be.
            fresh: make all of them, whatever is there.
        """
        self._encoder, self._fingerprint, self._format, self._fresh = encoder, fingerprint, feature_format, fresh

    def make(self, shard: Shard) -> dict[str, Any]:
        """Make the feature files of a shard.

        Returns:
            ``lengths``: the seconds and the frames of each file; ``encoded``: how many of them were encoded.

        Raises:
            ZrcError: audio or features that cannot be used.
        """
        lengths: list[tuple[float, int]] = []
        made: dict[str, Record] = {}
        encoded = 0
        try:
            for batch in shard.batches:
                files = [AudioFile.read(shard.audio[name]) for name in batch]
                source = self._source(files)
                records = self._find(shard, batch, source)
                if records is None:
                    records = self._encode(shard, batch, files, source)
                    made.update(zip(batch, records, strict=True) if source else ())
                    encoded += len(batch)
                lengths += [(record["seconds"], record["frames"]) for record in records]
        finally:  # what is complete need not be made again, whatever stopped us
            if made:
                shard.manifest.add(made)
        return {"lengths": lengths, "encoded": encoded}

    def _source(self, files: Sequence[AudioFile]) -> str:
        """Return a SHA-256 over all that the features of a batch depend on; nothing where that is not known."""
        if self._fingerprint is None:
            return ""
        return hashlib.sha256("\0".join([self._fingerprint, *(file.digest for file in files)]).encode()).hexdigest()

    def _find(self, shard: Shard, batch: Batch, source: str) -> list[Record] | None:
        """Return the records of a batch; ``None`` where one of its features is to be made."""
        if self._fresh or not source:
            return None
        found = [shard.manifest.find(name, source, shard.features(name)) for name in batch]
        records = [record for record in found if record is not None]
        return records if len(records) == len(batch) else None

    def _encode(self, shard: Shard, batch: Batch, files: Sequence[AudioFile], source: str) -> list[Record]:
        """Write the features of a batch, none of them where one cannot be used, and return their records."""
        audio = [file.decode() for file in files]
        inputs = [one.at(self._encoder.sample_rate) for one in audio]
        try:
            outputs = self._encoder.encode_batch([one.waveform for one in inputs], inputs[0].sample_rate)
        except ZrcError as error:
            others = f" (in a batch with {len(batch) - 1} others)" if len(batch) > 1 else ""
            raise ZrcError(f"{files[0].path}{others}: {error}") from None
        contents = [self._content(file.path, output) for file, output in zip(files, outputs, strict=True)]
        for name, content in zip(batch, contents, strict=True):
            _write(shard.features(name), content)
        return [
            make_record(source, shard.features(name), sound.duration, len(output))
            for name, sound, output in zip(batch, audio, outputs, strict=True)
        ]

    def _content(self, audio: Path, features: Features) -> bytes:
        """Return the bytes of a feature file.

        Raises:
            ZrcError: the features cannot be used.
        """
        problem = _problem(features, self._format)
        if problem:
            raise ZrcError(f"{audio}: the encoder returned {problem}")
        with np.errstate(over="ignore"):
            stored = features if features.dtype.kind in "iu" else features.astype(np.float32)
        if stored.dtype.kind == "f" and not np.isfinite(stored).all():
            raise ZrcError(f"{audio}: the encoder returned values that float32 cannot hold: scale the features down")
        stream = io.BytesIO()
        np.save(stream, np.ascontiguousarray(stored), allow_pickle=False)
        return stream.getvalue()


def _problem(features: Features, feature_format: FeatureFormat) -> str:
    """Say why features cannot be used, as the end of a sentence; nothing if they can."""
    expected = "return (frames, dimension)"
    if features.ndim == 3 and features.shape[0] == 1:
        return f"shape {features.shape}: {expected}, without the dimension of the batch, as features[0] is"
    if features.ndim != 2:
        return f"shape {features.shape}: {expected}"
    if not features.size:
        return f"no frames (shape {features.shape}): return at least one frame for each file, padded if need be"
    if not feature_format.accepts(features.dtype):
        return f"{features.dtype}, not floats: convert the features to float32"
    if not np.isfinite(features).all():
        n, frame = np.count_nonzero(~np.isfinite(features)), int(np.argmin(np.isfinite(features).all(axis=1)))
        return f"{n} NaN or infinite value(s), the first in frame {frame}: look for a division by zero or an overflow"
    return ""


def _write(path: Path, content: bytes) -> None:
    """Write a file, unless it holds the same already: scores of features that did not change stay valid."""
    try:
        same = os.path.getsize(path) == len(content) and path.read_bytes() == content
    except OSError:
        same = False
    if not same:
        write_atomically(path, content)
