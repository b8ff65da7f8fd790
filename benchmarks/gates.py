"""Count how often gates flag a change that makes nothing worse, and which losses they catch.

    python benchmarks/gates.py WORK [--seeds 20]

makes a synthetic corpus in the folder WORK (once: one subset, 40 speakers) and scores encoders of it. The baseline is
one encoder. What it is compared with:

    noise       the same encoder, with as much noise added to its features by another seed as the baseline has: nothing
                but chance differs
    weights     a random layer with another seed: models that are equally good on average, each of which is another one
    worse       the baseline's features with more noise, in steps

For every tolerance the table says how many of the gates (seeds times six conditions) fail. The first two are false
alarms; `paired` may raise some over `weights`, because these models do differ.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from make_corpus import PRESETS, make_corpus

from pytest_zrc.gates.gates import Gates
from pytest_zrc.gates.limits import parse_limit, parse_tolerance
from pytest_zrc.resolve import resolve
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.store import Store

SUBSET = "dev-clean"
SPEAKERS, FILES, SECONDS, DIMENSION = 40, 5, 7.0, 32
WIDTH = 256  # of the random layer
NOISE = 1.0  # of the baseline's features
STEPS = (1.02, 1.05, 1.1, 1.2, 1.5)  # times that noise
TOLERANCES = ("0.1", "0.3", "5%", "ci", "paired")
MARGIN = 1.05  # of a limit, over the score of the baseline

Floats = npt.NDArray[np.float32]
Encoder = Callable[[Floats, np.random.Generator], Floats]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("--seeds", type=int, default=20)
    given = parser.parse_args()
    corpus = given.work / "gates"
    if not corpus.exists():
        plan = replace(PRESETS["librispeech"], speakers={SUBSET: SPEAKERS}, files={SUBSET: SPEAKERS * FILES})
        make_corpus(corpus, replace(plan, seconds=SECONDS, dim=DIMENSION))
    seeds = range(1, given.seeds + 1)
    print("| change | score, mean and spread in points | max | " + " | ".join(TOLERANCES) + " | of |")
    print("|---|---|---:|" + "---:|" * len(TOLERANCES) + "---:|")
    baseline = _scored(corpus, _noisy(NOISE), 0)
    _report("noise", baseline, (_scored(corpus, _noisy(NOISE), seed) for seed in seeds))
    layer = _scored(corpus, _layer, 0)
    _report("weights", layer, (_scored(corpus, _layer, seed) for seed in seeds))
    for step in STEPS:
        _report(f"worse: {step} times the noise", baseline, [_scored(corpus, _noisy(step * NOISE), 1)])


def _noisy(scale: float) -> Encoder:
    return lambda features, rng: features + scale * rng.standard_normal(features.shape, dtype=np.float32)


def _layer(features: Floats, rng: np.random.Generator) -> Floats:
    """Apply a random layer; its weights are the first that the generator draws for each file."""
    weights = rng.standard_normal((features.shape[1], WIDTH), dtype=np.float32)
    return np.asarray(np.tanh(features @ weights / np.float32(np.sqrt(features.shape[1]))))


def _scored(corpus: Path, encoder: Encoder, seed: int) -> Results:
    with TemporaryDirectory() as work:
        folder = Path(work, "submission")
        (folder / SUBSET).mkdir(parents=True)
        for path in (corpus / "submission").glob("*.yaml"):
            shutil.copy(path, folder)
        for number, path in enumerate(sorted((corpus / "submission" / SUBSET).rglob("*.npy"))):
            # A layer has the same weights for all files, noise is another one for each.
            rng = np.random.default_rng(seed if encoder is _layer else [seed, number])
            np.save(folder / SUBSET / path.name, encoder(np.load(path), rng))
        case = resolve(folder, "abxLS", corpus / "dataset", sets=["dev"], tasks=["clean"])
        run = Run(case, Selection(validate=False), Store(Path(work, "store")), "run", Resources.of("", "", 1))
        run.scores()
        return run.results()


def _report(name: str, baseline: Results, others: Iterator[Results] | list[Results]) -> None:
    failed, total, means = dict.fromkeys(("max", *TOLERANCES), 0), 0, []
    limits = tuple(parse_limit(f"{one.condition}={100 * MARGIN * (one.score or 0):.4f}") for one in baseline.scores)
    for after in others:
        details = {one.condition: one for one in after.details}
        for score in after.scores:
            total += 1
            judged = score, details[score.condition], after
            failed["max"] += not Gates(limits).judge("max", *judged).passed
            for tolerance in TOLERANCES:
                gates = Gates((), baseline, parse_tolerance(tolerance))
                failed[tolerance] += not gates.judge("baseline", *judged).passed
        means.append(100 * float(np.mean([score.score for score in after.scores if score.score is not None])))
        print(f"{name}: {means[-1]:.3f}", file=sys.stderr)
    spread = f"{np.mean(means):.2f} ± {np.std(means):.2f}" if len(means) > 1 else f"{means[0]:.2f}"
    before = 100 * float(np.mean([score.score for score in baseline.scores if score.score is not None]))
    counts = " | ".join(str(count) for count in failed.values())
    print(f"| {name} | {spread} (baseline {before:.2f}) | {counts} | {total} |", flush=True)


if __name__ == "__main__":
    main()
