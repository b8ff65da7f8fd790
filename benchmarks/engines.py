"""Measure the engine side by side with fastabx and zerospeech-libriabx2, and against the least that it could take.

    python benchmarks/engines.py WORK
    python benchmarks/engines.py WORK --smoke

makes corpora and environments in the folder WORK, or takes those that are there, runs all engines on the same data, and
writes WORK/engines.md and WORK/engines.json. Ours runs on the Python that runs this script.

Every run is a new process that scores one condition; engines take turns, in changing order, so that what else happens
on the machine happens to all of them. One thread, and ours with two as well. Figures are medians, ratios medians of the
ratios of each turn, with the lowest and the highest. There are two modes:

    librilight  the limits of the published scores (10 tokens, 5 speakers) and libri-light's frames. fastabx has the
                same limits and frames but draws otherwise, so that its scores are near ours only. libriabx2 draws as
                ours does, and must agree to 1e-6: on a small corpus once, as it is slow
    exact       all tokens, with their last frames. fastabx must agree to 1e-6

What is timed: *scoring*, from the features in the engine's own place in memory to the number (ours: normalisation,
planning, distances and averages; fastabx: all after its Dataset; libriabx2: all after its normalised dataset), and the
*whole process*, from its start to its end, reading included. CPU time is that of all threads. The peak of memory is the
process's highest resident size, its rise that during scoring.

The floor is the fastest float32 matrix product of NumPy or PyTorch with one thread, times the pairs of frames that
the condition needs at least: every two tokens that meet in a cell are compared once. Normalisation is not held against
it.

The environment of fastabx holds PyTorch for its own Python 3.12; where a registry has it with CUDA only, that is
several GB. Run this on an otherwise idle machine; it needs Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engines_report import AGREEMENT, CONDITIONS, MODES, OURS, disagreements, report
from make_corpus import PRESETS, make_corpus
from peers import PEERS, RUNNERS
from processors import busy_seconds

SUBSET = "dev-clean"
TIME_LIMIT = 900  # seconds, for one run
LIST_VERSIONS = """
from importlib.metadata import distributions
from platform import python_version
print(f"Python=={python_version()}", *sorted({f"{one.name}=={one.version}" for one in distributions()}), sep="\\n")
"""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a corpus; its speech is LibriSpeech-like.

    Attributes:
        speakers: how many.
        files: of each speaker.
        seconds: the mean length of a file.
        phones: of the language; fewer than 39 make larger groups, and there are no words then.
    """

    speakers: int
    files: int
    seconds: float = 7.2
    phones: int = 39

    @property
    def name(self) -> str:
        """What the tables call it."""
        few = f", {self.phones} phones" if self.phones < 39 else ""
        return f"{self.speakers} x {self.files} x {self.seconds:g} s{few}"

    def corpus(self, work: Path, dim: int) -> Path:
        """Return the folder of the corpus, which is made where it is missing."""
        preset = PRESETS["librispeech"]
        plan = replace(
            preset,
            speakers={SUBSET: self.speakers},
            files={SUBSET: self.speakers * self.files},
            seconds=self.seconds,
            phones=self.phones,
            words=preset.words if self.phones == preset.phones else 0,
            dim=dim,
        )
        maker = Path(__file__).with_name("make_corpus.py").read_bytes()
        folder = work / f"corpus-{dim}-{zlib.crc32(maker + repr(plan).encode()):08x}"
        if not (folder / "submission" / "params.yaml").exists():  # it is written last
            print(f"making a corpus of {self.name}, {dim} dimensions", file=sys.stderr)
            make_corpus(folder, plan)
        return folder


SMALL = Shape(7, 2, seconds=5, phones=8)  # small, and yet beyond the limits of 10 tokens and 5 speakers


def shape_of(condition: str, mode: str) -> Shape:
    """Return a corpus on which fastabx takes some seconds with 768 dimensions."""
    across, any_context = condition.endswith("across"), condition.startswith("phoneme-any")
    if any_context and mode == "exact":  # the square of all tokens
        return Shape(3, 4)
    if any_context and across:  # cells are as many as pairs of phones, and as large as the limits let them be
        return Shape(7, 4, phones=12)
    return Shape(8, 10) if across else Shape(3, 38)


@dataclass(frozen=True, slots=True)
class Engine:
    """Something to run: a runner on a Python, with some threads."""

    name: str
    python: str
    runner: Path
    threads: int = 1

    def run(self, corpus: Path, condition: str, mode: str, *options: str) -> dict[str, Any]:
        """Run it in a new process, and return what the runner says, with the cost of the whole process."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYENV"))}
        environment |= dict.fromkeys(THREADS, str(self.threads))
        command = [self.python, str(self.runner), str(corpus), condition, mode, f"--threads={self.threads}", *options]
        return _run(command, environment)


def _run(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    busy, began = busy_seconds(), time.monotonic()
    command = [*command, f"--began={began}"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=RUNNERS, text=True
    )
    assert process.stdout is not None  # noqa: S101 - as asked
    assert process.stderr is not None  # noqa: S101
    errors: list[str] = []
    listener = threading.Thread(target=errors.extend, args=(process.stderr,))
    listener.start()
    timer = threading.Timer(TIME_LIMIT, process.kill)
    timer.start()
    line = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    timer.cancel()
    listener.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{''.join(errors[-20:])}\nexit code {process.returncode}: {' '.join(command)}")
    cpu = usage.ru_utime + usage.ru_stime
    found: dict[str, Any] = json.loads(line)
    return {**found, "process": {"wall": wall, "cpu": cpu}, "others": max(0, busy_seconds() - busy - cpu) / wall}


def warm(corpus: Path) -> None:
    """Read the features, so that they are in the page cache."""
    for path in (corpus / "submission" / SUBSET).iterdir():
        path.read_bytes()


def compare(engines: Sequence[Engine], corpus: Path, job: dict[str, Any], repeat: int) -> list[dict[str, Any]]:
    """Run all engines so many times, each turn in the opposite order of the one before."""
    warm(corpus)
    runs = []
    for turn in range(repeat):
        for engine in engines if turn % 2 == 0 else reversed(engines):
            found = engine.run(corpus, job["condition"], job["mode"])
            runs.append({**job, **found, "engine": engine.name, "threads": engine.threads, "turn": turn})
            print(
                f"{job['dim']:5} {job['mode']:10} {job['condition']:23} turn {turn + 1}  {engine.name:9} "
                f"threads {engine.threads}  scoring {found['phases']['score']['wall']:7.2f} s",
                file=sys.stderr,
            )
    return runs


def measure_floor(best: dict[str, dict[str, Any]], engines: Sequence[Engine], dims: Sequence[int]) -> None:
    """Find for each dimension the fastest product that there is, in nanoseconds for each pair of frames."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    for engine in engines:
        command = [engine.python, str(RUNNERS / "gemm.py"), *map(str, dims)]
        output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        for library, by_dim in json.loads(output).items():
            for dim, by_size in by_dim.items():
                one = best.setdefault(dim, {"best": float("inf"), "all": []})
                one["all"].append({"engine": engine.name, "library": library, "ns": by_size})
                for size, ns in by_size.items():
                    if ns < one["best"]:
                        one |= {"best": ns, "library": library, "size": size}


def machine() -> dict[str, Any]:
    """Say what this runs on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    flags: list[str] = next((line.split() for line in lines if line.startswith("flags")), [])
    best = next((flag for flag in ("avx512f", "avx2", "sse2") if flag in flags), "")
    return {"cpu": model, "vectors": best, "cores": os.cpu_count(), "system": platform.system()}


def versions(engine: Engine) -> list[str]:
    """Return what is installed for an engine."""
    command = [engine.python, "-c", LIST_VERSIONS]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Run everything that the command line asks for."""
    work: Path = given.work
    pythons = {
        name: PEERS[name].environment(work / "environments", getattr(given, f"python{PEERS[name].python}"))
        for name in given.peers
    }
    ours = Engine(OURS, sys.executable, RUNNERS / "ours.py")
    peers = {name: Engine(name, python, PEERS[name].runner) for name, python in pythons.items()}
    began = datetime.now(UTC).isoformat(timespec="seconds")
    runs: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    floor: dict[str, dict[str, Any]] = {}
    measure_floor(floor, (ours, *peers.values()), given.dims)
    for engine in (ours, *peers.values()):  # what comes first is slower: modules are compiled, libraries read
        engine.run(SMALL.corpus(work, min(given.dims)), "phoneme-within-within", "librilight")
    for dim in given.dims:
        for mode in given.modes:
            for condition in given.conditions:
                for peer, shape in _comparisons(given, condition, mode):
                    corpus = shape.corpus(work, dim)
                    job = {"dim": dim, "mode": mode, "condition": condition, "peer": peer, "corpus": shape.name}
                    counts.append({**job, **ours.run(corpus, condition, mode, "--count")})
                    slow = peer == "libriabx2"
                    engines = [ours, *([peers[peer]] if peer else []), *([] if slow else [replace(ours, threads=2)])]
                    runs += compare(engines, corpus, job, 1 if slow else given.repeat)
    measure_floor(floor, (ours, *peers.values()), given.dims)  # again, for the better of the two
    return {
        "began": began,
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "repeat": given.repeat,
        "smoke": given.smoke,
        "versions": {engine.name: versions(engine) for engine in (ours, *peers.values())},
        "floor": floor,
        "counts": counts,
        "runs": runs,
    }


def _comparisons(given: argparse.Namespace, condition: str, mode: str) -> list[tuple[str, Shape]]:
    """Return the peers to compare with, and on what; without fastabx ours runs alone."""
    found = [("fastabx" if "fastabx" in given.peers else "", SMALL if given.smoke else shape_of(condition, mode))]
    if "libriabx2" in given.peers and mode == "librilight":
        found.append(("libriabx2", SMALL))
    return found


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder with some GB of space")
    parser.add_argument("--smoke", action="store_true", help="run everything once on a tiny corpus, 64 dimensions")
    parser.add_argument("--dims", nargs="+", type=int, help="dimensions of the features (default: 768)")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--conditions", nargs="+", choices=CONDITIONS, default=CONDITIONS)
    parser.add_argument("--peers", nargs="*", choices=tuple(PEERS), default=tuple(PEERS))
    parser.add_argument("--repeat", type=int, help="turns (default: 5; libriabx2 has one)")
    parser.add_argument("--python312", dest="python3.12", help="a Python 3.12, for fastabx")
    parser.add_argument("--python311", dest="python3.11", help="a Python 3.11, for libriabx2")
    given = parser.parse_args()
    given.work = given.work.resolve()
    given.work.mkdir(parents=True, exist_ok=True)
    given.dims = given.dims or ([64] if given.smoke else [768])
    given.repeat = given.repeat or (1 if given.smoke else 5)
    found = measure(given)
    (given.work / "engines.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    text = "\n".join(report(found)) + "\n"
    (given.work / "engines.md").write_text(text, encoding="utf-8")
    print(text)
    wrong = disagreements(found)
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(wrong)} scores differ by more than {AGREEMENT:g}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
