"""The kernel that is compiled: vectors as wide as the machine has them, and threads."""

from __future__ import annotations

import numpy as np

from pytest_zrc.abx import native
from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import Spans, TokenDistances, TokenPairs
from pytest_zrc.abx.numpy_kernel import NumpyKernel

_COMPILED = ("cosine", "euclidean")


class CompiledKernel:
    """Compares tokens on the CPU; divergences as the NumPy kernel does.

    Attributes:
        name: ``compiled``, with the instruction set.
    """

    def __init__(self, threads: int = 1, isa: str = "") -> None:
        """Choose what it runs on.

        Args:
            threads: how many.
            isa: the instruction set, one of ``native.library.isas()``; by default the best of them.

        Raises:
            RuntimeError: the compiled part has not been built.
        """
        self._library, self._threads, self._isa = native.require(), threads, isa
        self.name = f"compiled-{isa or self._library.isas()[0]}"
        self._others = NumpyKernel()

    def distances(self, frames: Frames, spans: Spans, pairs: TokenPairs, distance: str) -> TokenDistances:
        """Return the distance of each pair of tokens, both ways round; see ``Kernel``."""
        if distance not in _COMPILED:
            return self._others.distances(frames, spans, pairs, distance)
        out: TokenDistances = np.empty((len(pairs), 2), dtype=np.float32)
        self._library.distances(
            frames.values,
            frames.zero,
            spans.starts,
            spans.lengths,
            pairs,
            distance,
            out,
            threads=self._threads,
            isa=self._isa,
        )
        return out
