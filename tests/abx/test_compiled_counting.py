"""The compiled counter counts what the NumPy one counts, whatever the distances are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx import native
from pytest_zrc.abx.cells import Limits, SpeakerMode
from pytest_zrc.abx.counting import count_errors
from pytest_zrc.abx.frames import Tokens
from pytest_zrc.abx.plan import plan
from tests.abx.compiled import needs_the_compiled_part

pytestmark = needs_the_compiled_part

# Ties, what is not a number, what max + 1 equals in float32, and what it does not.
DISTANCES = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0**23 - 1, 2.0**23, 2.0**24, 2e12, np.inf, np.nan])


@pytest.mark.parametrize("speaker", ["within", "across"])
@given(seed=st.integers(0, 2**32), values=st.lists(DISTANCES, min_size=1, max_size=4))
def test_the_same_errors(seed: int, values: list[float], speaker: SpeakerMode) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 40))
    phone, speakers = rng.integers(3, size=count), rng.integers(2, size=count)
    nothing = np.zeros(count, dtype=np.int64)
    tokens = Tokens(("file",), nothing, nothing, nothing + 1, phone, nothing, speakers)
    for work in plan(tokens, "within", speaker, Limits(5, 2), capacity=1000):
        distances = rng.choice(np.array(values, dtype=np.float32), size=work.pairs.shape)
        compiled = count_errors(work, distances, same_speaker=speaker == "within")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(native, "library", None)
            counted = count_errors(work, distances, same_speaker=speaker == "within")
        np.testing.assert_array_equal(compiled, counted)
