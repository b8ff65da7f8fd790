"""Comparisons of real runs over the demo."""

from __future__ import annotations

import pytest

from pytest_zrc.comparison.several import Comparisons, compare_results
from pytest_zrc.comparison.sources import Source
from pytest_zrc.comparison.sweep import Sweep, compare_layers


@pytest.fixture
def comparisons(sources: list[Source]) -> Comparisons:
    """Two systems compared with the first."""
    return compare_results(sources)


@pytest.fixture
def sweep(sources: list[Source]) -> Sweep:
    """Layers of which the second is the best."""
    plain, near, far = (source.results for source in sources)
    return compare_layers([Source("layer-1", far), Source("layer-2", plain), Source("layer-10", near)])
