"""The compiled planner draws what Python's generator draws."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.abx.compiled import library, needs_the_compiled_part

pytestmark = needs_the_compiled_part


@given(
    seed=st.integers(0, 2**80),
    used=st.integers(0, 1300),
    k=st.integers(0, 60),
    more=st.lists(st.one_of(st.integers(0, 400), st.integers(0, 2_000_000)), min_size=1, max_size=30),
)
def test_samples_equal_those_of_python(seed: int, used: int, k: int, more: list[int]) -> None:
    # A pool is kept for small populations, a set for large ones, and the bounds are powers of 4 above 3k: all occur.
    sizes = [k + extra for extra in more]
    generator = Random(seed)  # noqa: S311
    for _ in range(used):
        generator.getrandbits(32)
    state = np.array(generator.getstate()[1], dtype=np.uint32)
    expected = [index for size in sizes for index in generator.sample(range(size), k)]
    assert library().sample(state, sizes, k) == expected
