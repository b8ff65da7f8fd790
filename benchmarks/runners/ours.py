"""Score one condition with pytest-zrc; engines.py runs this.

Features are read into the place where the engine has them, as fastabx reads its own into a Dataset, and then normalised
there, as fastabx does.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from job import MAX_GROUP, MAX_SPEAKERS, SEED, Job, Meter, read_job

from pytest_zrc import __version__
from pytest_zrc.abx.cells import ContextMode, Limits, SpeakerMode
from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Frames, Tokens, cut_tokens, prepare
from pytest_zrc.abx.items import Items, parse_items
from pytest_zrc.abx.plan import plan
from pytest_zrc.abx.profiles import EXACT, LIBRILIGHT
from pytest_zrc.abx.speech import Resident

FRAME_SHIFT = 0.01


def score(items: Items, job: Job, meter: Meter) -> dict[str, object]:
    """Compute a score, and measure it: all that this benchmark knows of the engine's interface."""
    files = {path.stem: path for path in job.features.glob("*.npy")}
    counts = {name: len(np.load(path, mmap_mode="r")) for name, path in files.items()}
    tokens = _tokens(items, counts, job.mode)
    lengths = np.array([counts[name] for name in tokens.files])
    first = np.cumsum(lengths) - lengths
    frames = Frames.empty(int(lengths.sum()), np.load(files[tokens.files[0]], mmap_mode="r").shape[1])
    for name, begin in zip(tokens.files, first.tolist(), strict=True):
        frames.values[begin : begin + counts[name], : frames.dimension] = np.load(files[name])
    meter.begin("normalise")
    for begin, end in zip(first.tolist(), (first + lengths).tolist(), strict=True):
        prepare(frames.values[begin:end, : frames.dimension], frames, begin)
    meter.begin("score")
    context, speaker, limits = _condition(job)
    result = score_condition(
        tokens,
        make_kernel(CPU, job.threads),
        Resident(frames, first, tokens),
        context=context,
        speaker=speaker,
        limits=limits,
        progress=lambda _share: meter.cell_done(),
    )
    meter.begin("end")
    if result is None:
        raise SystemExit("the condition has no cell")
    return {"score": result.error_rate, "cells": len(result.cells), "features": frames.values.nbytes}


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
    return cut_tokens(items, counts, FRAME_SHIFT, profile=EXACT if mode == "exact" else LIBRILIGHT)


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
    if job.count:
        arrays = {path.stem: np.load(path, mmap_mode="r") for path in job.features.glob("*.npy")}
        meter.report(**count(items, {name: len(array) for name, array in arrays.items()}, job))
    else:
        meter.report(engine="ours", version=__version__, **score(items, job, meter))


if __name__ == "__main__":
    main()
