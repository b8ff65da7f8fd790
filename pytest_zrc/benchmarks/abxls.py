"""abxLS: LibriSpeech dev and test, clean and other; 24 scores."""

from pytest_zrc.benchmarks.model import Benchmark, Published, Subset, all_conditions

_SUBSETS = tuple(
    Subset(name=f"{part}-{task}", set=part, task=task, index_key=f"{part}_{task}")
    for part in ("dev", "test")
    for task in ("clean", "other")
)
_CONDITIONS = all_conditions((("triphone", "within"), ("phoneme", "within"), ("phoneme", "any")))

# By condition: dev-clean, dev-other, test-clean, test-other, in percent.
_CPC_BIG = {
    "triphone-within-within": (3.43, 4.84, 3.28, 4.81),
    "triphone-within-across": (4.17, 7.59, 4.31, 7.92),
    "phoneme-within-within": (1.85, 3.75, 1.93, 3.63),
    "phoneme-within-across": (2.37, 5.89, 2.71, 5.96),
    "phoneme-any-within": (6.68, 9.34, 6.69, 9.55),
    "phoneme-any-across": (6.86, 10.12, 6.87, 10.4),
}

ABXLS = Benchmark(
    name="abxLS",
    title="LibriSpeech, English read speech: dev and test, clean and other",
    dataset="abxLS-dataset",
    subsets=_SUBSETS,
    conditions=_CONDITIONS,
    published=Published(
        label="CPC-big, 2021 baseline",
        source="https://arxiv.org/abs/2011.11588",
        scores={
            (subset.name, condition): percent
            for condition, row in _CPC_BIG.items()
            for subset, percent in zip(_SUBSETS, row, strict=True)
        },
    ),
)
