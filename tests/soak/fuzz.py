"""Fuzz the parsers of foreign data: ``python -m tests.soak.fuzz [--inputs N | --seconds S] [--only NAME] [--seed N]``.

Each parser runs in a process of its own, with bounded time and memory for each input, and may do nothing but read and
write files of its own. Inputs are made of valid ones; those that reach lines of the package that none before reached
become examples, too. An input that fails is kept, and ``--replay FILE --only NAME`` reads it again.

That it finds what it looks for is tried in ``test_seeded_defects.py``, which breaks real parsers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any

import pytest_zrc
from pytest_zrc.errors import ZrcError
from tests.soak.bounds import bounded_memory, bounded_time, no_execution, require_refusal
from tests.soak.targets import Target, make_targets

_PACKAGE = str(Path(pytest_zrc.__file__).parent)
_TRACED = 40  # one input of so many is traced, as that makes it several times slower
_MOST_KEPT = 20  # failing inputs of a parser
_MOST_MEMORY = 32 << 20  # bytes more than ever before that an input of some kilobytes may take
_FASTEST_DISK = Path("/dev/shm")  # noqa: S108 - the folder below it has a name that nobody can guess


@dataclass(slots=True)
class Figures:
    """What came of a parser.

    Attributes:
        inputs: how many were read.
        seconds: that they took.
        refused: how many were refused with a sentence.
        lines: of the package that were reached.
        peak: memory beside what the process had before, in bytes.
        failures: by the last line of the traceback, how often.
    """

    inputs: int = 0
    seconds: float = 0.0
    refused: int = 0
    lines: int = 0
    peak: int = 0
    failures: dict[str, int] = field(default_factory=dict)


def main() -> None:
    """Fuzz, print the figures, and exit with 1 where something failed."""
    options = _options().parse_args()
    with _folder() as folder:
        names = list(make_targets(folder / "names"))
    if unknown := set(options.only) - set(names):
        sys.exit(f"no parser {', '.join(unknown)}: there are {', '.join(names)}")
    if options.replay:
        with _folder() as folder:
            target, content = make_targets(folder)[options.only[0]], options.replay.read_bytes()
            with bounded_memory(), bounded_time(), no_execution(target.folder):
                target.read(content)
        return
    print(f"| parser | inputs | a second | refused | lines reached | peak memory | failures |\n{'|---' * 7}|")
    found = [_in_its_own_process(name, options) for name in options.only or names]
    sys.exit(any(figures.failures for figures in found))


class MemoryUseError(Exception):
    """An input took far more memory than its size warrants."""


class UnraisableError(Exception):
    """Something failed where no error can be raised, and would have been printed."""


def fuzz(
    target: Target,
    keep: Path,
    *,
    inputs: int = sys.maxsize,
    seconds: float = 1e9,
    seed: object = 0,
    last: Path | None = None,
    most_failures: int = sys.maxsize,
) -> Figures:
    """Read the examples of a parser, then inputs made of them.

    Args:
        target: the parser.
        keep: a folder for inputs that fail, made where there is one.
        inputs: how many, at most.
        seconds: to begin inputs in.
        seed: of what is drawn at random: equal seeds, equal inputs.
        last: a file for the input that is being read, in case that ends the process.
        most_failures: kinds of them, after which it is enough.
    """
    chance, corpus, figures = random.Random(f"{seed} {target.name}"), list(target.seeds), Figures()
    seen: set[tuple[str, int]] = set()
    _forget_peak()
    start = time.monotonic()
    for content in _inputs(target, chance, corpus):
        enough = figures.inputs >= inputs or len(figures.failures) >= most_failures
        if enough or time.monotonic() - start > seconds:
            break
        traced = figures.inputs % _TRACED == 0 or figures.inputs < len(target.seeds)
        before = len(seen)
        if last:
            last.write_bytes(content)
        with _tracing(seen) if traced else _nothing():
            _read(target, content, keep, figures)
        if len(seen) > before:
            corpus.append(content)
        figures.inputs += 1
    figures.seconds, figures.lines = time.monotonic() - start, len(seen)
    return figures


def _inputs(target: Target, chance: random.Random, corpus: Sequence[bytes]) -> Iterator[bytes]:
    yield from target.seeds
    while True:
        yield target.mutate(chance, corpus)


def _read(target: Target, content: bytes, keep: Path, figures: Figures) -> None:
    """Read an input: a sentence is as good as no error."""
    try:
        _read_strictly(target, content)
    except ZrcError as error:
        figures.refused += 1
        try:
            require_refusal(error)
        except (AssertionError, MemoryError) as wrong:
            _keep(target, content, keep, figures, wrong)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it should not be
        _keep(target, content, keep, figures, error)


def _read_strictly(target: Target, content: bytes) -> None:
    before, unraisable = _peak(), list[object]()
    with warnings.catch_warnings(), _noting(unraisable), bounded_time(), no_execution(target.folder):
        warnings.simplefilter("error")
        target.read(content)
    if unraisable:
        raise UnraisableError(unraisable[0])
    if (more := _peak() - before) > _MOST_MEMORY:
        raise MemoryUseError(f"{more >> 20} MiB for {len(content)} bytes")


@contextmanager
def _noting(unraisable: list[object]) -> Iterator[None]:
    """Note what Python would print and go on."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda args: unraisable.append(repr(args.exc_value))
    try:
        yield
    finally:
        sys.unraisablehook = before


def _keep(target: Target, content: bytes, keep: Path, figures: Figures, error: BaseException) -> None:
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(_PACKAGE)]
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "after reading"
    name = f"{type(error).__name__} at {where}"
    figures.failures[name] = figures.failures.get(name, 0) + 1
    if figures.failures[name] == 1 and len(figures.failures) <= _MOST_KEPT:
        keep.mkdir(parents=True, exist_ok=True)
        path = keep / f"{target.name}-{len(figures.failures)}"
        path.write_bytes(content)
        print(
            f"{name}: {str(error)[:200]!r}\n  python -m tests.soak.fuzz --only {target.name} --replay {path}",
            file=sys.stderr,
        )


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _tracing(seen: set[tuple[str, int]]) -> Iterator[None]:
    """Note the lines of the package that are reached."""

    def within(frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401 - what sys.settrace asks for
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
        return within

    def enter(frame: FrameType, _event: str, _: object) -> Any:  # noqa: ANN401
        return within if frame.f_code.co_filename.startswith(_PACKAGE) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)


def _in_its_own_process(name: str, options: argparse.Namespace) -> Figures:
    """Fuzz a parser and print its figures; a crash of the process is a failure, too."""
    with _folder() as folder:
        process = get_context("fork").Process(target=_child, args=(name, options, folder))
        process.start()
        process.join()
        result = folder / "figures.json"
        died = f"the process ended with {process.exitcode}; its last input is in {options.keep}"
        figures = Figures(**json.loads(result.read_text())) if result.exists() else Figures(failures={died: 1})
        if not result.exists():
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{name}-died").write_bytes((folder / "last").read_bytes())
    rate = figures.inputs / max(figures.seconds, 1e-9)
    kinds = "; ".join(f"{count} {what}" for what, count in figures.failures.items()) or "none"
    numbers = (
        f"{figures.inputs:,} | {rate:,.0f} | {figures.refused:,} | {figures.lines} | {figures.peak / 2**20:.0f} MiB"
    )
    print(f"| {name} | {numbers} | {kinds} |", flush=True)
    return figures


def _child(name: str, options: argparse.Namespace, folder: Path) -> None:
    target = make_targets(folder / "world")[name]
    _forget_peak()
    before = _peak()
    with bounded_memory():
        figures = fuzz(
            target,
            options.keep,
            inputs=options.inputs,
            seconds=options.seconds,
            seed=options.seed,
            last=folder / "last",
        )
    figures.peak = _peak() - before
    (folder / "figures.json").write_text(json.dumps(asdict(figures)))


def _forget_peak() -> None:
    """Forget what the process has held at a time, or its parent: behind that, what an input takes would not show."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    """Return the most memory that the process had at a time, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_FASTEST_DISK if os.access(_FASTEST_DISK, os.W_OK) else None) as folder:
        yield Path(folder)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=sys.maxsize, metavar="N", help="of each parser, at most")
    parser.add_argument("--seconds", type=float, default=60, help="for each parser, at most  [default: 60]")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this parser; may be given again")
    parser.add_argument("--seed", default="0", help="equal seeds, equal inputs  [default: 0]")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="for inputs that fail")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="only read this input, with --only")
    return parser


if __name__ == "__main__":
    main()
