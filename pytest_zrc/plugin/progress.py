"""How far the scores are, from the processes that compute them to the terminal."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pytest_zrc.files import LARGEST_RECORD, kept_json, write_atomically

_WRITE_EVERY = 0.5  # seconds
_DRAW_EVERY = 0.5
_LINE_EVERY = 5.0
_BAR = 24


class ProgressFile:
    """Tells what this process is computing, in a file beside the results."""

    def __init__(self, folder: Path, run_id: str) -> None:
        """Write into this folder."""
        self._path = folder / f"progress-{run_id}-{os.getpid()}.json"
        self._written = 0.0

    def of(self, name: str) -> Callable[[float], None]:
        """Return the function to call with the share of a score that is done."""

        def report(share: float) -> None:
            now = time.monotonic()
            with suppress(OSError):  # a full disk: what is computed matters more
                if share < 1 and now - self._written >= _WRITE_EVERY:
                    self._written = now
                    write_atomically(self._path, json.dumps({"name": name, "share": share}))
                elif share >= 1:
                    self._path.unlink(missing_ok=True)

        return report


@dataclass(frozen=True, slots=True)
class Progress:
    """A score that is being computed."""

    name: str
    share: float


def read_progress(folder: Path, run_id: str) -> list[Progress]:
    """Return what the processes of a run are computing."""
    found = []
    for path in sorted(folder.glob(f"progress-{run_id}-*.json")):
        with suppress(TypeError):  # it was removed, just now
            found.append(Progress(**kept_json(path, LARGEST_RECORD)))
    return found


class ProgressDisplay:
    """Shows progress while tests run: a bar below the output on a terminal, a line now and then elsewhere.

    It writes to a file descriptor of its own: made while pytest captures nothing, that stays the real output.
    """

    def __init__(self, folder: Path, run_id: str, done: Callable[[], str], output: int = 1) -> None:
        """Show a run; ``done`` says how many scores there are already."""
        self._folder, self._run_id, self._done = folder, run_id, done
        self._output = os.dup(output)
        self._terminal = os.isatty(self._output) and os.environ.get("TERM") != "dumb"
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._drawn = False
        self._last_line = time.monotonic()
        self._thread = threading.Thread(target=self._show, name="zrc-progress", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and leave nothing on the terminal."""
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            with self.paused():
                os.close(self._output)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away while something else is written."""
        with self._lock:
            if self._drawn:
                self._write("\x1b7\x1b[B\r\x1b[2K\x1b8")
                self._drawn = False
            yield

    def _show(self) -> None:
        while not self._stop.wait(_DRAW_EVERY):
            running = read_progress(self._folder, self._run_id)
            with self._lock:
                if running and self._terminal:
                    self._draw(self._bar(running))
                elif running and time.monotonic() - self._last_line >= _LINE_EVERY:
                    self._last_line = time.monotonic()
                    self._write(f"\nzrc: {self._text(running)}\n")

    def _draw(self, text: str) -> None:
        # Make room below, remember the place, write there, and go back: pytest's own line stays as it is.
        self._write(f"\x1bD\x1b[A\x1b7\x1b[B\r\x1b[2K{text}\x1b8")
        self._drawn = True

    def _bar(self, running: list[Progress]) -> str:
        share = sum(one.share for one in running) / len(running)
        filled = round(_BAR * share)
        width = os.get_terminal_size(self._output).columns
        return f"zrc [{'#' * filled}{'.' * (_BAR - filled)}] {self._text(running)}"[: width - 1]

    def _text(self, running: list[Progress]) -> str:
        scores = ", ".join(f"{one.name} {100 * one.share:.0f} %" for one in running)
        return f"{self._done()}; {scores}"

    def _write(self, text: str) -> None:
        os.write(self._output, text.encode())
