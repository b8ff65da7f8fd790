"""From what a user names to the case that is checked and scored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_zrc.abx.profiles import find_profile
from pytest_zrc.benchmarks.model import Benchmark, Subset
from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.case import Case
from pytest_zrc.datasets.dataset import default_location, open_dataset
from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.layout import META, Submission
from pytest_zrc.submission.yamlfile import YamlFileError, show


def resolve(
    submission: Path | None,
    benchmark: str = "",
    dataset: Path | None = None,
    *,
    sets: Sequence[str] = (),
    tasks: Sequence[str] = (),
    profile: str = "",
    extracted: bool = False,
) -> Case:
    """Find a submission, its benchmark and the dataset.

    Args:
        submission: its folder; None for the one that comes with the ``demo`` benchmark.
        benchmark: its name; empty for the one that meta.yaml names.
        dataset: its folder; None for where the official toolkit keeps it.
        sets: of the benchmark; empty for all.
        tasks: of the benchmark; empty for all.
        profile: the name of a scoring profile; empty for the benchmark's own.
        extracted: the features are still to be extracted, so that there may be no folder yet.

    Raises:
        ZrcError: one of them is not there, or names something unknown.
    """
    if submission is None:
        chosen = find_benchmark(benchmark)
        if chosen.dataset:
            raise ZrcError(f"{chosen.name} needs a submission: give its folder with --zrc-submission=DIR")
        folder = default_location(chosen).parent / "submission"
    else:
        folder = submission.resolve()
        if not folder.is_dir() and (folder.exists() or not extracted):
            problem = "not a folder" if folder.exists() else "no such folder"
            raise ZrcError(f"no submission at {submission} ({problem}): give the folder that holds {META}")
        chosen = find_benchmark(benchmark or named_benchmark(Submission(folder)))
    subsets = _choose(chosen, sets, tasks)
    opened = open_dataset(dataset or default_location(chosen), chosen, subsets)
    case = Case(chosen, Submission(folder), opened, subsets, find_profile(profile or chosen.profile))
    case.expects_features = extracted
    return case


def named_benchmark(submission: Submission, option: str = "--zrc-benchmark") -> str:
    """Return the benchmark that a submission's meta.yaml names.

    Args:
        submission: whose meta.yaml is read.
        option: what to advise where it names none.

    Raises:
        ZrcError: it names none, or cannot be read.
    """
    advice = f"give the benchmark with {option}=NAME"
    try:
        name = submission.meta.values.get("benchmark_name")
    except YamlFileError as error:
        raise ZrcError(f"{submission.root / META} does not say which benchmark this is ({error}): {advice}") from None
    if not isinstance(name, str) or not name:
        raise ZrcError(f"{submission.root / META}: benchmark_name is {show(name)}; correct it, or {advice}")
    return name


def _choose(benchmark: Benchmark, sets: Sequence[str], tasks: Sequence[str]) -> tuple[Subset, ...]:
    for given, known, flag in ((sets, benchmark.sets, "--zrc-sets"), (tasks, benchmark.tasks, "--zrc-tasks")):
        for name in given:
            if name not in known:
                raise ZrcError(f"{benchmark.name} has no {name!r}: {flag} takes {', '.join(known)}")
    return tuple(
        subset
        for subset in benchmark.subsets
        if (not sets or subset.set in sets) and (not tasks or subset.task in tasks)
    )
