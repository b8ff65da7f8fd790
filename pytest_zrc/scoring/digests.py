"""What features are, whatever their files are called by time and place: digests of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pytest_zrc.errors import ZrcError

_CHUNK = 1 << 20  # bytes


def digest_files(root: Path, names: Iterable[str], threads: int) -> str:
    """Return the SHA-256 over the names and contents of files.

    Args:
        root: the folder that they are in.
        names: their paths in it; their order means nothing.
        threads: that read at the same time.

    Raises:
        ZrcError: one of them cannot be read.
    """
    ordered, state = sorted(names), hashlib.sha256()
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for name, content in zip(ordered, pool.map(_digest, (root / name for name in ordered)), strict=True):
            state.update(name.encode("utf-8", "surrogateescape") + b"\0" + content)
    return state.hexdigest()


def _digest(path: Path) -> bytes:
    state = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as stream:
            while chunk := stream.read(_CHUNK):
                state.update(chunk)
    except OSError as error:
        raise ZrcError(f"{path} cannot be read ({error.strerror or error})") from None
    return state.digest()
