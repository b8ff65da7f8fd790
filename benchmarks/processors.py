"""What else happens on this machine while something is measured; it needs Linux."""

from __future__ import annotations

import os
from pathlib import Path


def busy_seconds() -> float:
    """Return for how many seconds the cores have worked, all of them together."""
    user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text(encoding="ascii").split()[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")
