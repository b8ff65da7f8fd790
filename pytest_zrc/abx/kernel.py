"""What does the heavy work: distances of frames, and the warping of tokens over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.frames import Frames
from pytest_zrc.abx.items import IntArray

TokenPairs: TypeAlias = npt.NDArray[np.int32]
TokenDistances: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the frames of tokens are.

    Attributes:
        starts: the first frame of each token, shape (tokens,).
        lengths: how many it has, shape (tokens,).
    """

    starts: IntArray
    lengths: IntArray


@dataclass(frozen=True, slots=True)
class Measure:
    """How tokens are compared.

    Attributes:
        distance: of frames, a key of ``DISTANCES``.
        mean_path: whether the cost of the warping path is divided by its length.
    """

    distance: str
    mean_path: bool = True


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Units:
    """Frames of which there are few different ones, as indices into a table of their distances.

    Attributes:
        ids: which of the distinct frames each frame is, int32, shape (frames,).
        table: the distance of each distinct frame (row) to each (column), float32 or float64, shape (distinct,
            distinct). None where it is 0 for equal frames and 1 for others.
        distinct: how many different frames there are.
    """

    ids: npt.NDArray[np.int32]
    table: npt.NDArray[np.float32] | npt.NDArray[np.float64] | None
    distinct: int

    @property
    def dtype(self) -> np.dtype[np.float32] | np.dtype[np.float64]:
        """Return the precision of the distances."""
        return np.dtype(np.float32) if self.table is None else self.table.dtype

    @property
    def width(self) -> int:
        """Return how many values a comparison of two frames takes."""
        return 1

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.ids)


class Kernel(Protocol):
    """Compares tokens. Every call stands for itself.

    Attributes:
        name: says which kernel it is, and what it runs on.
    """

    name: str

    def distances(self, frames: Frames, spans: Spans, pairs: TokenPairs, distance: str) -> TokenDistances:
        """Return the distance of each pair of tokens, both ways round.

        That is the mean frame distance along the cheapest path. It may depend on which token has the rows: of equally
        cheap predecessors of a frame pair the diagonal one is taken first, then the one in the same row; and a
        divergence is not symmetric.

        Args:
            frames: hold at least the frames of these tokens.
            spans: where each token is in them.
            pairs: tokens, as indices into the spans, shape (pairs, 2).
            distance: ``cosine``, ``euclidean``, ``kl`` or ``kl_symmetric``.

        Returns:
            shape (pairs, 2): first with the first token as the row, then with the second.
        """
