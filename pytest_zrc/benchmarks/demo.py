"""demo: synthetic speech that comes with the package, with a submission of MFCCs, to try everything in seconds."""

from pytest_zrc.benchmarks.model import Benchmark, Subset, all_conditions

DEMO = Benchmark(
    name="demo",
    title="A tiny dataset of synthetic speech, embedded in the package",
    dataset="",
    subsets=(Subset(name="demo", set="demo", task="demo", index_key="demo"),),
    conditions=all_conditions((("triphone", "within"), ("phoneme", "within"), ("phoneme", "any"))),
)
