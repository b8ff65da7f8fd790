"""Measure the memory that uploading takes.

    python -m benchmarks.upload_memory WORK [--gigabytes 2]

in the project's folder, with what the tests need installed. Makes a submission of that size in the folder WORK (which
then needs four times as much), scores it, logs in and runs `pytest-zrc submit` as users do, against the server of the
tests in a process of its own. The files hold noise: 64 of them, of 768 dimensions in float32, with few items. Prints a
Markdown table: how long each step of `submit` took that could be seen, the most memory (resident set) in it, read every
20 ms, and that of the whole process as the system knows it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from pytest_zrc.benchmarks.registry import BENCHMARKS
from tests.builders import TinyDataset, make_features
from tests.life import NAME, PASSWORD, Terminal, fill_in

BENCHMARK = "abxLS"
FILES, DIMENSION = 16, 768  # files of a subset
FRAME_SHIFT = 0.01  # s
START = "starting"


class Watch:
    """Watches a process that says, line by line, what it is at.

    Attributes:
        seconds, memory: of each step: how long, and the most bytes it held.
        peak: the most bytes that the process ever held.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Watch until the process ends."""
        self.seconds: dict[str, float] = {}
        self.memory: dict[str, int] = {}
        self.peak = 0
        self._step = START
        reader = threading.Thread(target=self._read, args=(process,))
        reader.start()
        while process.poll() is None:
            self._look(Path(f"/proc/{process.pid}/status"))
            time.sleep(0.02)
        reader.join()

    def _read(self, process: subprocess.Popen[str]) -> None:
        start = time.perf_counter()
        for line in process.stdout or ():
            self.seconds[self._step] = time.perf_counter() - start
            self._step, start = line.strip(), time.perf_counter()
        self.seconds[self._step] = time.perf_counter() - start

    def _look(self, status: Path) -> None:
        lines = status.read_text(encoding="ascii").splitlines()
        held = {
            name: int(rest.split()[0]) << 10
            for name, _, rest in (line.partition(":") for line in lines)
            if rest[-2:] == "kB"
        }
        if held:  # it has not ended meanwhile
            self.memory[self._step] = max(self.memory.get(self._step, 0), held["VmRSS"])
            self.peak = held["VmHWM"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, metavar="WORK")
    parser.add_argument("--gigabytes", type=float, default=2)
    given = parser.parse_args()
    home = given.work / "home"
    shutil.rmtree(given.work, ignore_errors=True)
    home.mkdir(parents=True)
    with _served(given.work / "server") as address:
        terminal = Terminal(home.absolute(), address)
        folder = _scored(terminal, int(given.gigabytes * 1e9))
        terminal.login()
        with terminal.start("submit", folder) as process:
            watch = Watch(process)
        if process.returncode:
            raise SystemExit(f"submit ended with {process.returncode}")
        print(terminal.zrc("status", folder), file=sys.stderr)
    size = sum(path.stat().st_size for path in folder.rglob("*.npy"))
    print("| step | s | memory, MiB |\n|---|---:|---:|")
    for step, held in watch.memory.items():
        print(f"| {step} | {watch.seconds[step]:.1f} | {held / 2**20:.0f} |")
    print(f"| all, of {size / 1e9:.2f} GB | {sum(watch.seconds.values()):.1f} | {watch.peak / 2**20:.0f} |")


def _scored(terminal: Terminal, size: int) -> Path:
    """Make a submission of about so many bytes, and score it."""
    folder = terminal.home / "submission"
    terminal.zrc("init", BENCHMARK, folder)
    fill_in(folder)
    dataset = terminal.dataset(BENCHMARK, files=FILES)
    frames = size // (len(dataset.subsets) * FILES * DIMENSION * 4)
    rng = np.random.default_rng(0)
    for subset, utterances in dataset.utterances.items():
        for utterance in utterances:
            noise = rng.random((frames, DIMENSION), dtype=np.float32)
            np.save(
                folder / subset / f"{utterance.name}.npy",
                np.concatenate([noise, make_features(utterance, dim=DIMENSION)]),
            )
    _put_last_items_last(dataset, frames * FRAME_SHIFT)
    terminal.zrc("run", BENCHMARK, folder)
    return folder


def _put_last_items_last(dataset: TinyDataset, seconds: float) -> None:
    """Let the last item of each file come so much later: files are not much longer than their items."""
    granularities = {item.granularity for subset in BENCHMARKS[BENCHMARK].subsets for item in subset.item_files}
    for path in (dataset.item_file(subset, each) for subset in dataset.subsets for each in granularities):
        header, *rows = (line.split(" ") for line in path.read_text(encoding="utf-8").splitlines())
        for row, following in zip(rows, [*rows[1:], header], strict=True):
            if row[0] != following[0]:
                row[1:3] = (f"{float(time) + seconds:.4f}" for time in row[1:3])
        path.write_text("".join(" ".join(row) + "\n" for row in [header, *rows]), encoding="utf-8")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Run the server in a process, and give its address."""
    command = [sys.executable, "-m", "tests.server", "--folder", str(folder), "--user", f"{NAME}:{PASSWORD}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("no pipe")
        yield process.stdout.readline().strip()
        process.communicate("")


if __name__ == "__main__":
    main()
