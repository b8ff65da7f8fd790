"""Score one condition with pytest-zrc; engines.py runs this.

Scoring begins with the arrays as they are in the files, in memory, so that it includes the normalisation: that of
fastabx does, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt
from job import MAX_GROUP, MAX_SPEAKERS, SEED, Job, Meter, read_job

from pytest_zrc import __version__
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode, tiles
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Tokens, cut_tokens, normalise
from pytest_zrc.abx.items import Items, parse_items
from pytest_zrc.abx.numpy_kernel import NumpyKernel

Arrays: TypeAlias = dict[str, npt.NDArray[np.float32]]
FRAME_SHIFT = 0.01


def score(arrays: Arrays, items: Items, job: Job, progress: Callable[[float], None]) -> tuple[float, int]:
    """Return the error rate and the number of cells: all that this benchmark knows of the engine's interface.

    Args:
        arrays: the features by file id, as in the files; they may be removed when they are not needed any more.
        items: the item file.
        job: the condition, the mode and the threads; today's engine has one thread.
        progress: to be called when some cells are done.
    """
    tokens = _tokens(items, {name: len(array) for name, array in arrays.items()}, job.mode)
    ends = np.cumsum([len(arrays[name]) for name in tokens.files])
    first = ends - np.array([len(arrays[name]) for name in tokens.files])
    frames = np.empty((ends[-1], arrays[tokens.files[0]].shape[1] + 1), dtype=np.float32)
    for name, begin, end in zip(tokens.files, first.tolist(), ends.tolist(), strict=True):
        frames[begin:end] = normalise(arrays.pop(name))
    context, speaker, limits = _condition(job)
    result = score_condition(
        tokens, NumpyKernel(frames), first, context=context, speaker=speaker, limits=limits, progress=progress
    )
    if result is None:
        raise SystemExit("the condition has no cell")
    return result.error_rate, len(result.cells)


def count(items: Items, counts: dict[str, int], job: Job) -> dict[str, int]:
    """Return how many frames a condition compares.

    ``planned`` are the frame pairs of all cells that share X and A, each of these computed at once, ``distinct`` those
    that are left when nothing is computed twice. Both count a pair of frames of one token pair in one direction only.
    """
    tokens = _tokens(items, counts, job.mode)
    lengths = tokens.end - tokens.start
    planned = cells = 0
    keys = []
    for tile in tiles(tokens, *_condition(job)):
        if not tile.cells:
            continue
        cells += len(tile.cells)
        rows, columns = np.array(tile.rows), np.array(tile.columns)
        low, high = np.minimum(rows[:, None], columns), np.maximum(rows[:, None], columns)
        pairs = np.unique((low * len(tokens) + high)[low != high])
        planned += _frame_pairs(pairs, lengths)
        keys.append(pairs)
    distinct = np.unique(np.concatenate(keys))
    return {
        "tokens": len(tokens),
        "cells": cells,
        "token_pairs": len(distinct),
        "planned": planned,
        "distinct": _frame_pairs(distinct, lengths),
    }


def _frame_pairs(pairs: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> int:
    return int((lengths[pairs // len(lengths)] * lengths[pairs % len(lengths)]).sum())


def _tokens(items: Items, counts: dict[str, int], mode: str) -> Tokens:
    """Cut the tokens; exact ones have the frame, too, that libri-light loses."""
    tokens = cut_tokens(items, counts, FRAME_SHIFT)
    if mode == "librilight":
        return tokens
    frames = np.array([counts[name] for name in tokens.files])
    return replace(tokens, end=np.minimum(tokens.end + 1, frames[tokens.file]))


def _condition(job: Job) -> tuple[ContextMode, SpeakerMode, Limits]:
    limits = Limits(MAX_GROUP, MAX_SPEAKERS, SEED) if job.mode == "librilight" else Limits(None, None, SEED)
    return cast(ContextMode, job.context), cast(SpeakerMode, job.speaker), limits


def main() -> None:
    """Do one job."""
    job = read_job(__doc__)
    meter = Meter(job.began)
    meter.begin("load")
    with job.items.open(encoding="utf-8") as lines:
        items = parse_items(lines)
    files = sorted(job.features.glob("*.npy"))
    arrays: Arrays = {path.stem: np.load(path, mmap_mode="r" if job.count else None) for path in files}
    size = sum(array.nbytes for array in arrays.values())
    if job.count:
        meter.report(**count(items, {name: len(array) for name, array in arrays.items()}, job))
        return
    meter.begin("score")
    value, cells = score(arrays, items, job, lambda _share: meter.cell_done())
    meter.begin("end")
    meter.report(engine="ours", version=__version__, score=value, cells=cells, features=size)


if __name__ == "__main__":
    main()
