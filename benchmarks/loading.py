"""Measure what it costs to have the features of a subset in memory, checked and normalised.

    python benchmarks/loading.py WORK --runs 5

makes a corpus of two subsets in the folder WORK, each of 300 files of about 1200 frames of 768 dimensions (2.2 GB in
all), or takes the one that is there, and prints a Markdown table. The ways, by turns in one process:

    read twice                numpy.fromfile of each file into a fresh array, and all of it once more
    read twice, all held      the same, where all arrays of a subset are kept until it has been read
    check                     the checks of the arrays, in a run that scores nothing
    check and normalise       the same in a run that scores: what they read is kept
    normalise                 loading without checks, in the background, in --threads threads

of each subset: fresh memory is dear, and the second subset takes the place of the first. Times are medians; the CPU
time is that of all threads. Files are in the page cache, as they are read just before.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from make_corpus import Plan, make_corpus
from validation import warm

from pytest_zrc.case import Case
from pytest_zrc.resolve import resolve
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.speech import Held
from pytest_zrc.scoring.store import Store

SUBSETS = ("dev-clean", "dev-other")
PLAN = Plan(dict.fromkeys(SUBSETS, 20), dict.fromkeys(SUBSETS, 300), 12.0, dim=768)
MEMORY = 1 << 40  # bytes: no limit
BASE = "read twice"

Costs = dict[tuple[str, str], list[tuple[float, float]]]  # wall and CPU seconds by way and subset, one pair a run


def read_twice(run: Run, subset: str) -> None:
    """Read every file into an array of its own, two times."""
    for _ in range(2):
        for _ in _arrays(run.case, subset):
            pass


def read_twice_and_hold(run: Run, subset: str) -> None:
    """Read every file into an array of its own, two times, and hold all of them."""
    for _ in range(2):
        list(_arrays(run.case, subset))


def check(run: Run, subset: str) -> None:
    """Check the arrays."""
    for one in run.checks:
        if one.subset == subset and one.name.startswith("arrays"):
            errors = list(one.run())
            if errors:
                raise SystemExit("\n".join(map(str, errors)))


def normalise(run: Run, subset: str) -> None:
    """Have all of a subset in memory."""
    source = run.memory.source(subset)
    if not isinstance(source, Held):
        raise SystemExit("there is too little memory")
    source.wait(source.files.counts)


def check_and_normalise(run: Run, subset: str) -> None:
    """Check the arrays, and have all of them in memory."""
    check(run, subset)
    normalise(run, subset)


WAYS: dict[str, Callable[[Run, str], None]] = {
    BASE: read_twice,
    "read twice, all held": read_twice_and_hold,
    "check": check,
    "check and normalise": check_and_normalise,
    "normalise": normalise,
}


def _arrays(case: Case, subset: str) -> Iterator[object]:
    for name in case.submission.listing(subset).files:
        yield np.fromfile(case.submission.root / subset / name, dtype=np.float32)


def measure(corpus: Path, runs: int, threads: int) -> Costs:
    """Return the costs of each way, for both subsets."""
    costs: Costs = {(way, subset): [] for way in WAYS for subset in SUBSETS}
    for turn in range(runs):
        for way, function in WAYS.items():
            case = resolve(corpus / "submission", dataset=corpus / "dataset", sets=["dev"])
            with TemporaryDirectory() as store:
                selection = Selection(score=way != "check")
                run = Run(case, selection, Store(Path(store)), "", Resources(MEMORY, threads))
                case.shapes()  # which other checks need as well
                for subset in SUBSETS:
                    warm(corpus / "submission" / subset)
                    wall, cpu = time.perf_counter(), time.process_time()
                    function(run, subset)
                    costs[way, subset].append((time.perf_counter() - wall, time.process_time() - cpu))
        print(f"run {turn + 1} of {runs}", file=sys.stderr)
    return costs


def table(costs: Costs) -> Iterator[str]:
    """Yield the lines of the Markdown table."""
    yield "| | wall, s: 1st | 2nd subset | CPU, s: 1st | 2nd | CPU, of reading twice: 1st | 2nd |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for way in WAYS:
        walls, cpus, parts = [], [], []
        for subset in SUBSETS:
            pairs, base = costs[way, subset], costs[BASE, subset]
            walls.append(median(wall for wall, _ in pairs))
            cpus.append(median(cpu for _, cpu in pairs))
            # Of each run with its own: what else the machine does changes slowly.
            parts.append(median(cpu / other for (_, cpu), (_, other) in zip(pairs, base, strict=True)))
        yield f"| {way} | {' | '.join(f'{value:.2f}' for value in (*walls, *cpus, *parts))} |"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder with 2.2 GB of space")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="that load what nobody has checked")
    given = parser.parse_args()
    corpus = given.work.resolve() / "loading"
    if not (corpus / "submission" / "params.yaml").exists():  # it is written last
        make_corpus(corpus, PLAN)
    costs = measure(corpus, given.runs, given.threads)
    size = sum(path.stat().st_size for path in (corpus / "submission" / SUBSETS[0]).iterdir())
    print(f"{PLAN.files[SUBSETS[0]]} files, {size / 1e9:.2f} GB, medians of {given.runs} runs, warm page cache:\n")
    print("\n".join(table(costs)))


if __name__ == "__main__":
    main()
