"""The compiled counter counts what the NumPy one counts, whatever the distances are."""

from __future__ import annotations

from functools import partial

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
DISTANCES = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0**23 - 1, 2.0**23, 2.0**24, 2e12, 2.0**53, np.inf, np.nan])


@pytest.mark.parametrize("itself_ties", [True, False])
@pytest.mark.parametrize("speaker", ["within", "across"])
@given(
    seed=st.integers(0, 2**32),
    values=st.lists(DISTANCES, min_size=1, max_size=4),
    group=st.sampled_from([5, None]),
    dtype=st.sampled_from([np.float32, np.float64]),
    threads=st.integers(1, 3),
)
def test_the_same_errors(
    *,
    seed: int,
    values: list[float],
    group: int | None,
    dtype: type[np.float32 | np.float64],
    threads: int,
    speaker: SpeakerMode,
    itself_ties: bool,
) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 40 if group else 160))
    phone, speakers = rng.integers(3, size=count), rng.integers(2, size=count)
    nothing = np.zeros(count, dtype=np.int64)
    tokens = Tokens(("file",), nothing, nothing, nothing + 1, phone, nothing, speakers)
    for work in plan(tokens, "within", speaker, Limits(group, 2), capacity=1000):
        distances = rng.choice(np.array(values, dtype=dtype), size=work.pairs.shape)
        errors = partial(
            count_errors, work, distances, same_speaker=speaker == "within", itself_ties=itself_ties, threads=threads
        )
        compiled = errors()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(native, "library", None)
            counted = errors()
        np.testing.assert_array_equal(compiled, counted)
