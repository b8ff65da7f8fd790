"""Scoring can be interrupted: whoever calls it is asked often."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

SCORE = """
import numpy as np
from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.device import make_kernel
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Frames, Tokens, prepare
from pytest_zrc.abx.speech import Resident

rng = np.random.default_rng(0)
frames = Frames.empty(60_000, 256)
prepare(rng.standard_normal((60_000, 256)).astype(np.float32), frames)
start = np.arange(0, 60_000, 20)
nothing = np.zeros_like(start)
phone = rng.integers(20, size=len(start))
tokens = Tokens(("file",), nothing, start, start + 20, phone, nothing, rng.integers(3, size=len(start)))
print("ready", flush=True)
score_condition(
    tokens, make_kernel("cpu"), Resident(frames, nothing[:1], tokens), context="any", speaker="across",
    limits=Limits(None, None), progress=lambda share: print(share, flush=True),
)
"""  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send there")
def test_an_interrupt_ends_it_within_a_second() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCORE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert 0 < float(process.stdout.readline()) < 0.5  # it would go on for many more seconds
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        took = time.monotonic() - began
    assert "KeyboardInterrupt" in errors
    assert took < 3  # a second, and some for a machine with other work to do
