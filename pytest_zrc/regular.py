"""Opening of files that somebody else made."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def require_regular(path: Path) -> None:
    """Raise OSError, with a reason to show, where a path is no regular file: reading a pipe would never end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise OSError(0, "a link to nothing" if os.path.islink(path) else "no such file") from None
    if not stat.S_ISREG(mode):
        raise OSError(0, "a folder, not a file" if stat.S_ISDIR(mode) else "not a regular file")
