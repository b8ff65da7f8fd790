"""Features of few different frames: scored as units, by a table of the distances of these."""

from __future__ import annotations

import numpy as np

from pytest_zrc.abx.distances import distance_table
from pytest_zrc.abx.kernel import Units
from pytest_zrc.abx.units import MOST, Codebook
from pytest_zrc.scoring.speech import Source

_REPEATS = 4  # times that a frame comes again, in the mean, where a table pays


def find_units(source: Source, distance: str) -> Units | None:
    """Return the frames of a subset as units; None where there are too many different ones.

    Features that are not discrete are given up after some thousand frames.

    Args:
        source: has the frames.
        distance: a key of ``DISTANCES``.
    """
    identical = distance == "identical"
    book = Codebook(source.files.dimension, most=np.iinfo(np.int32).max if identical else MOST)
    ids = np.empty(source.files.frames, dtype=np.int32)
    for first, frames in source.parts():
        some = book.ids(frames)
        if some is None:
            return None
        ids[first : first + len(some)] = some
    if identical:
        return Units(ids, None, len(book))
    if len(ids) < _REPEATS * len(book):
        return None
    return Units(ids, distance_table(book.frames(), distance), len(book))
