"""Measure the best float32 matrix product with one thread: what scoring cannot do without; engines.py runs this.

    python benchmarks/runners/gemm.py 64 768

prints one line of JSON: for each library that the environment has and each dimension, the nanoseconds that a product
takes for each pair of frames, by the number of frames on both sides.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

SIZES = (136, 512, 2048)  # frames: those of a small cell, and so many that a product is at its best
SECONDS = 0.4  # for each


def best(product: Callable[[], object]) -> float:
    """Return the seconds of the fastest of many runs, in CPU time: other processes do not slow it."""
    product()
    fastest, end = float("inf"), time.process_time() + SECONDS
    while time.process_time() < end:
        began = time.process_time()
        product()
        fastest = min(fastest, time.process_time() - began)
    return fastest


def of_numpy(size: int, dim: int) -> float:
    """Measure NumPy's BLAS."""
    import numpy as np  # noqa: PLC0415

    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((size, dim), np.float32), rng.standard_normal((size, dim), np.float32)
    out = np.empty((size, size), np.float32)
    return best(lambda: np.matmul(x, y.T, out=out))


def of_torch(size: int, dim: int) -> float:
    """Measure PyTorch's."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)
    x, y, out = torch.randn(size, dim), torch.randn(size, dim), torch.empty(size, size)
    return best(lambda: torch.mm(x, y.T, out=out))


def main() -> None:
    """Measure both, if there are both."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for library, measure in (("numpy", of_numpy), ("torch", of_torch)):
        try:
            found[library] = {
                dim: {str(size): 1e9 * measure(size, int(dim)) / size**2 for size in SIZES} for dim in sys.argv[1:]
            }
        except ImportError:
            continue
    print(json.dumps(found))


if __name__ == "__main__":
    main()
