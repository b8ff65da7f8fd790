"""What does the heavy work: distances of frames, and the warping of tokens over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_zrc.abx.distances import DISTANCES, Precision
from pytest_zrc.abx.frames import Frames, Values
from pytest_zrc.abx.items import IntArray

TokenPairs: TypeAlias = npt.NDArray[np.int32]
TokenDistances: TypeAlias = Values


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the frames of tokens are.

    Attributes:
        starts: the first frame of each token, shape (tokens,).
        lengths: how many it has, shape (tokens,); none is possible.
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
        table: the distance of each distinct frame (row) to each (column), float32 or float64, C-contiguous, shape
            (distinct, distinct); see ``distance_table``. None where it is 0 for equal frames and 1 for others.
        distinct: how many different frames there are.
        symmetric: whether the table is the same both ways round.
        has_nan: whether some of it is not a number.
    """

    ids: npt.NDArray[np.int32]
    table: Values | None
    distinct: int
    symmetric: bool = field(init=False)
    has_nan: bool = field(init=False)

    def __post_init__(self) -> None:
        """Look at the table once, and not in every call of a kernel."""
        symmetric = self.table is None or np.array_equal(self.table, self.table.T, equal_nan=True)
        object.__setattr__(self, "symmetric", symmetric)
        object.__setattr__(self, "has_nan", self.table is not None and bool(np.isnan(self.table).any()))

    @property
    def dtype(self) -> Precision:
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

    def distances(self, frames: Frames | Units, spans: Spans, pairs: TokenPairs, measure: Measure) -> TokenDistances:
        """Return the distance of each pair of tokens, both ways round.

        That is the sum of the frame distances along the cheapest path, or their mean. The mean may depend on which
        token has the rows: of equally cheap predecessors of a frame pair the diagonal one is taken first, then the one
        in the same row. And some distances of frames are not symmetric.

        Two tokens without a frame are at distance 0, and infinitely far from all others.

        Args:
            frames: hold at least the frames of these tokens; or what the frames are, and how far that is apart.
            spans: where each token is in them.
            pairs: tokens, as indices into the spans, shape (pairs, 2).
            measure: how to compare them; units have their distances of frames with them.

        Returns:
            shape (pairs, 2): first with the first token as the row, then with the second; as precise as the frames.
        """


def is_symmetric(frames: Frames | Units, measure: Measure) -> bool:
    """Tell whether the distance of two frames is the same both ways round."""
    return frames.symmetric if isinstance(frames, Units) else DISTANCES[measure.distance].symmetric


def around_empty_tokens(
    spans: Spans,
    pairs: TokenPairs,
    dtype: Precision,
    compare: Callable[[TokenPairs], TokenDistances],
) -> TokenDistances:
    """Return the distances of all pairs, where a kernel compares those of tokens that have frames.

    Args:
        spans: of the tokens.
        pairs: of tokens, with frames and without.
        dtype: of distances.
        compare: what compares pairs of tokens with frames.
    """
    if spans.lengths.all():
        return compare(pairs)
    is_empty = spans.lengths[pairs] == 0
    some = is_empty.any(axis=1)
    distances: TokenDistances = np.empty((len(pairs), 2), dtype=dtype)
    distances[some] = np.where(is_empty[some].all(axis=1), 0, np.inf)[:, None]
    distances[~some] = compare(pairs[~some])
    return distances
