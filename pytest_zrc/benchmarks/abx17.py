"""abx17: the test set of the 2017 challenge, five languages in files of 1, 10 and 120 s; 30 scores."""

from pytest_zrc.benchmarks.model import Benchmark, Condition, ItemFile, Parameters, Subset

_LANGUAGES = ("english", "french", "mandarin", "german", "wolof")
_DURATIONS = ("1s", "10s", "120s")
# The challenge kept two languages secret, and called them so.
_OLD_NAMES = {"german": "LANG1", "wolof": "LANG2"}

CONDITIONS = (
    Condition("triphone", "within", "within", label="within"),
    Condition("triphone", "within", "across", label="across"),
)


def _subset(language: str, duration: str) -> Subset:
    aliases = tuple(alias for name, alias in _OLD_NAMES.items() if name == language)
    return Subset(
        name=f"{language}/{duration}",
        set=duration,
        task=language,
        index_key=language,
        item_files=(
            ItemFile(
                "triphone",
                entry=f"abx_{duration}_item",
                places=tuple(f"{name}/{duration}/{duration}.item" for name in (language, *aliases)),
            ),
        ),
        aliases=tuple(f"{alias}/{duration}" for alias in aliases),
        index_aliases=aliases,
    )


ABX17 = Benchmark(
    name="abx17",
    title="The 2017 challenge: five languages, in files of 1, 10 and 120 s",
    dataset="zrc2017-test-dataset",
    subsets=tuple(_subset(language, duration) for language in _LANGUAGES for duration in _DURATIONS),
    conditions=CONDITIONS,
    defaults=Parameters(result_filename="score_phonetic"),
    spelling={"speaker_mode": "mode"},
    columns={"language": "task", "duration": "set", "type": "condition", "score": "score", "profile": "profile"},
    files_in="items",
    template_shift=0.1,
    leaderboard_profile="abxpy2017",
    published_system="baseline17a",
)
