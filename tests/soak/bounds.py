"""Limits for the code under test: in time, in memory, in what it may do, and in how it may fail."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest_zrc
from pytest_zrc.errors import ZrcError

SECONDS = 2.0  # of the processor: others may be using it, too
WAIT = 60.0  # seconds in which others may have it, or something is waited for that never comes
KILLED = 10.0  # seconds of the processor
ROOM = 512 << 20  # bytes of address space beside what the process has already
_LONGEST = 1000  # characters of a sentence
_TELLTALES = ("Traceback", "MemoryError", "AuditError")  # in a sentence: something was caught that should not have been

_STARTS = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.Popen",
    "pty.spawn",
)
_LOADS = ("pickle.find_class", "ctypes.dlopen", "code.__new__", "socket.connect", "socket.getaddrinfo", "os.kill")
_LINKS = ("os.link", "os.symlink")
_FILES = {"open": 1, "os.remove": 1, "os.rename": 2, "os.mkdir": 1, "os.rmdir": 1, "os.chmod": 1, "os.truncate": 1}
_OURS = tuple(os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, os.path.dirname(pytest_zrc.__file__)))
_SYSTEM = ("/proc/self/", "/usr/", "/lib/")

_homes: list[tuple[str, ...]] = []  # of what is being read: files may be opened there
_done: list[str] = []  # what was done that may not be
_watching = False  # a hook cannot be taken away


class HangError(BaseException):
    """It took too long; no handler of errors may take this for one."""


class AuditError(BaseException):
    """It did what nobody who reads a file does."""


@contextmanager
def bounded_time() -> Iterator[None]:
    """Raise HangError where what is done inside takes ``SECONDS`` of the processor, or waits for ``WAIT``.

    It is raised again and again, as something may have caught it. In a loop of a library no error can be raised: after
    ``KILLED`` that ends the process.
    """
    timers: dict[int, tuple[signal.Signals, float, Any]] = {
        signal.ITIMER_PROF: (signal.SIGPROF, SECONDS, _hang),
        signal.ITIMER_REAL: (signal.SIGALRM, WAIT, _hang),
        signal.ITIMER_VIRTUAL: (signal.SIGVTALRM, KILLED, signal.SIG_DFL),
    }
    before = {one: signal.signal(one, handler) for one, _, handler in timers.values()}
    for timer, (_, seconds, _) in timers.items():
        signal.setitimer(timer, seconds, seconds)
    try:
        yield
    finally:
        for timer in timers:
            signal.setitimer(timer, 0)
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def no_execution(*folders: Path) -> Iterator[None]:
    """Raise AuditError where what is done inside does more than to read and write files of these folders.

    It may not start a process, load an object of a pickle, run code that is in no file of ours, ask the network, or
    open, make, rename or remove files elsewhere. Whoever catches the error has tried it nevertheless: it is raised
    again.
    """
    _watch()
    _homes.append(tuple(os.path.realpath(folder) for folder in folders))
    _done.clear()
    try:
        yield
    finally:
        _homes.pop()
        if _done:
            raise AuditError(_done[0])


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
    assert not any(word in text for word in _TELLTALES), f"an error that tells of another one: {text[:200]!r}"


def require_refusal(error: ZrcError) -> None:
    """Raise AssertionError where it is no sentence, MemoryError where it hides one: a sentence must say so."""
    require_sentence(str(error))
    cause: BaseException | None = error
    while cause := cause.__context__ if cause else None:
        if isinstance(cause, MemoryError) and "memory" not in str(error):
            raise cause


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise HangError(f"more than {SECONDS:g} s of the processor, or {WAIT:g} s")


def _watch() -> None:
    global _watching  # noqa: PLW0603 - once in the life of the process
    if not _watching:
        _watching = True
        sys.addaudithook(_audit)


def _audit(event: str, values: Sequence[object]) -> None:
    if _homes and (what := _is_bad(event, values)):
        _done.append(f"{event} {what}"[:200])
        raise AuditError(_done[-1])


def _is_bad(event: str, values: Sequence[object]) -> str:
    """Say what is wrong with an event, or nothing."""
    if event in _STARTS or event in _LOADS or event in _LINKS:
        return repr(values)
    if event == "exec":  # also where a module is imported, whose code is in a file
        [code] = values
        return "" if isinstance(code, CodeType) and code.co_filename.startswith((*_OURS, "<frozen")) else repr(code)
    paths = [os.fsdecode(value) for value in values[: _FILES.get(event, 0)] if isinstance(value, str | bytes)]
    return next((repr(path) for path in paths if not _is_here(path)), "")


def _is_here(path: str) -> bool:
    """Tell whether a path is in a folder that belongs to what is read, or is one of the system's or of the package."""
    if "/" not in path:  # in an open folder, as shutil.rmtree does it: all of our paths are absolute
        return True
    folder = os.path.realpath(os.path.dirname(path.replace("\0", "")))
    return f"{folder}/".startswith((*(f"{home}/" for home in _homes[-1]), *_OURS, *_SYSTEM))


def _address_space() -> int:
    """Return the bytes of address space that the process has."""
    import resource  # noqa: PLC0415 - Windows has none

    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
