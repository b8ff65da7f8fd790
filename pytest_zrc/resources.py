"""What of this machine a process may use: memory and processors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_zrc.errors import ZrcError
from pytest_zrc.sizes import LEAST, parse_size

_SHARE = 2  # of the memory that is available features take one part in so many
_BESIDE = 640 << 20  # bytes: what a process takes beside features, at the full size of abxLS (benchmarks/full_size.py)


@dataclass(frozen=True, slots=True)
class Resources:
    """What a process may use.

    Attributes:
        memory: bytes for features.
        threads: that compute at the same time.
        processes: that share the work with it, itself included.
    """

    memory: int
    threads: int = 1
    processes: int = 1

    @classmethod
    def of(cls, memory: str, threads: str, processes: int, here: int = 0) -> Resources:
        """Do what the options say; where they are empty, share what is free among the processes.

        Args:
            memory: of each process, as the option has it; features get what is left beside all else.
            threads: as the option has them.
            processes: that share the work.
            here: how many of them run on this machine; all unless it is given.

        Raises:
            ZrcError: an option that cannot be used.
        """
        here = here or processes
        return cls(
            _parse_memory(memory) if memory else max(LEAST, available_memory() // _SHARE // here),
            _parse_threads(threads) if threads else max(1, usable_cpus() // here),
            processes,
        )


def _parse_memory(text: str) -> int:
    """Return what is left for features, the least that they need at least."""
    return max(LEAST, parse_size(text, "--zrc-memory") - _BESIDE)


def _parse_threads(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ZrcError(f"--zrc-threads={text}: give a number of threads, from 1")
    return int(text)


def usable_cpus() -> int:
    """Return how many processors this process may run on."""
    if hasattr(os, "process_cpu_count"):
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_memory() -> int:
    """Return how many bytes can be used without swapping, and without being stopped by a limit (container, ulimit)."""
    import psutil  # noqa: PLC0415 - nobody else needs it

    return max(0, min([int(psutil.virtual_memory().available), *_left_by_groups(), *_left_by_ulimit()]))


def _left_by_ulimit() -> Iterator[int]:
    """Yield what ``ulimit -v`` leaves, on Linux."""
    import psutil  # noqa: PLC0415

    if sys.platform == "linux":
        process = psutil.Process()
        most, _ = process.rlimit(psutil.RLIMIT_AS)
        if most != psutil.RLIM_INFINITY:
            yield most - process.memory_info().vms


def _left_by_groups(processes: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> Iterator[int]:
    """Yield what each control group that this process is in leaves of its memory, on Linux.

    Args:
        processes: where the kernel tells of processes.
        groups: where it tells of control groups.
    """
    try:
        lines = (processes / "self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from _left_by(groups, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _left_by(groups / "memory", path, *names)


def _left_by(root: Path, path: str, limit: str, usage: str, reclaimable: str) -> Iterator[int]:
    """Yield what is left by a group and by all that it is in; a container may see its own as the root."""
    folder = root / path.lstrip("/")
    for group in (folder, *folder.parents):
        if not group.is_relative_to(root):
            return
        try:
            most = (group / limit).read_text(encoding="utf-8").strip()
            used = int((group / usage).read_text(encoding="utf-8"))
            facts = dict(line.split() for line in (group / "memory.stat").read_text(encoding="utf-8").splitlines())
        except OSError:  # not there, or not for us
            continue
        if most != "max":
            # Files that are only cached count as used, and are dropped when memory runs short.
            yield int(most) - used + int(facts.get(reclaimable, 0))
