"""Measure what discrete units gain from the table of their distances, beside the same scores computed from vectors.

    python benchmarks/units.py WORK

makes a synthetic corpus in the folder WORK (once), gives each frame the nearest of some random vectors, and scores the
result both ways, by turns, in one thread: by a table, with all that it takes to find the units and to make it, and from
the vectors themselves. The scores have to be equal but for nearly tied comparisons.
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
            values = _codes(features, distinct, dimension)
            for context, speaker in CONDITIONS:
                ways = [
                    partial(_score_by, make, values, first, tokens, context=context, speaker=speaker)
                    for make in (_resident_vectors, _resident_units)
                ]
                times, scores = zip(*[_times(way, given.rounds) for way in ways], strict=True)
                print(
                    f"| {distinct} | {dimension} | phoneme-{context}-{speaker} | {times[0]:.2f} | {times[1]:.2f} "
                    f"| {times[0] / times[1]:.1f} | {abs(scores[0] - scores[1]):.0e} |",
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


def _vectors(values: Floats) -> Frames:
    frames = Frames.empty(*values.shape)
    prepare(values, frames)
    return frames


def _resident_vectors(values: Floats, first: IntArray, tokens: Tokens) -> AnySpeech:
    return Resident(_vectors(values), first, tokens)


def _resident_units(values: Floats, first: IntArray, tokens: Tokens) -> AnySpeech:
    frames, book = _vectors(values), Codebook(values.shape[1])
    ids = book.ids(frames)
    if ids is None:
        raise SystemExit("there are too many different frames")
    return Resident(Units(ids, distance_table(book.frames(), "cosine"), len(book)), first, tokens)


def _score_by(
    make: Callable[[Floats, IntArray, Tokens], AnySpeech],
    values: Floats,
    first: IntArray,
    tokens: Tokens,
    *,
    context: ContextMode,
    speaker: SpeakerMode,
) -> float:
    speech = make(values, first, tokens)
    result = score_condition(tokens, make_kernel(CPU, 1), speech, context=context, speaker=speaker)
    if result is None:
        raise SystemExit("the corpus has nothing to compare")
    return result.error_rate


def _times(way: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Return the median time of some rounds, in seconds, and the score."""
    times, value = [], 0.0
    for _ in range(rounds):
        began = time.perf_counter()
        value = way()
        times.append(time.perf_counter() - began)
    return median(times), value


if __name__ == "__main__":
    main()
