"""Limits for the code under test: in time, in memory, and in how it may fail."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 2.0  # of the processor: others may be using it, too
ROOM = 512 << 20  # bytes of address space beside what the process has already
_LONGEST = 1000  # characters of a sentence


class HangError(BaseException):
    """It took too long; no handler of errors may take this for one."""


@contextmanager
def bounded_time() -> Iterator[None]:
    """Raise HangError where what is done inside takes longer than ``SECONDS``."""
    before = signal.signal(signal.SIGPROF, _hang)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def bounded_memory(room: int = ROOM) -> Iterator[None]:
    """Let the process have so many bytes more: what asks for more gets a MemoryError."""
    import resource  # noqa: PLC0415 - Windows has none

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def require_sentence(text: str) -> None:
    """Raise AssertionError where an error is not one line that any terminal can show."""
    assert text.strip(), "an error without a word"
    assert text.isprintable(), f"an error that a terminal cannot show: {text[:200]!r}"
    assert len(text) <= _LONGEST, f"an error of {len(text)} characters: {text[:200]!r}"


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise HangError(f"more than {SECONDS:g} s")


def _address_space() -> int:
    """Return the bytes of address space that the process has."""
    import resource  # noqa: PLC0415 - Windows has none

    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
