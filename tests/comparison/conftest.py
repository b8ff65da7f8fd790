"""Results of real runs over the demo: as it is, with a little noise, with much."""

from __future__ import annotations

import pytest

from pytest_zrc.comparison.sources import Source
from tests.scored import noisy, scored


@pytest.fixture(scope="package")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    """Three systems scored on triphones: the demo, one nearly as good, one much worse."""
    changes = {"plain": None, "near": noisy(0.3), "far": noisy(6)}
    return [Source(name, scored(tmp_path_factory.mktemp(name), "triphone", change)) for name, change in changes.items()]
