"""The benchmarks by name."""

from pytest_zrc.benchmarks.abx15 import ABX15
from pytest_zrc.benchmarks.abx17 import ABX17
from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.benchmarks.demo import DEMO
from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.errors import ZrcError

BENCHMARKS: dict[str, Benchmark] = {benchmark.name: benchmark for benchmark in (ABXLS, ABX17, ABX15, DEMO)}


def find_benchmark(name: str) -> Benchmark:
    """Return a benchmark by its name, in upper or lower case; ``test-<name>`` is the same one.

    Raises:
        ZrcError: there is none of that name.
    """
    wanted = name.casefold().removeprefix("test-")
    for known, benchmark in BENCHMARKS.items():
        if known.casefold() == wanted:
            return benchmark
    raise ZrcError(f"no benchmark is called {name[:120]!r}: choose one of {', '.join(BENCHMARKS)}")
