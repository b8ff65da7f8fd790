"""What the runners share: the job that a command line describes, and its cost, printed as one line of JSON.

A runner is run by the Python of its engine's environment and does one job in a new process: it loads a corpus of
make_corpus.py, computes one score, and says what that took. This file needs the standard library only, of Python 3.11.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

SUBSET = "dev-clean"
FRAMES_PER_SECOND = 100
SEED = 3459
MAX_GROUP, MAX_SPEAKERS = 10, 5  # the limits of the mode librilight


@dataclass(frozen=True, slots=True)
class Job:
    """What a runner does.

    Attributes:
        corpus: a folder of make_corpus.py with the subset dev-clean.
        granularity, context, speaker: the condition.
        mode: ``librilight`` or ``exact``.
        threads: how many threads may work.
        rate: of the features, frames per second.
        count: count what the condition compares, instead of scoring.
        began: when the process was started, on the system's monotonic clock.
    """

    corpus: Path
    granularity: str
    context: str
    speaker: str
    mode: str
    threads: int
    rate: int
    count: bool
    began: float

    @property
    def features(self) -> Path:
        """The folder of the feature files."""
        return self.corpus / "submission" / SUBSET

    @property
    def items(self) -> Path:
        """The item file."""
        return self.corpus / "dataset" / SUBSET / f"{self.granularity}-{SUBSET}.item"


def read_job(description: str | None) -> Job:
    """Read the command line of a runner."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("corpus", type=Path, help="a folder of make_corpus.py")
    parser.add_argument("condition", help="like triphone-within-across: granularity, context, speaker of X")
    parser.add_argument("mode", choices=("librilight", "exact"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=int, default=FRAMES_PER_SECOND)
    parser.add_argument("--count", action="store_true", help="count the frame pairs only (ours)")
    parser.add_argument("--began", type=float, default=time.monotonic(), help="when this process was started")
    given = parser.parse_args()
    granularity, context, speaker = given.condition.split("-")
    return Job(
        given.corpus, granularity, context, speaker, given.mode, given.threads, given.rate, given.count, given.began
    )


class Meter:
    """Measures the phases of a job: wall and CPU time of the process with all its threads, and its memory."""

    def __init__(self, began: float) -> None:
        """Measure a process that was started then; what it has done so far is the phase ``import``."""
        self._phases: dict[str, dict[str, float]] = {}
        self._began = began
        self._first_cell: float | None = None
        self._peak = 0
        self._name, self._wall, self._cpu, self._memory = "import", began, 0.0, 0

    def begin(self, name: str) -> None:
        """End a phase and begin the next one.

        The ``rise`` of a phase is by how many bytes memory rose in it, at its highest, above its beginning.
        """
        wall, cpu, peak = time.monotonic(), time.process_time(), _memory("VmHWM")
        self._phases[self._name] = {
            "wall": wall - self._wall,
            "cpu": cpu - self._cpu,
            "rise": max(0, peak - self._memory),
        }
        self._peak = max(self._peak, peak)
        _forget_peak()
        self._name, self._memory = name, _memory("VmRSS")
        self._wall, self._cpu = time.monotonic(), time.process_time()

    def cell_done(self) -> None:
        """Note when the first cell was done; later calls do nothing."""
        if self._first_cell is None:
            self._first_cell = time.monotonic() - self._began

    def report(self, **found: object) -> None:
        """Print the line, with what was found and measured."""
        measured = {"phases": self._phases, "first_cell": self._first_cell, "peak": self._peak}
        print(json.dumps({**found, **measured}), flush=True)


def _memory(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    return 0


def _forget_peak() -> None:
    """Let the highest memory begin anew; Linux has a file for that."""
    try:
        descriptor = os.open("/proc/self/clear_refs", os.O_WRONLY)
    except OSError:
        return  # then a rise is that since the start
    try:
        os.write(descriptor, b"5")
    finally:
        os.close(descriptor)
