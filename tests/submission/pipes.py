"""Named pipes: whoever opens one to read waits for a writer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread


@contextmanager
def fed_pipe(path: Path) -> Iterator[None]:
    """Make a pipe; whoever opens it is let go after a moment, so that a test fails instead of waiting for ever."""
    os.mkfifo(path)
    over = Event()
    feeder = Thread(target=_let_go, args=(path, over))
    feeder.start()
    try:
        yield
    finally:
        over.set()
        feeder.join()


def _let_go(path: Path, over: Event) -> None:
    while not over.wait(0.5):
        with suppress(OSError):  # nobody reads
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
