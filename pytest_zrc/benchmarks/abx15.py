"""abx15: the 2015 challenge, English and Xitsonga; 4 scores."""

from pytest_zrc.benchmarks.abx17 import CONDITIONS
from pytest_zrc.benchmarks.model import Benchmark, ItemFile, Parameters, Subset


def _subset(language: str) -> Subset:
    places = (f"{language}.item", f"{language}/{language}.item")
    return Subset(
        name=language,
        set="test",
        task=language,
        index_key="",
        item_files=(ItemFile("triphone", places=places),),
    )


ABX15 = Benchmark(
    name="abx15",
    title="The 2015 challenge: conversational English and read Xitsonga",
    dataset="abx15-dataset",
    subsets=(_subset("english"), _subset("xitsonga")),
    conditions=CONDITIONS,
    defaults=Parameters(result_filename="score_abx15"),
    spelling={"speaker_mode": "mode"},
    columns={"language": "task", "type": "condition", "score": "score", "profile": "profile"},
    files_in="items",
    text_times=True,
    profile="abxpy2015",
    leaderboard_profile="abxpy2015",
    published_system="baseline15a",
)
