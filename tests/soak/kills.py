"""Kill runs at random moments, and see whether the next one makes everything good.

    python -m tests.soak.kills [--runs 200] [--seed 0]

in the project's folder, with what the tests need installed. A run of the demo, or of two subsets of abxLS in several
shards each, serial or with `-n 2`, is killed by SIGKILL after a random time: the process that was started, one of its
workers, or all of them at once. Where only a worker dies, the run goes on, and is waited for. Then

1. no file has half of its content under its own name;
2. the next run, begun at once with what is left, ends well, and its files are byte for byte those of a run that nothing
   disturbed, but for times, the memory that was free and, with workers, the order of the tests in junit.xml;
3. no score that was stored when the kill came is computed again;
4. workers whose run was killed end, too, and spoil nothing.

Prints a table; what is wrong is printed, too, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import psutil

MAKER = Path(__file__).parents[2] / "benchmarks" / "make_corpus.py"
PATIENCE = 120  # s
ORPHANED = 30  # s that workers get to notice that their run was killed
OUTPUT = ".output"
STORED = ("score-*.json", "details-*.json")
DIES, WORKER, ALL, NOTHING = "the run", "a worker", "all", "nothing"
FASTER = 0.8  # times the seconds of a scene, where a run was over before it was to be killed
TIMES = re.compile(rb'"(seconds|memory)": [^,\n]*')  # in JSON


@dataclass(frozen=True, slots=True)
class Scene:
    """What is run.

    Attributes:
        name: of it.
        arguments: of pytest.
        seconds: how long it takes if nothing disturbs it.
        files: what it writes then, by name, without times.
        parallel: it has workers.
    """

    name: str
    arguments: tuple[str, ...]
    seconds: float = 0
    files: frozenset[tuple[str, bytes]] = frozenset()

    @property
    def parallel(self) -> bool:
        """Tell whether it has workers."""
        return "-n" in self.arguments


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run that was killed.

    Attributes:
        victim: what was.
        problems: what is not as it should be, in sentences.
        kept: how many results were stored when the kill came.
        made: how many the next run made.
    """

    scene: str
    victim: str
    problems: tuple[str, ...]
    kept: int
    made: int


def scenes(work: Path) -> list[Scene]:
    """Return what is going to be killed; makes the corpus for it.

    Args:
        work: a folder that is there.
    """
    corpus = work / "corpus"
    shape = ("--speakers=4", "--utts=150", "--seconds=0.8", "--dim=16")
    subprocess.run([sys.executable, MAKER, corpus, "--subsets", "dev-clean", "dev-other", *shape], check=True)
    scored = ("--zrc-sets=dev", f"--zrc-submission={corpus / 'submission'}", f"--zrc-dataset={corpus / 'dataset'}")
    return [
        Scene(f"{name}{' -n 2' if workers else ''}", (*arguments, *workers))
        for name, arguments in (("demo", ("--zrc-benchmark=demo",)), ("abxLS", scored))
        for workers in ((), ("-n", "2"))
    ]


def undisturbed(scene: Scene, work: Path) -> Scene:
    """Run a scene to its end, and note how long it takes and what it writes."""
    folder = Path(work, f"undisturbed {scene.name}")
    began = time.monotonic()
    if start(scene, folder).wait(PATIENCE):
        raise SystemExit(_output(folder))
    return replace(scene, seconds=time.monotonic() - began, files=frozenset(_without_times(folder)))


def start(scene: Scene, folder: Path) -> subprocess.Popen[bytes]:
    """Start a run, in a session of its own, with its results in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / OUTPUT).unlink(missing_ok=True)  # another process may be writing into it
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "-c", os.devnull]
    with (folder / OUTPUT).open("wb") as output:
        return subprocess.Popen(
            [*command, *scene.arguments, f"--zrc-scores={folder / 'scores'}"],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes], victim: str, rng: random.Random) -> str:
    """Kill a run, or a part of it; return what was killed: nothing where it is over already."""
    if process.poll() is not None:
        return NOTHING
    workers = psutil.Process(process.pid).children() if victim == WORKER else []
    try:
        if workers:
            rng.choice(workers).kill()
            process.wait(PATIENCE)
            return victim
        if victim == ALL:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (psutil.NoSuchProcess, ProcessLookupError):
        pass
    process.wait(PATIENCE)
    return ALL if victim == ALL else DIES


def play(scene: Scene, folder: Path, rng: random.Random) -> Outcome:
    """Run a scene, kill it, look at what is left, and run it again.

    Args:
        scene: as ``undisturbed`` has returned it.
        folder: for its results, not there yet.
        rng: decides what is killed, and when.
    """
    victim = rng.choice((DIES, WORKER, ALL)) if scene.parallel else DIES
    process = start(scene, folder)
    time.sleep(rng.uniform(0, scene.seconds))
    victim = kill(process, victim, rng)
    problems = [f"{name} is half-written: {problem}" for name, problem in _damaged(folder)]
    before = _stored(folder)
    again = start(scene, folder)
    try:
        again.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(again.pid, signal.SIGKILL)
        return Outcome(scene.name, victim, (*problems, "the next run does not end"), len(before), 0)
    output = _output(folder)
    if again.returncode or "Traceback" in output or "INTERNALERROR" in output:
        problems.append(f"the next run ends with {again.returncode}:\n{output}")
    problems += _outlived(process.pid)
    after = _stored(folder)
    problems += [f"{name} was made again" for name, state in before.items() if after.get(name) != state]
    found, wanted = dict(_without_times(folder)), dict(scene.files)
    problems += [f"{name} differs" for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name)]
    return Outcome(scene.name, victim, tuple(problems), len(before), len(after) - len(before))


def _output(folder: Path) -> str:
    return (folder / OUTPUT).read_text(encoding="utf-8")


def _stored(folder: Path) -> dict[str, tuple[int, int]]:
    """Return what the store has, with what changes when it is written again."""
    store = folder / "scores" / ".zrc"
    paths = [path for pattern in STORED for path in store.glob(pattern)]
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


def _visible(folder: Path) -> Iterator[Path]:
    """Yield the files that have their own names: reports, and what is stored."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".lock":
            yield path


def _damaged(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of which only a part is there."""
    for path in _visible(folder):
        text = path.read_text(encoding="utf-8")
        try:
            if path.suffix == ".json":
                json.loads(text)
            elif path.suffix == ".xml":
                ET.fromstring(text)  # noqa: S314 - pytest wrote it
            elif path.suffix == ".csv":
                _require_rows(text)
            else:
                _require_end(text)
        except (ValueError, ET.ParseError) as error:
            yield path.name, str(error)


def _require_end(text: str) -> None:
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")


def _require_rows(text: str) -> None:
    """Raise ValueError unless all rows of a CSV file are as long as the first, and the last one has an end."""
    _require_end(text)
    if len({len(row) for row in csv.reader(io.StringIO(text))}) != 1:
        raise ValueError("a row is cut off")


def _without_times(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the reports, without what differs from one undisturbed run to the next."""
    for path in _visible(folder):
        if ".zrc" in path.parts:
            continue
        content = path.read_bytes()
        if path.suffix == ".xml":
            content = _tests(content)
        yield path.name, TIMES.sub(rb"", content)


def _tests(report: bytes) -> bytes:
    """Return a JUnit report without times, its tests in order of their names."""
    suite = ET.fromstring(report)[0]  # noqa: S314 - pytest wrote it
    for element in (suite, *suite.iter("testcase")):
        for name in ("time", "timestamp", "hostname"):
            element.attrib.pop(name, None)
    return b"\n".join(sorted(ET.tostring(element) for element in suite))


def _outlived(group: int) -> list[str]:
    """Wait for the processes that a killed run has left; return what to say of those that do not end."""
    until = time.monotonic() + ORPHANED
    while left := list(_processes(group)):
        if time.monotonic() > until:
            os.killpg(group, signal.SIGKILL)
            return [f"{len(left)} workers are still there {ORPHANED} s after the next run"]
        time.sleep(0.05)
    return []


def _processes(group: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def table(outcomes: Sequence[Outcome]) -> str:
    """Return what became of the runs as a table in Markdown, a row for each scene and victim."""
    lines = [
        "| scene | killed | runs | made good | scores stored by then | made by the next run |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for scene, victim in sorted({(one.scene, one.victim) for one in outcomes}):
        group = [one for one in outcomes if (one.scene, one.victim) == (scene, victim)]
        good = sum(not one.problems for one in group)
        kept, made = sum(one.kept for one in group) // 2, sum(one.made for one in group) // 2  # each has details
        lines.append(f"| {scene} | {victim} | {len(group)} | {good} | {kept} | {made} |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, help="that are killed; those that were over are not counted")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    outcomes: list[Outcome] = []
    with TemporaryDirectory() as name:
        work = Path(name)
        ready = [undisturbed(scene, work) for scene in scenes(work)]
        for run in count():
            if sum(one.victim != NOTHING for one in outcomes) >= given.runs:
                break
            nth, folder = run % len(ready), work / str(run)
            outcomes.append(play(ready[nth], folder, random.Random(f"{given.seed} {run}")))
            if outcomes[-1].victim == NOTHING:
                ready[nth] = replace(ready[nth], seconds=FASTER * ready[nth].seconds)
            for problem in outcomes[-1].problems:
                print(f"run {run} ({outcomes[-1].scene}, {outcomes[-1].victim} killed): {problem}", flush=True)
            shutil.rmtree(folder)
    print(table(outcomes))
    sys.exit(any(one.problems for one in outcomes))


if __name__ == "__main__":
    main()
