"""The kernel that is compiled: vectors as wide as the machine has them, and threads."""

from __future__ import annotations

import numpy as np

from pytest_zrc.abx import native
from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.kernel import Measure, Spans, TokenDistances, TokenPairs, Units, around_empty_tokens
from pytest_zrc.abx.numpy_kernel import NumpyKernel

_COMPILED = ("cosine", "euclidean")


class CompiledKernel:
    """Compares tokens on the CPU; by all but the angle, the Euclidean distance and a table as the NumPy kernel does.

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

    def distances(self, frames: Frames | Units, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        """Return the distance of each pair of tokens, both ways round; see ``Kernel``."""
        if not _is_compiled(frames, measure):
            return self._others.distances(frames, spans, pairs, measure)

        def compare(pairs: TokenPairs) -> TokenDistances:
            if isinstance(frames, Units):
                return self._look_up(frames, spans, pairs, measure)
            return self._compute(frames, spans, pairs, measure)

        return around_empty_tokens(spans, pairs, frames.dtype, compare)

    def _compute(self, frames: Frames, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        out: TokenDistances = np.empty((len(pairs), 2), dtype=frames.dtype)
        self._library.distances(
            frames.values,
            frames.zero,
            spans.starts,
            spans.lengths,
            pairs,
            measure.distance,
            measure.mean_path,
            out,
            threads=self._threads,
            isa=self._isa,
        )
        return out

    def _look_up(self, units: Units, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        forth = self._look_up_forth(units, spans, pairs, measure)
        if not units.symmetric:
            back = self._look_up_forth(units, spans, np.ascontiguousarray(pairs[:, ::-1]), measure)
            forth[:, 1] = back[:, 0]
        return forth

    def _look_up_forth(self, units: Units, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        out: TokenDistances = np.empty((len(pairs), 2), dtype=units.dtype)
        self._library.unit_distances(
            units.ids,
            units.table,
            spans.starts,
            spans.lengths,
            pairs,
            measure.mean_path,
            out,
            threads=self._threads,
            isa=self._isa,
        )
        return out


def _is_compiled(frames: Frames | Units, measure: Measure) -> bool:
    if isinstance(frames, Units):
        # Beside other distances a NaN may be lost on the way, unless all those of a frame are NaN.
        return not frames.has_nan
    return measure.distance in _COMPILED
