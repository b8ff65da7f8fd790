"""Examples made by hypothesis, and among those with a problem the smallest. The only place that imports it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence
from importlib.util import find_spec
from typing import TypeAlias, TypeVar

from pytest_zrc.errors import ZrcError

Bits: TypeAlias = Callable[[int], int]  # draws a whole number of so many bits, each as likely as the others

_Example = TypeVar("_Example", bound=Hashable)
_Problem = TypeVar("_Problem")
_Value = TypeVar("_Value")

_MOST_SMALLER = 30  # examples that are tried in search of a smaller one: each may take a model a second


def require_hypothesis() -> None:
    """Raise ZrcError where hypothesis is not installed."""
    if find_spec("hypothesis") is None:
        raise ZrcError(
            "the contract of an encoder is tested with hypothesis, which is not installed: "
            "pip install 'pytest-zrc[model]', or switch these tests off with --zrc-encoder-skip=all"
        )


def search(
    make: Callable[[Bits], _Example], problem: Callable[[_Example], _Problem | None], most: int
) -> tuple[_Example, _Problem] | None:
    """Return the smallest example with a problem that could be found, and the problem; ``None`` where there is none.

    The examples are the same in every run and every process, and for every problem as long as none is found. No file is
    written.

    Args:
        make: makes an example of random bits; a smaller one of smaller numbers.
        problem: says what is wrong with an example; asked once for each.
        most: how many examples are tried.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, find, settings, strategies  # noqa: PLC0415 - optional
    from hypothesis.errors import HypothesisWarning, NoSuchExample  # noqa: PLC0415

    @strategies.composite
    def examples(draw: strategies.DrawFn) -> _Example:
        # Bit by bit: for numbers hypothesis also tries the constants that it finds in a user's modules, and keeps these
        # in a folder beside them. Examples would change with that code, and a run leave files behind.
        return make(lambda size: sum(draw(strategies.booleans()) << n for n in reversed(range(size))))

    known: dict[_Example, _Problem | None] = {}
    smaller = 0

    def has_problem(example: _Example) -> bool:
        nonlocal smaller
        if example not in known:
            smaller += any(found is not None for found in known.values())
            known[example] = problem(example) if smaller <= _MOST_SMALLER else None
        return known[example] is not None

    quietly = settings(
        max_examples=most,
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        backend="hypothesis",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        try:
            smallest = find(examples(), has_problem, settings=quietly)
        except NoSuchExample:
            return None
    found = known[smallest]
    return None if found is None else (smallest, found)


def pick(bits: Bits, values: Sequence[_Value]) -> _Value:
    """Draw one of some values, the first being the smallest."""
    return values[bits(12) * len(values) >> 12]
