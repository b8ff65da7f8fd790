"""Score one condition with pytest-zrc; engines.py runs this.

Scoring begins with the arrays as they are in the files, in memory, so that it includes the normalisation: that of
fastabx does, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt
from job import MAX_GROUP, MAX_SPEAKERS, SEED, Job, Meter, read_job

from pytest_zrc import __version__
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode
from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Frames, Tokens, cut_tokens, normalise
from pytest_zrc.abx.items import Items, parse_items
from pytest_zrc.abx.plan import plan
from pytest_zrc.abx.speech import Resident

Arrays: TypeAlias = dict[str, npt.NDArray[np.float32]]
FRAME_SHIFT = 0.01


def score(arrays: Arrays, items: Items, job: Job, progress: Callable[[float], None]) -> tuple[float, int]:
    """Return the error rate and the number of cells: all that this benchmark knows of the engine's interface.

    Args:
        arrays: the features by file id, as in the files; they may be removed when they are not needed any more.
        items: the item file.
        job: the condition, the mode and the threads.
        progress: to be called when some cells are done.
    """
    tokens = _tokens(items, {name: len(array) for name, array in arrays.items()}, job.mode)
    ends = np.cumsum([len(arrays[name]) for name in tokens.files])
    first = ends - np.array([len(arrays[name]) for name in tokens.files])
    frames = Frames.empty(int(ends[-1]), arrays[tokens.files[0]].shape[1])
    for name, begin in zip(tokens.files, first.tolist(), strict=True):
        normalise(arrays.pop(name), frames, begin)
    context, speaker, limits = _condition(job)
    result = score_condition(
        tokens,
        make_kernel(CPU, job.threads),
        Resident(frames, first, tokens),
        context=context,
        speaker=speaker,
        limits=limits,
        progress=progress,
    )
    if result is None:
        raise SystemExit("the condition has no cell")
    return result.error_rate, len(result.cells)


def count(items: Items, counts: dict[str, int], job: Job) -> dict[str, int]:
    """Return how many pairs of tokens and of frames a condition compares when each is compared once."""
    tokens = _tokens(items, counts, job.mode)
    lengths = tokens.end - tokens.start
    cells = token_pairs = frame_pairs = 0
    for work in plan(tokens, *_condition(job), capacity=1 << 22):
        cells += len(work.names)
        token_pairs += len(work.pairs)
        frame_pairs += int((lengths[work.pairs[:, 0]] * lengths[work.pairs[:, 1]]).sum())
    return {"tokens": len(tokens), "cells": cells, "token_pairs": token_pairs, "distinct": frame_pairs}


def _tokens(items: Items, counts: dict[str, int], mode: str) -> Tokens:
    """Cut the tokens; exact ones have the frame, too, that libri-light loses."""
    return cut_tokens(items, counts, FRAME_SHIFT, last_frame=mode == "exact")


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
