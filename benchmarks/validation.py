"""Measure the validation of a submission with as many files as a benchmark has, and what of it is pytest's.

    python benchmarks/validation.py WORK --runs 5
    python benchmarks/validation.py WORK --runs 3 --preset abx17-files

The first is of LibriSpeech's size, 11,126 files, the second of abx17's, 102,219. It makes the corpus in the folder
WORK, or takes the one that is there, and prints a Markdown table. Each of three ways is run so many times, by turns,
always in new processes:

    direct        the checks, called one after the other without pytest
    pytest -n 0   the command pytest --zrc-submission=... --zrc-validate-only -q, in one process
    pytest -n 2   the same in two workers

The same three on the demo that is embedded in the package tell the start-up: Python, imports, the plugin, the workers,
and a session of next to nothing. What pytest adds beyond it grows with the number of tests. Files are in the page
cache, as they are read just before, and modules are compiled. Other plugins are left out. Wall and CPU times are
medians (CPU with child processes). The first result is shown as soon as the first test, of meta.yaml, is through. The
memory is the highest sum over all processes, shared pages counted once, and that of each process, in one more run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, TypeAlias, cast

from make_corpus import PRESETS, make_corpus
from processors import busy_seconds

WAYS = ("direct", "pytest -n 0", "pytest -n 2")
SAMPLED_EVERY = 0.02  # seconds
NOT_WARM = 20 << 20  # bytes that a run reads from the disk


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children took, and how many cores others were using meanwhile.

    Attributes:
        wall, cpu: seconds.
        first: the seconds until the first test was through.
        others: cores.
    """

    wall: float
    cpu: float
    first: float
    others: float


Costs: TypeAlias = dict[str, list[Cost]]  # by way, one a run


def run_direct(submission: str, dataset: str) -> None:
    """Run all checks in this process, as the plugin does; what it imports counts."""
    from pytest_zrc.checks.suite import checks_of  # noqa: PLC0415
    from pytest_zrc.resolve import resolve  # noqa: PLC0415

    case = resolve(Path(submission), dataset=Path(dataset)) if submission else resolve(None, "demo")
    errors = [one for check in checks_of(case) for one in check.run() if one.severity == "error"]
    if errors:
        raise SystemExit("\n".join(map(str, errors[:10])))


def commands(corpus: Path | None) -> dict[str, list[str]]:
    """Return the command of each way, on a corpus or else on the demo."""
    submission, dataset = (str(corpus / "submission"), str(corpus / "dataset")) if corpus else ("", "")
    chosen = [f"--zrc-submission={submission}", f"--zrc-dataset={dataset}"] if corpus else ["--zrc-benchmark=demo"]
    pytest = [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "zrc", *chosen, "--zrc-validate-only", "-q", "-n"]
    return {
        "direct": [sys.executable, os.path.abspath(__file__), "--direct", submission, dataset],
        "pytest -n 0": [*pytest, "0"],
        "pytest -n 2": [*pytest, "2"],
    }


def launch(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a command in an empty folder, apart from the caller's settings and from other plugins of pytest."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PY")}
    environment["PYTHONPYCACHEPREFIX"] = str(folder.parent / "bytecode")
    environment["PYTEST_DEBUG_TEMPROOT"] = str(folder.parent)
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = environment["PYTHONUNBUFFERED"] = "1"
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE)


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Run a command and return its cost."""
    began, busy = time.perf_counter(), busy_seconds()
    process = launch(command, folder)
    first = _first_dot(process) - began
    _, status, usage = os.wait4(process.pid, 0)
    wall, busy = time.perf_counter() - began, busy_seconds() - busy
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    if usage.ru_inblock * 512 > NOT_WARM:
        print(f"not warm: {usage.ru_inblock * 512 >> 20} MiB came from the disk", file=sys.stderr)
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(wall, cpu, first, max(0, busy - cpu) / wall)


def _first_dot(process: subprocess.Popen[bytes]) -> float:
    """Read all that a process writes; return when the first line came that begins with a dot, or else the end."""
    output = cast("IO[bytes]", process.stdout)
    before, sign = b"\n", output.read(1)
    while sign and (before, sign) != (b"\n", b"."):
        before, sign = sign, output.read(1)
    first = time.perf_counter()
    output.read()
    return first


def warm(folder: Path) -> None:
    """Read all files of a folder, so that they are in the page cache."""
    for path in filter(Path.is_file, folder.rglob("*")):
        path.read_bytes()


def peak_memory(command: Sequence[str], folder: Path) -> tuple[float, list[float]]:
    """Run a command and return the highest memory of it and its children together, and of each of them, in MiB."""
    process = launch(command, folder)
    peak, each = 0, Counter[int]()
    while process.poll() is None:
        sizes = {pid: _proportional_size(pid) for pid in _family(process.pid)}
        peak = max(peak, sum(sizes.values()))
        each |= Counter(sizes)  # the larger ones
        time.sleep(SAMPLED_EVERY)
    return peak / 1024, [each[pid] / 1024 for pid in sorted(each)]


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:  # it has just ended
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _proportional_size(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def measure(corpus: Path, folder: Path, runs: int) -> tuple[Costs, Costs]:
    """Return the costs of each way on the corpus, and on the demo."""
    full: Costs = {way: [] for way in WAYS}
    start: Costs = {way: [] for way in WAYS}
    for command in commands(None).values():
        cost(command, folder)
    for turn in range(runs):
        for way in WAYS:
            start[way].append(cost(commands(None)[way], folder))
            warm(corpus)
            full[way].append(cost(commands(corpus)[way], folder))
        print(f"run {turn + 1} of {runs}", file=sys.stderr)
    return full, start


def table(full: Costs, start: Costs, memory: dict[str, tuple[float, list[float]]]) -> list[str]:
    """Return the lines of the Markdown table, and what pytest adds."""
    lines = [
        "| | wall, s | of it start-up, s | first result, s | CPU, s | of it start-up, s | peak memory, MiB | of each |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for way in WAYS:
        walls, cpus = _medians(full[way], start[way], _wall), _medians(full[way], start[way], _cpu)
        first = f"{median(one.first for one in full[way]):.2f}" if way != "direct" else ""
        peak, each = memory[way]
        times = " | ".join([f"{walls[0]:.2f}", f"{walls[1]:.2f}", first, f"{cpus[0]:.2f}", f"{cpus[1]:.2f}"])
        lines.append(f"| {way} | {times} | {peak:.0f} | {', '.join(f'{size:.0f}' for size in each)} |")
    others = [one.others for costs in full.values() for one in costs]
    return [
        *lines,
        "",
        *(_overhead(full, start, way) for way in WAYS[1:]),
        f"Other processes used {median(others):.1f} cores meanwhile, {max(others):.1f} at most.",
    ]


def _wall(one: Cost) -> float:
    return one.wall


def _cpu(one: Cost) -> float:
    return one.cpu


def _medians(full: list[Cost], start: list[Cost], of: Callable[[Cost], float]) -> tuple[float, float]:
    return median(map(of, full)), median(map(of, start))


def _overhead(full: Costs, start: Costs, way: str) -> str:
    """Say what a way costs beyond the direct one, in CPU time: wall time hides it where two processes work."""
    added = [one.cpu - direct.cpu for one, direct in zip(full[way], full["direct"], strict=True)]
    at_start = [one.cpu - direct.cpu for one, direct in zip(start[way], start["direct"], strict=True)]
    beyond = [one - fixed for one, fixed in zip(added, at_start, strict=True)]
    total = median(one.cpu for one in full[way])
    return (
        f"{way} adds {median(added):.2f} s of CPU time to the checks ({100 * median(added) / total:.0f} % of the run): "
        f"{median(at_start):.2f} s at the start, and {median(beyond):.2f} s ({100 * median(beyond) / total:.0f} %; "
        f"{min(beyond):.2f} to {max(beyond):.2f}) with the tests."
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder with 1.2 GB of space")
    parser.add_argument("--preset", choices=PRESETS, default="abxls-files", help="of make_corpus.py")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    corpus, folder = given.work.resolve() / given.preset, given.work.resolve() / "empty"
    if not (corpus / "submission" / "params.yaml").exists():  # it is written last
        make_corpus(corpus, PRESETS[given.preset])
    folder.mkdir(exist_ok=True)
    full, start = measure(corpus, folder, given.runs)
    memory = {way: peak_memory(command, folder) for way, command in commands(corpus).items()}
    files = sum(PRESETS[given.preset].files.values())
    print(f"{files:,} files, medians of {given.runs} runs, warm page cache:\n")
    print("\n".join(table(full, start, memory)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--direct"]:
        run_direct(*sys.argv[2:])
    else:
        main()
