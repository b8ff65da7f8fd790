"""Measure what discrete units gain from the table of their distances, beside the same scores computed from vectors.

    python benchmarks/units.py WORK

makes a synthetic corpus in the folder WORK (once), gives each frame the nearest of some random vectors, and scores the
result both ways in one thread: by the table of their distances, and from the vectors themselves. Finding the units and
making the table is done once for all conditions of a subset, and counted apart. The scores have to be equal but for
nearly tied comparisons.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.cells import ContextMode, SpeakerMode
from pytest_zrc.abx.device import CPU, make_kernel
from pytest_zrc.abx.distances import distance_table
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Frames, Tokens, cut_tokens, prepare
from pytest_zrc.abx.items import IntArray, parse_items
from pytest_zrc.abx.kernel import Units
from pytest_zrc.abx.speech import AnySpeech, Resident
from pytest_zrc.abx.units import Codebook

SUBSET = "dev-clean"
CONDITIONS: tuple[tuple[ContextMode, SpeakerMode], ...] = (
    ("within", "within"),
    ("within", "across"),
    ("any", "within"),
    ("any", "across"),
)
Floats = npt.NDArray[np.float32]
Result = TypeVar("Result")


def main() -> None:
    """Print a table: distinct frames and dimensions by condition."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    corpus = given.work / "mid"
    if not corpus.exists():
        script = Path(__file__).with_name("make_corpus.py")
        subprocess.run(
            [sys.executable, script, corpus, "--preset", "mid", "--subsets", SUBSET], check=True, stdout=sys.stderr
        )
    tokens, first, features = _load(corpus)
    print("| distinct | dimensions | condition | vectors, s | table, s | ratio | difference |")
    print("|---:|---:|---|---:|---:|---:|---:|")
    for distinct in (50, 500, 2000):
        for dimension in (64, 768):
            frames = _frames(_codes(features, distinct, dimension))
            finding, units = _timed(partial(_units, frames), given.rounds)
            print(f"| {distinct} | {dimension} | to find the units | | {finding:.2f} | | |")
            ways = Resident(frames, first, tokens), Resident(units, first, tokens)
            for context, speaker in CONDITIONS:
                scores = [partial(_score, speech, tokens, context, speaker) for speech in ways]
                (vectors, of_vectors), (table, of_table) = (_timed(score, given.rounds) for score in scores)
                print(
                    f"| {distinct} | {dimension} | phoneme-{context}-{speaker} | {vectors:.2f} | {table:.2f} "
                    f"| {vectors / table:.1f} | {abs(of_vectors - of_table):.0e} |",
                    flush=True,
                )


def _load(corpus: Path) -> tuple[Tokens, IntArray, Floats]:
    """Return the tokens of all files, where each file begins, and all frames."""
    arrays = {path.stem: np.load(path) for path in sorted((corpus / "submission" / SUBSET).rglob("*.npy"))}
    with (corpus / "dataset" / SUBSET / f"phoneme-{SUBSET}.item").open(encoding="utf-8") as lines:
        tokens = cut_tokens(parse_items(lines), {name: len(array) for name, array in arrays.items()}, 0.01)
    ends = np.cumsum([0, *(len(arrays[name]) for name in tokens.files)])
    return tokens, ends[:-1], np.concatenate([arrays[name] for name in tokens.files])


def _codes(features: Floats, distinct: int, dimension: int) -> Floats:
    """Give each frame the code of the frame among some that it is nearest to; codes are random vectors."""
    rng = np.random.default_rng(0)
    book = features[rng.choice(len(features), distinct, replace=False)]
    nearest = [
        np.argmax(part @ book.T - (book**2).sum(axis=1) / 2, axis=1)
        for part in np.array_split(features, max(1, len(features) >> 14))
    ]
    codes: Floats = rng.standard_normal((distinct, dimension), dtype=np.float32)
    return np.asarray(codes[np.concatenate(nearest)])


def _frames(values: Floats) -> Frames:
    frames = Frames.empty(*values.shape)
    prepare(values, frames)
    return frames


def _units(frames: Frames) -> Units:
    book = Codebook(frames.dimension)
    ids = book.ids(frames)
    if ids is None:
        raise SystemExit("there are too many different frames")
    return Units(ids, distance_table(book.frames(), "cosine"), len(book))


def _score(speech: AnySpeech, tokens: Tokens, context: ContextMode, speaker: SpeakerMode) -> float:
    result = score_condition(tokens, make_kernel(CPU, 1), speech, context=context, speaker=speaker)
    if result is None:
        raise SystemExit("the corpus has nothing to compare")
    return result.error_rate


def _timed(work: Callable[[], Result], rounds: int) -> tuple[float, Result]:
    """Return the median time of some rounds, in seconds, and what came of the last one."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return median(times), result


if __name__ == "__main__":
    main()
