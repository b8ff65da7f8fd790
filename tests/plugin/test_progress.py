"""Progress while scores are computed: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pytest_zrc.plugin import progress
from pytest_zrc.plugin.progress import ProgressDisplay, ProgressFile, read_progress
from tests.plugin.conftest import Zrc


class _Reader:
    """Gathers what is written to a descriptor, and never waits longer than 5 s."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor, self.text = descriptor, b""

    def until(self, wanted: bytes) -> bytes:
        for _ in range(500):
            with suppress(BlockingIOError):
                self.text += os.read(self._descriptor, 10000)
            if wanted in self.text:
                return self.text
            time.sleep(0.01)
        pytest.fail(f"{wanted!r} is not in {self.text!r}")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_WRITE_EVERY", "_DRAW_EVERY", "_LINE_EVERY"):
        monkeypatch.setattr(progress, name, 0.01)


def test_processes_tell_what_they_are_at(tmp_path: Path) -> None:
    report = ProgressFile(tmp_path, "run").of("dev-clean::triphone-within-across")
    report(0.25)
    ProgressFile(tmp_path, "another-run").of("test-clean::phoneme-any-within")(0.5)
    assert [(one.name, one.share) for one in read_progress(tmp_path, "run")] == [
        ("dev-clean::triphone-within-across", 0.25)
    ]
    report(1.0)
    assert read_progress(tmp_path, "run") == []


def test_a_line_now_and_then(tmp_path: Path) -> None:
    source, sink = os.pipe()
    ProgressFile(tmp_path, "run").of("dev-clean::phoneme-any-across")(0.5)
    display = ProgressDisplay(tmp_path, "run", lambda: "3 of 24 scores", output=sink)
    display.start()
    text = _Reader(source).until(b"50 %\n")
    display.stop()
    assert text.startswith(b"\nzrc: 3 of 24 scores; dev-clean::phoneme-any-across 50 %\n")


def test_a_bar_on_a_terminal_that_goes_away(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    screen = _Reader(master)
    ProgressFile(tmp_path, "run").of("dev-clean::phoneme-any-across")(0.5)
    display = ProgressDisplay(tmp_path, "run", lambda: "3 of 24 scores", output=slave)
    display.start()
    screen.until(b"zrc [############............] 3 of 24 scores; dev-clean::phoneme-any-across 50 %")
    with display.paused():
        os.write(slave, b"PASSED")
    assert b"\x1b[2K\x1b8PASSED" in screen.until(b"PASSED"), "the bar is cleared before anything else is written"
    screen.text = b""
    screen.until(b"zrc [")
    display.stop()
    os.write(slave, b"END")
    assert screen.until(b"END").endswith(b"\x1b[2K\x1b8END"), "and at the end"


def test_a_long_score_shows_its_progress_in_a_real_run(zrc: Zrc) -> None:
    zrc.pytester.makeconftest(
        """
        import time
        from pytest_zrc.plugin import progress
        from pytest_zrc.scoring import meter

        progress._DRAW_EVERY = progress._LINE_EVERY = 0.05
        score_condition = meter.score_condition

        def slowly(*args, progress, **kwargs):
            progress(0.25)
            time.sleep(1)
            return score_condition(*args, progress=progress, **kwargs)

        meter.score_condition = slowly
        """
    )
    result = zrc.run("-n", "2", "-k", "dev-clean and triphone-within-across")
    result.assert_outcomes(passed=1)
    kept = [path.name for path in (zrc.submission / "scores" / ".zrc").iterdir()]
    assert [name for name in kept if not name.startswith(("score-", "details-"))] == []
    result.stdout.fnmatch_lines(["zrc: 0 of 24 scores; dev-clean::triphone-within-across 25 %"])
