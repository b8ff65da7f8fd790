"""Check and score abxLS at its full size, and abx17's files, beside fastabx on the same data.

    python benchmarks/full_size.py WORK [--only librilight ...]

makes the corpora in the folder WORK (12 GB; see abxls-full and abx17-files in make_corpus.py), measures, and prints
tables. Every figure is that of a process of its own, from its start to its end; what has been measured is in
WORK/figures, one file each, and not measured again, so that it can be interrupted. The parts:

    validation  pytest --zrc-validate-only, of 11,126 and of 102,219 files, in 1 GiB of address space
    librilight  all 24 scores at once, with as much memory as --zrc-memory allows: two amounts, and none given
    exact       all 24 scores, one by one, with 1 GiB; phoneme-any-across compares 60 billion pairs of tokens, which
                takes hours
    fastabx     dev-clean, four scores that it can make, in minutes each

Everything has two threads. The memory is the highest that was resident in the process. `others` says how many cores
other processes used meanwhile: CPU times are to be compared where there were some.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engines_report import CONDITIONS
from make_corpus import ABXLS_SUBSETS, PRESETS, make_corpus
from peers import PEERS
from processors import busy_seconds

AMOUNTS = ("1G", "4G", "")  # of --zrc-memory
THREADS = "2"
ENOUGH = ("prlimit", f"--as={1 << 30}")  # what a validation may take: it fails, were it to ask for more
BESIDE = "dev-clean"
FASTABX = {  # in librilight some phonemes of 30 ms have no frame at 50 Hz: fastabx refuses them
    "librilight": ("triphone-within-within", "triphone-within-across"),
    "exact": ("triphone-within-within", "phoneme-within-within"),
}
BLAS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # a choice for another processor would slow others down


@dataclass(frozen=True, slots=True)
class Figure:
    """What a process took.

    Attributes:
        name: of the figure.
        wall, cpu: seconds.
        peak: bytes.
        others: cores that other processes used.
        scores: error rates as fractions, by subset and condition.
        cells: likewise.
        streamed: whether features were read as they were needed.
    """

    name: str
    wall: float
    cpu: float
    peak: int
    others: float
    scores: dict[str, float] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    streamed: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """The folder in which all of it happens."""

    folder: Path

    def corpus(self, preset: str) -> Path:
        """Return a corpus, which is made where it is missing."""
        folder = self.folder / preset
        if not (folder / "submission" / "params.yaml").exists():  # it is written last
            print(f"making {folder}", file=sys.stderr)
            make_corpus(folder, PRESETS[preset])
        return folder

    def pytest(self, name: str, preset: str, *options: str, within: Sequence[str] = ()) -> Figure:
        """Run pytest on a corpus, within limits that a command sets."""
        corpus, scores = self.corpus(preset), self.folder / "scores" / name
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--zrc-threads={THREADS}", *options]
        where = [f"--zrc-submission={corpus / 'submission'}", f"--zrc-dataset={corpus / 'dataset'}"]
        return self.measure(name, [*within, *command, *where, f"--zrc-scores={scores}"], scores / "scores.json")

    def fastabx(self, name: str, condition: str, mode: str) -> Figure:
        """Run fastabx on a condition of one subset."""
        peer = PEERS["fastabx"]
        python = peer.environment(self.folder / "peers", None)
        corpus = self.corpus("abxls-full")
        options = [f"--threads={THREADS}", f"--rate={round(1 / PRESETS['abxls-full'].frame_shift)}"]
        return self.measure(name, [python, str(peer.runner), str(corpus), condition, mode, *options])

    def measure(self, name: str, command: Sequence[str], results: Path | None = None) -> Figure:
        """Run a command, unless that was done before, and keep what it took."""
        kept = self.folder / "figures" / f"{name.replace('/', '-')}.json"
        if not kept.exists():
            print(f"{time.strftime('%H:%M:%S')} {name}", file=sys.stderr)
            empty = self.folder / "empty"  # pytest runs the tests that it finds where it is started
            empty.mkdir(exist_ok=True)
            figure = _run(name, command, empty, results)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(asdict(figure), indent=1), encoding="utf-8")
        return Figure(**json.loads(kept.read_text(encoding="utf-8")))


def _run(name: str, command: Sequence[str], folder: Path, results: Path | None) -> Figure:
    environment = {key: value for key, value in os.environ.items() if key not in BLAS and not key.startswith("PYTEST")}
    began, busy = time.monotonic(), busy_seconds()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{output[-3000:]}\nexit code {process.returncode}: {' '.join(command)}")
    wall, cpu = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    found = _read(results) if results else _of_peer(output, name)
    return Figure(name, wall, cpu, usage.ru_maxrss << 10, max(0, busy_seconds() - busy - cpu) / wall, **found)


def _read(results: Path) -> dict[str, Any]:
    """Return the scores that a run has written."""
    if not results.exists():
        return {}
    scores = [one for one in json.loads(results.read_text(encoding="utf-8"))["scores"] if one["score"] is not None]
    return {
        "scores": {f"{one['subset']} {one['condition']}": one["score"] for one in scores},
        "cells": {f"{one['subset']} {one['condition']}": one["cells"] for one in scores},
        "streamed": any(one["streamed"] for one in scores),
    }


def _of_peer(output: str, name: str) -> dict[str, Any]:
    """Return the score that fastabx has printed, in one line of JSON."""
    found = json.loads(output.strip().splitlines()[-1])
    key = " ".join(name.split()[-2:])
    return {"scores": {key: found["score"]}, "cells": {key: found["cells"]}}


def validation(work: Work) -> Iterator[str]:
    """Yield a table of what validation takes."""
    yield from _head("validation", "wall, s", "CPU, s", "peak memory, MiB")
    for preset, sets in (("abxls-full", "abxLS"), ("abx17-files", "abx17")):
        figure = work.pytest(f"validation {sets}", preset, "--zrc-validate-only", within=ENOUGH)
        yield _row(f"{sets}, {sum(PRESETS[preset].files.values()):,} files", figure)


def librilight(work: Work) -> Iterator[str]:
    """Yield a table of what all scores take, with more and less memory."""
    yield from _head("24 scores, `librilight`", "wall, s", "CPU, s", "peak memory, MiB", "features")
    figures = []
    for amount in AMOUNTS:
        name = f"--zrc-memory={amount}" if amount else "default"
        figures.append(work.pytest(f"librilight {amount or 'default'}", "abxls-full", *([name] if amount else [])))
        yield f"{_row(name, figures[-1])} {'read as needed' if figures[-1].streamed else 'held, by subset'} |"
    differing = [one.name for one in figures if one.scores != figures[0].scores]
    yield f"\nDiffering from the first by a bit or more: {', '.join(differing) or 'none'}."


def exact(work: Work) -> Iterator[str]:
    """Yield a table of what every score of the profile exact takes."""
    for subset in ABXLS_SUBSETS:
        yield from _head(f"{subset}, `exact`", "wall, s", "CPU, s", "peak memory, MiB", "cells", "error rate, %")
        for condition in CONDITIONS:
            figure = exact_score(work, subset, condition)
            key = f"{subset} {condition}"
            yield f"{_row(condition, figure)} {figure.cells[key]:,} | {100 * figure.scores[key]:.3f} |"
        yield ""


def exact_score(work: Work, subset: str, condition: str, profile: str = "exact") -> Figure:
    """Measure one score."""
    sets, tasks = subset.split("-")
    chosen = [f"--zrc-profile={profile}", f"--zrc-sets={sets}", f"--zrc-tasks={tasks}", "--zrc-memory=1G"]
    return work.pytest(f"{profile} {subset} {condition}", "abxls-full", *chosen, "-k", condition)


def fastabx(work: Work) -> Iterator[str]:
    """Yield a table of ours beside fastabx."""
    columns = ("ours, CPU s", "its, CPU s", "CPU ratio", "wall ratio", "ours, MiB", "its, MiB", "ratio", "difference")
    for profile, conditions in FASTABX.items():
        yield from _head(f"{BESIDE}, `{profile}`", *columns)
        for condition in conditions:
            ours = exact_score(work, BESIDE, condition, profile)
            other = work.fastabx(f"fastabx {profile} {BESIDE} {condition}", condition, profile)
            yield _beside(condition, ours, other)
        yield ""


def _beside(condition: str, ours: Figure, other: Figure) -> str:
    key = f"{BESIDE} {condition}"
    cells = [
        f"{ours.cpu:.1f}",
        f"{other.cpu:.1f}",
        f"{other.cpu / ours.cpu:.1f}",
        f"{other.wall / ours.wall:.1f}",
        f"{ours.peak / 2**20:,.0f}",
        f"{other.peak / 2**20:,.0f}",
        f"{other.peak / ours.peak:.1f}",
        f"{other.scores[key] - ours.scores[key]:+.0e}",
    ]
    return f"| {condition} | {' | '.join(cells)} |"


def _head(title: str, *columns: str) -> Iterator[str]:
    yield f"| {title} | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"


def _row(title: str, figure: Figure) -> str:
    others = f" (others: {figure.others:.1f})" if figure.others >= 0.1 else ""
    return f"| {title} | {figure.wall:,.1f}{others} | {figure.cpu:,.1f} | {figure.peak / 2**20:,.0f} |"


PARTS = {"validation": validation, "librilight": librilight, "exact": exact, "fastabx": fastabx}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder with 20 GB of space")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    for part in given.only:
        print("\n".join(PARTS[part](Work(given.work.resolve()))), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
