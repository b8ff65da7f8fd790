"""Measure what compressing an archive would save, and what it would take.

    python benchmarks/compressing.py

Deflates feature files of several kinds, as zips do, at the fastest level of zlib: features of the demo, and noise.
Prints a Markdown table: how much is left, and how much is read in a second.
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

import pytest_zrc

FRAMES, DIMENSION = 1200, 768
DEMO = Path(pytest_zrc.__file__).parent / "demo" / "submission"


def main() -> None:
    """Print the table."""
    print("| features | size after | speed |\n|---|---:|---:|")
    for name, files in _kinds().items():
        before = sum(map(len, files))
        start = time.perf_counter()
        after = sum(map(_deflated, files))
        seconds = time.perf_counter() - start
        print(f"| {name} | {after / before:.0%} | {before / seconds / 1e6:.0f} MB/s |")


def _kinds() -> Mapping[str, Sequence[bytes]]:
    rng = np.random.default_rng(0)
    noise = [rng.normal(size=(FRAMES, DIMENSION)).astype(np.float32) for _ in range(6)]
    one_hot = [np.eye(100, dtype=np.float32)[rng.integers(0, 100, FRAMES)] for _ in range(40)]
    return {
        f"{DIMENSION} dimensions, float32, normal noise": [_file(array) for array in noise],
        "the same, rectified (half of it zeros)": [_file(np.maximum(array, 0)) for array in noise],
        "the same, float16": [_file(array.astype(np.float16)) for array in noise],
        "MFCCs of the demo, float16": [path.read_bytes() for path in sorted(DEMO.rglob("*.npy"))] * 40,
        "one-hot vectors, float32": [_file(array) for array in one_hot],
    }


def _file(array: npt.NDArray[np.floating]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _deflated(content: bytes) -> int:
    """Return how many bytes a file is in a zip."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return len(packer.compress(content)) + len(packer.flush())


if __name__ == "__main__":
    main()
