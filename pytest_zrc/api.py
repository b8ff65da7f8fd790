"""The Python API: checks and scores without pytest. Its names are reached as ``pytest_zrc.validate`` and so on.

Everything that a caller can mend is a ``ZrcError`` of one sentence. The functions do what the pytest plugin does, by
the same code, so that their scores are equal to the last bit.
"""

from __future__ import annotations

import os
import re
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args, overload

import numpy as np

from pytest_zrc.abx.breakdown import CONTEXTS, PHONE_PAIRS, SPEAKERS
from pytest_zrc.abx.device import CPU, choose_device
from pytest_zrc.abx.items import Items, items_from_rows
from pytest_zrc.abx.profiles import LIBRILIGHT, find_profile
from pytest_zrc.benchmarks.demo import DEMO
from pytest_zrc.benchmarks.model import ContextMode, Parameters, Pooling, SpeakerMode
from pytest_zrc.case import Case, read_items
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_together
from pytest_zrc.reports.details import details_files
from pytest_zrc.reports.files import report_files
from pytest_zrc.resolve import resolve
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.arrays import doubt_of_frame_shift, find_features, hold_features
from pytest_zrc.scoring.meter import Meter
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.run import Run, Selection
from pytest_zrc.scoring.scores import Score, Scores
from pytest_zrc.scoring.store import Store
from pytest_zrc.submission.params import parse_parameters
from pytest_zrc.submission.yamlfile import YamlFile

__all__ = [
    "ABXErrorRate",
    "Evaluation",
    "Finding",
    "Progress",
    "Score",
    "Validation",
    "ZrcError",
    "abx_error",
    "evaluate",
    "validate",
]

AnyPath: TypeAlias = str | os.PathLike[str]
Names: TypeAlias = str | Sequence[str]
Tell: TypeAlias = "Callable[[Progress], object]"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call is.

    Attributes:
        done: steps that are done, with the part of the current one that is: it never falls, and ends at ``total``.
        total: how many there are.
        name: of the step that is being done, as ``dev-clean::triphone-within-across``.
    """

    done: float
    total: int
    name: str

    @property
    def share(self) -> float:
        """The share of all steps that is done, from 0 to 1."""
        return self.done / self.total


@dataclass(frozen=True, slots=True)
class Validation:
    """What the checks of a submission have found.

    Attributes:
        findings: by check, in the order in which they ran; none where nothing is wrong.
    """

    findings: Mapping[str, Sequence[Finding]]

    @property
    def errors(self) -> list[Finding]:
        """What must be mended before the submission, or a subset of it, can be scored."""
        return self._of("error")

    @property
    def warnings(self) -> list[Finding]:
        """What could be better."""
        return self._of("warning")

    @property
    def valid(self) -> bool:
        """Whether there are no errors."""
        return not self.errors

    def raise_if_invalid(self) -> None:
        """Raise ZrcError with the first error, and the number of the others, if there are errors."""
        errors = self.errors
        if errors:
            more = len(errors) - 1
            others = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
            raise ZrcError(f"the submission is not valid: {errors[0]}{others}")

    def _of(self, severity: str) -> list[Finding]:
        return [one for found in self.findings.values() for one in found if one.severity == severity]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a submission has scored.

    Attributes:
        results: everything that reports are made from.
    """

    results: Results

    @property
    def scores(self) -> Scores:
        """The error rates, fractions, by subset and condition; asking for one that has no value raises ZrcError."""
        return Scores(self.results.scores)

    @property
    def records(self) -> Sequence[Score]:
        """All scores with their intervals, also those without a value, which have a reason instead."""
        return self.results.scores

    @property
    def validation(self) -> Validation:
        """What the checks have found; nothing where validation was left out."""
        return Validation(self.results.findings)

    def write(self, folder: AnyPath, *, details: Literal["", "csv", "parquet"] = "") -> None:
        """Write the result files that pytest would write, but for ``junit.xml``.

        Args:
            folder: where; it is made if it is not there.
            details: the format of the tables by phone pair, speaker and context, which are left out by default.

        Raises:
            ZrcError: the folder cannot be written to, or details not in this format.
        """
        if details not in ("", "csv", "parquet"):
            raise ZrcError(f"details is {details!r:.60}; expected one of csv, parquet")
        tables = details_files(self.results.details, details) if details else {}
        files: Mapping[str, str | bytes] = {**report_files(self.results), **tables}
        place = _path(folder, "folder")
        try:
            write_together({place / name: content for name, content in files.items()})
        except OSError as error:
            raise ZrcError(f"the results could not be written to {place}: {error.strerror or error}") from None


@dataclass(frozen=True, slots=True)
class ABXErrorRate:
    """An ABX error rate; ``float()`` of it is the rate.

    Attributes:
        error_rate: a fraction.
        low, high: its 95 % confidence interval, fractions; ``None`` where there are fewer than two speakers.
        cells: the number of cells that were averaged.
        profile: the name of the scoring profile.
        phone_pairs: a row for each ordered pair of phones, column by column: ``phone``, ``other_phone``,
            ``error_rate``, ``cells``, ``speakers``. The mean of its error rates is the score.
        speakers: likewise ``speaker``, ``role``, ``error_rate``, ``cells``.
        contexts: likewise ``context``, ``error_rate``, ``cells``; no rows where tokens in any context are compared.
    """

    error_rate: float
    low: float | None
    high: float | None
    cells: int
    profile: str
    phone_pairs: Mapping[str, Sequence[Any]] = field(repr=False)
    speakers: Mapping[str, Sequence[Any]] = field(repr=False)
    contexts: Mapping[str, Sequence[Any]] = field(repr=False)

    def __float__(self) -> float:
        """Return the error rate."""
        return self.error_rate


@contextmanager
def _naming_arguments() -> Iterator[None]:
    """Let messages name arguments, where the core names the options of pytest that are called like them."""
    try:
        yield
    except ZrcError as error:
        text = re.sub(r"--zrc-([a-z-]+)", lambda match: match[1].replace("-", "_"), str(error))
        raise ZrcError(text) from None


@_naming_arguments()
def validate(
    submission: AnyPath | None = None,
    benchmark: str = "",
    *,
    dataset: AnyPath | None = None,
    sets: Names = (),
    tasks: Names = (),
    profile: str = "",
    progress: Tell | None = None,
) -> Validation:
    """Check a submission, without scoring it.

    Args:
        submission: its folder; left out for the one that comes with the benchmark ``demo``.
        benchmark: its name; by default the one that ``meta.yaml`` names.
        dataset: the folder of the dataset; by default ``$APP_DIR/datasets/...``, where the official toolkit keeps it.
        sets: of the benchmark, as ``"dev"``, ``"dev,test"`` or ``["dev", "test"]``; by default all.
        tasks: of the benchmark, likewise.
        profile: the scoring profile that it is checked for; by default the benchmark's.
        progress: called before and after every check.

    Raises:
        ZrcError: something that was named is not there, or unknown. What is wrong with the submission itself is
            returned.
    """
    case = resolve(
        _path(submission, "submission"),
        benchmark,
        _path(dataset, "dataset"),
        sets=_names(sets),
        tasks=_names(tasks),
        profile=profile,
    )
    with _open_run(case, Selection(score=False), Resources.of("", "", 1), None, progress) as (run, steps):
        _run_all(run, steps)
        return Validation(run.known_findings())


@_naming_arguments()
def evaluate(
    submission: AnyPath | None = None,
    benchmark: str = "",
    *,
    dataset: AnyPath | None = None,
    sets: Names = (),
    tasks: Names = (),
    profile: str = "",
    device: str = "",
    threads: int | None = None,
    memory: str | int | None = None,
    validate: bool = True,
    scores: AnyPath | None = None,
    fresh: bool = False,
    progress: Tell | None = None,
) -> Evaluation:
    """Check and score a submission, as ``pytest --zrc-submission=...`` does.

    Args:
        submission: its folder; left out for the one that comes with the benchmark ``demo``.
        benchmark: its name; by default the one that ``meta.yaml`` names.
        dataset: the folder of the dataset; by default ``$APP_DIR/datasets/...``, where the official toolkit keeps it.
        sets: of the benchmark, as ``"dev"``, ``"dev,test"`` or ``["dev", "test"]``; by default all.
        tasks: of the benchmark, likewise.
        profile: the name of the scoring profile; by default the benchmark's.
        device: ``cpu``, ``cuda``, or ``auto``; by default what ``params.yaml`` says.
        threads: that compute at the same time; by default as many as there are processors.
        memory: that may be taken in all, as ``"4G"`` or in bytes; by default half of what is free is for features.
            Features that do not fit are read as they are needed.
        validate: check the submission first. Subsets with errors then have no score.
        scores: a folder to keep scores in as they are computed, ``scores/`` in the submission for those of pytest: what
            is there for the same features is not computed again. By default nothing is kept.
        fresh: compute all scores again, also those that are kept.
        progress: called before and after every check and score, and many times while a score is computed.

    Raises:
        ZrcError: something that was named is not there, or unknown, or cannot be used; without validation also features
            that cannot be scored.
    """
    resources = Resources.of("" if memory is None else str(memory), "" if threads is None else str(threads), 1)
    case = resolve(
        _path(submission, "submission"),
        benchmark,
        _path(dataset, "dataset"),
        sets=_names(sets),
        tasks=_names(tasks),
        profile=profile,
    )
    if not validate:
        case.require_parameters()
    selection = Selection(validate=validate, device=choose_device(device, wanted=case.parameters.cuda))
    with _open_run(case, selection, resources, _path(scores, "scores"), progress) as (run, steps):
        if fresh:
            run.forget_scores()
        _run_all(run, steps)
        if run.is_complete:
            run.digest_features()
        return Evaluation(run.results())


@_naming_arguments()
def abx_error(
    features: Mapping[str, Any] | AnyPath,
    items: AnyPath | Items | Iterable[Sequence[Any]],
    *,
    frame_shift: float = 0.01,
    context: ContextMode = "within",
    speaker: SpeakerMode = "across",
    distance: str = "cosine",
    profile: str = LIBRILIGHT.name,
    pooling: Pooling = "none",
    max_size_group: int | None = 10,
    max_x_across: int | None = 5,
    seed: int = 3459,
    frame_times: Mapping[str, Any] | None = None,
    threads: int | None = None,
    device: str = CPU,
    progress: Tell | None = None,
) -> ABXErrorRate:
    """Compute the ABX error rate of features.

    Args:
        features: arrays of floats, shape (frames, dimension), of NumPy or PyTorch, by file id; or a folder of ``.npy``
            files, whose names are the ids. With the distance ``identical`` arrays of whole numbers, shape (frames,),
            too.
        items: an item file; or its rows: file id, onset, offset (in seconds), phone, phone before, phone after,
            speaker. Features that they do not name are not looked at.
        frame_shift: the time between two frames, in seconds.
        context: compare tokens in the same context (``within``), or in ``any``.
        speaker: X is by the speaker of A and B (``within``), or by another one (``across``).
        distance: of frames: ``cosine`` (the angle), ``euclidean``, ``kl``, ``kl_symmetric`` or ``identical``.
        profile: the name of the scoring profile.
        pooling: ``none``, or ``mean`` or ``hamming`` for tokens that are compared as one vector each.
        max_size_group: tokens of one phone, context and speaker that are compared; ``None`` for all. Only the profile
            ``librilight`` draws some of them.
        max_x_across: speakers of X against one speaker of A and B; likewise.
        seed: of the draws, and of the samples of speakers that the interval is made of.
        frame_times: of the frames of each array, in seconds, shape (frames,), by file id, where they do not come at one
            shift; for every profile but ``librilight``.
        threads: that compute at the same time; by default as many as there are processors.
        device: ``cpu``, ``cuda``, or ``auto``.
        progress: called after each file, and many times while the error rate is computed.

    Warns:
        UserWarning: all files are far longer than their items, as where the frame shift is wrong.

    Raises:
        ZrcError: an argument, features or items that cannot be used; nothing to compare.
    """
    chosen = find_profile(profile)
    parameters = _parameters(
        feature_size=frame_shift,
        distance_mode=distance,
        pooling=pooling,
        max_size_group=max_size_group,
        max_x_across=max_x_across,
        seed=seed,
    )
    _require_one_of(context, get_args(ContextMode), "context")
    _require_one_of(speaker, get_args(SpeakerMode), "speaker")
    if frame_times is not None and chosen == LIBRILIGHT:
        raise ZrcError(f"the profile {profile} does not look at frame_times: leave them out, or choose another profile")
    resources = Resources.of("", "" if threads is None else str(threads), 1)
    meter = Meter(parameters, chosen, device=choose_device(device, wanted=False), threads=resources.threads)

    steps = _Steps(progress, total=2)
    tokens = _items(items)
    with steps.step("features") as report:
        given = find_features(features, tokens.files, parameters, frame_times)
        source = hold_features(given, tokens, parameters, meter.form, report)
    doubt = doubt_of_frame_shift(given, tokens, frame_shift)
    if doubt:
        warnings.warn(doubt, stacklevel=3)
    with steps.step(f"{context}-{speaker}") as report:
        measured = meter.measure(source, tokens, context, speaker, report)
    if measured is None:
        raise ZrcError(
            f"there is nothing to compare with context={context!r} and speaker={speaker!r}: "
            "the items make no cell with an A, a B and an X"
        )
    low, high = measured.interval
    tables = {name: table.columns for name, table in measured.tables.items()}
    return ABXErrorRate(
        measured.error_rate,
        low,
        high,
        measured.cells,
        chosen.name,
        phone_pairs=tables[PHONE_PAIRS],
        speakers=tables[SPEAKERS],
        contexts=tables[CONTEXTS],
    )


class _Steps:
    """Tells a caller how far some steps are, which are done one after the other."""

    def __init__(self, tell: Tell | None, total: int = 0) -> None:
        """Tell nothing before there are steps."""
        self.total, self._tell = total, tell
        self._finished, self._name, self._told = 0, "", 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[float], None]]:
        """Do a step; what this returns is called with the share of it that is done."""
        self._name = name
        report = self.of(name)
        report(0)
        yield report
        self._finished += 1
        report(0)

    def of(self, name: str) -> Callable[[float], None]:
        """Return what is called with the share of a step that is done, or of something that has to be done for it."""

        def report(share: float) -> None:
            self._report(share if name == self._name else 0, name or self._name)

        return report

    def _report(self, share: float, name: str) -> None:
        if self._tell and self.total:
            self._told = max(self._told, self._finished + share)
            self._tell(Progress(min(self._told, self.total), self.total, name))


@contextmanager
def _open_run(
    case: Case, selection: Selection, resources: Resources, results: Path | None, progress: Tell | None
) -> Iterator[tuple[Run, _Steps]]:
    """Make a run that keeps scores in a folder of results, or nothing at all."""
    steps = _Steps(progress)
    with _store(results) as store:
        store.require_writable()
        run = Run(case, selection, store, uuid.uuid4().hex[:12], resources, progress=steps.of if progress else None)
        try:
            yield run, steps
        finally:
            run.memory.close()
            run.forget_findings()


@contextmanager
def _store(results: Path | None) -> Iterator[Store]:
    if results is not None:
        yield Store.below(results)
        return
    with tempfile.TemporaryDirectory(prefix="zrc-") as folder:
        yield Store.below(Path(folder))


def _run_all(run: Run, steps: _Steps) -> None:
    """Run all checks and compute all scores, those of a subset after its checks: so its features are read once."""
    scores = list(run.scored())
    steps.total = len(run.checks) + len(scores)
    for subset in ("", *(one.name for one in run.case.subsets)):
        for check in run.checks:
            if check.subset == subset:
                with steps.step(f"{subset}::{check.name}" if subset else check.name):
                    run.findings(check)
        for name, condition in scores:
            if name == subset:
                with steps.step(f"{subset}::{condition.name}"):
                    run.score(subset, condition)


@overload
def _path(given: AnyPath, argument: str) -> Path: ...


@overload
def _path(given: AnyPath | None, argument: str) -> Path | None: ...


def _path(given: AnyPath | None, argument: str) -> Path | None:
    if given is None:
        return None
    if not isinstance(given, str | os.PathLike):
        raise ZrcError(f"{argument} is of type {type(given).__name__}; expected the path of a folder")
    return Path(given).expanduser()


def _names(given: Names) -> tuple[str, ...]:
    return tuple(given.replace(",", " ").split() if isinstance(given, str) else given)


def _items(given: object) -> Items:
    if isinstance(given, Items):
        return given
    if isinstance(given, str | os.PathLike):
        path = Path(given).expanduser()
        try:
            return read_items(path)
        except ZrcError as error:
            raise ZrcError(f"{path}: {error}") from None
    if isinstance(given, Iterable):
        return items_from_rows(given)
    raise ZrcError(f"items is of type {type(given).__name__}; expected the path of an item file, or its rows")


_ARGUMENTS = {"feature_size": "frame_shift", "distance_mode": "distance"}


def _parameters(**given: object) -> Parameters:
    """Return parameters, by the same rules as those of a submission."""
    values = {name: value.item() if isinstance(value, np.generic) else value for name, value in given.items()}
    if isinstance(values["feature_size"], str):  # in params.yaml it may look like a text
        raise ZrcError(f"frame_shift is the text {values['feature_size']!r:.60}; expected a number, in seconds")
    parameters, problems = parse_parameters(DEMO, YamlFile(values))
    for problem in problems:
        argument = _ARGUMENTS.get(problem.field, problem.field)
        raise ZrcError(f"{argument} is {problem.measured}; expected {problem.expected.replace('null', 'None')}")
    return parameters


def _require_one_of(given: object, known: tuple[str, ...], argument: str) -> None:
    if given not in known:
        raise ZrcError(f"{argument} is {given!r:.60}; expected one of {', '.join(known)}")
