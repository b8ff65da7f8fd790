"""What pytest needs to know of this repository."""

import pytest

from encoder import Encoder


@pytest.fixture(scope="session")
def zrc_encoder() -> Encoder:
    """The model that pytest-zrc tests, extracts features by, scores and gates."""
    return Encoder.load()
