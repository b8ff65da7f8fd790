"""abxLS: LibriSpeech dev and test, clean and other; 24 scores."""

from pytest_zrc.benchmarks.model import Benchmark, Subset, all_conditions

_SUBSETS = tuple(
    Subset(name=f"{part}-{task}", set=part, task=task, index_key=f"{part}_{task}")
    for part in ("dev", "test")
    for task in ("clean", "other")
)
_CONDITIONS = all_conditions((("triphone", "within"), ("phoneme", "within"), ("phoneme", "any")))

ABXLS = Benchmark(
    name="abxLS",
    title="LibriSpeech, English read speech: dev and test, clean and other",
    dataset="abxLS-dataset",
    subsets=_SUBSETS,
    conditions=_CONDITIONS,
    leaderboard_profile="librilight",
    published_system="Baseline4-lg",  # CPC-big
)
