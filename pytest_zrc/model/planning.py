"""Which files are encoded together: batches of a subset, which depend on its audio and the encoder only.

A batch is made again as a whole, so that features do not depend on what an interrupted run left undone: the arithmetic
of a batch may differ in the last bits from that of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from pytest_zrc.model.audio import read_length
from pytest_zrc.model.encoder import AdaptedEncoder

Batch: TypeAlias = tuple[str, ...]

_MOST_SECONDS = 240  # of audio in a batch, padding included
_FILES, _MOST_JOBS = 16, 200  # of a subset: files in a job at least, and jobs at most


def plan_batches(encoder: AdaptedEncoder, audio: Mapping[str, Path]) -> list[Batch]:
    """Put the files of a subset in batches, of one file each where the encoder takes no more.

    Args:
        encoder: says how many files it takes.
        audio: by file id.

    Raises:
        ZrcError: an audio file that cannot be read.
    """
    if not encoder.batched:
        return [(name,) for name in sorted(audio)]
    lengths = {name: read_length(path) for name, path in audio.items()}
    return list(_even_batches(lengths, encoder.batch_size, one_rate=encoder.sample_rate is not None))


def _even_batches(lengths: Mapping[str, tuple[int, int]], size: int, *, one_rate: bool) -> Iterator[Batch]:
    """Yield batches of files of similar length and one sampling rate, the longest first.

    Args:
        lengths: samples and sampling rate of each file.
        size: files in a batch at most.
        one_rate: whether all files are going to have the same rate, whatever it is now.
    """

    def seconds(name: str) -> float:
        samples, rate = lengths[name]
        return samples / max(1, rate)

    def rate(name: str) -> int:
        return 0 if one_rate else lengths[name][1]

    batch: list[str] = []
    for name in sorted(lengths, key=lambda one: (rate(one), -seconds(one), one)):
        # The first of a batch is the longest: the others are padded to its length.
        full = batch and (len(batch) == size or (len(batch) + 1) * seconds(batch[0]) > _MOST_SECONDS)
        if full or (batch and rate(batch[0]) != rate(name)):
            yield tuple(batch)
            batch = []
        batch.append(name)
    if batch:
        yield tuple(batch)


def share_out(batches: Sequence[Batch]) -> list[list[Batch]]:
    """Put batches together to jobs, which are done and recorded at once."""
    files = max(_FILES, -(-sum(map(len, batches)) // _MOST_JOBS))
    jobs: list[list[Batch]] = [[]]
    for batch in batches:
        if sum(map(len, jobs[-1])) >= files:
            jobs.append([])
        jobs[-1].append(batch)
    return jobs
