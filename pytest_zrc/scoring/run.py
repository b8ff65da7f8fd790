"""A run over a case: its checks and scores as jobs of one store, shared by all processes that take part."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields, replace
from functools import cached_property, partial
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from pytest_zrc import __version__
from pytest_zrc.abx import engine
from pytest_zrc.abx.device import CPU
from pytest_zrc.benchmarks.model import Condition
from pytest_zrc.case import Case, Facts
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.checks.suite import Check, checks_of
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import remove_leftovers
from pytest_zrc.gates.gates import Gates
from pytest_zrc.gates.verdict import Kind, Verdict
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.digests import digest_files
from pytest_zrc.scoring.results import Results, standing_of
from pytest_zrc.scoring.scorer import Scorer
from pytest_zrc.scoring.scores import NOT_COMPUTED, Details, Score
from pytest_zrc.scoring.store import Job, Store

# What params.yaml may say that changes a score.
_SCORE_PARAMETERS = (
    "distance_mode",
    "pooling",
    "feature_size",
    "max_size_group",
    "max_x_across",
    "seed",
    "score_file_type",
)

_SHARD = "shard-"  # what was found in some of the files, until the run is over

_LEFT_BEHIND = 24 * 3600  # seconds
_COARSE = 2.0  # seconds: no file system tells times less exactly
_SILENT = 1.0  # seconds: what takes longer than this shows its progress

ProgressOf = Callable[[str], Callable[[float], None]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run does.

    Attributes:
        validate: run the checks, and score only what they let pass.
        score: compute the scores.
        device: to compute them on, ``cpu`` or ``cuda``.
    """

    validate: bool = True
    score: bool = True
    device: str = CPU


class Run:
    """Checks and scores a case, each thing once over all processes with the same store and run id.

    Findings are made anew in every run, unless the one before was killed: then it goes on. Scores are kept: a score
    whose features, items and parameters are unchanged is taken from the store.

    Attributes:
        case: what is looked at.
        selection: what is done.
        store: where results are.
        run_id: names this run; the same in all of its processes.
        gates: what its scores are judged by.
        memory: holds the features.
        expected: the subsets of which scores are going to be asked for, as far as is known.
    """

    def __init__(
        self,
        case: Case,
        selection: Selection,
        store: Store,
        run_id: str,
        resources: Resources,
        *,
        progress: ProgressOf | None = None,
        gates: Gates | None = None,
    ) -> None:
        """Plan the run; nothing is computed yet."""
        self.case, self.selection, self.store, self.run_id = case, selection, store, run_id
        self.gates = gates or Gates()
        case.share = self._share
        self._progress = progress
        self._resources = resources
        self._scorer = Scorer(case, resources, selection.device)
        self.memory = self._scorer.memory
        self.memory.wants = self._will_score
        case.keep = self.memory.keeper
        self.expected = frozenset(subset.name for subset in case.subsets)
        self._digests: dict[str, str] = {}
        self._fingerprints: dict[str, str] = {}
        self._states: dict[str, str] = {}
        self._waited_for: dict[str, list[tuple[int, ...]]] = {}
        self._obstacles: dict[str, list[Finding]] = {}

    def forget(self) -> None:
        """Forget what is known of the submission, in this process: its features have been made anew."""
        self.case.forget()
        self._fingerprints, self._states, self._obstacles = {}, {}, {}

    @cached_property
    def checks(self) -> list[Check]:
        """All checks, in order; none where validation is skipped."""
        return checks_of(self.case) if self.selection.validate else []

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that params.yaml leaves; none where nothing is scored."""
        parameters = self.case.parameters
        return tuple(
            condition
            for condition in self.case.benchmark.conditions
            if self.selection.score
            and parameters.speaker_mode in ("all", condition.speaker)
            and parameters.context in ("all", condition.kind)
        )

    def scored(self) -> Iterator[tuple[str, Condition]]:
        """Yield every subset with every condition."""
        for subset in self.case.subsets:
            for condition in self.conditions:
                yield subset.name, condition

    def findings(self, check: Check) -> list[Finding]:
        """Return what a check finds, from the store if it has run in this run."""
        return _findings(self.store.get(self._check_job(check)))

    def obstacles(self, subset: str) -> list[Finding]:
        """Return what keeps a subset from being scored; runs the checks that have not run yet."""
        if subset not in self._obstacles:
            jobs = [self._check_job(check) for check in self.checks if check.subset in ("", subset)]
            found = [one for result in self.store.settle(jobs) for one in _findings(result)]
            self._obstacles[subset] = [one for one in found if one.blocks(subset)]
        return self._obstacles[subset]

    def score(self, subset: str, condition: Condition) -> Score:
        """Return a score; where validation forbids it, one without a value that says why."""
        obstacles = self.obstacles(subset)
        if obstacles:
            return self._no_score(subset, condition, reason=_why_not(subset, obstacles), blocked=True)
        return _score(self.store.get(self._score_job(subset, condition), meanwhile=self._others(subset)))

    def gated(self, subset: str) -> Iterator[tuple[Kind, Condition]]:
        """Yield the gates of a subset, also of conditions that params.yaml leaves out: their scores are missed."""
        for condition in self.case.benchmark.conditions if self.selection.score else ():
            for kind in self.gates.of(subset, condition.name, scored=condition in self.conditions):
                yield kind, condition

    def verdict(self, kind: Kind, subset: str, condition: Condition) -> Verdict:
        """Judge a score; it is computed unless it is there."""
        missed = condition not in self.conditions
        score = self._left_out(subset, condition) if missed else self.score(subset, condition)
        return self.gates.judge(kind, score, self.details(subset, condition), self._origin())

    def scores(self) -> list[Score]:
        """Return all scores; what other processes compute is waited for last."""
        free = [(subset, condition) for subset, condition in self.scored() if not self.obstacles(subset)]
        self.store.settle([self._score_job(subset, condition) for subset, condition in free])
        return [self.score(subset, condition) for subset, condition in self.scored()]

    def _others(self, subset: str) -> Iterator[Job]:
        """Yield the scores to compute while another process computes the wanted one: the same subset's first."""
        for name, condition in sorted(self.scored(), key=lambda pair: pair[0] != subset):
            if not self.obstacles(name):
                yield self._score_job(name, condition)

    def known_findings(self) -> dict[str, list[Finding]]:
        """Return the findings of the checks that have run, by test name; nothing is computed."""
        results = {check: self.store.load(self._check_job(check).key) for check in self.checks}
        return {_name(check.subset, check.name): _findings(result) for check, result in results.items() if result}

    def count_scores(self) -> tuple[int, int]:
        """Return how many scores are stored, and how many there are to be."""
        return len(self.stored_scores()), len(list(self.scored()))

    def stored_scores(self) -> frozenset[str]:
        """Return the keys of the scores that are stored, for the features as they are."""
        keys = [self._score_job(subset, condition).key for subset, condition in self.scored()]
        return frozenset(key for key in keys if (result := self.store.load(key)) and result["score"] is not None)

    def known_scores(self) -> list[Score]:
        """Return all scores, those that were not computed without a value; nothing is computed."""
        known = self.known_findings()
        return [self._known_score(subset, condition, known) for subset, condition in self.scored()]

    def details(self, subset: str, condition: Condition) -> Details | None:
        """Return what a score that was computed is made of; nothing is computed."""
        stored = self.store.load(self._details_key(subset, condition))
        return Details(**stored) if stored else None

    def known_details(self) -> list[Details]:
        """Return what the known scores are made of; nothing is computed."""
        named = zip(self.scored(), self.known_scores(), strict=True)
        found = (self.details(*name) for name, score in named if score.score is not None)
        return [details for details in found if details]

    def digest_features(self) -> dict[str, str]:
        """Return the digest of the features of each subset, which says later what the scores are those of.

        Raises:
            ZrcError: features have changed since they were looked at, or cannot be read.
        """
        names = [subset.name for subset in self.case.subsets]
        return {name: self.store.get(self._digest_job(name))["digest"] for name in names}

    @property
    def is_complete(self) -> bool:
        """Tell whether all scores of the benchmark are stored, so that they could be submitted; nothing is computed."""
        benchmark = self.case.benchmark
        stored, wanted = self.count_scores()
        return stored == wanted == len(benchmark.subsets) * len(benchmark.conditions)

    def results(self) -> Results:
        """Return all that is known so far; nothing is computed."""
        case, scores = self.case, self.known_scores()
        return replace(
            self._origin(),
            checks=[_name(check.subset, check.name) for check in self.checks],
            findings=self.known_findings(),
            scores=scores,
            standing=standing_of(case.benchmark, case.profile.name, scores),
            details=self.known_details(),
            feature_digests=self._known_digests(),
            verdicts=self._known_verdicts(scores),
        )

    def _origin(self) -> Results:
        """Return what there is to say of all results, and no result."""
        case, device = self.case, self.selection.device
        return Results(
            benchmark=case.benchmark,
            profile=case.profile.name,
            submission=str(case.submission.root),
            parameters=case.parameters.as_dict(),
            device=device,
            versions=_versions(device),
            dataset_digests={subset.name: self._digest(subset.name) for subset in case.subsets if self.conditions},
            checks=(),
            findings={},
            scores=[],
        )

    def _known_verdicts(self, scores: list[Score]) -> list[Verdict]:
        """Return the verdicts on scores that are known, and on those that cannot be."""
        known = {(score.subset, score.condition): score for score in scores}
        origin = self._origin()
        return [
            self.gates.judge(kind, score, self.details(subset.name, condition), origin)
            for subset in self.case.subsets
            for kind, condition in self.gated(subset.name)
            if (score := known.get((subset.name, condition.name), self._left_out(subset.name, condition))).reason
            != NOT_COMPUTED
        ]

    def _left_out(self, subset: str, condition: Condition) -> Score:
        return self._no_score(subset, condition, reason="params.yaml leaves this condition out")

    def test_names(self) -> list[str]:
        """Return the ids of all tests of this run."""
        name = self.case.benchmark.name
        checks = [f"{name}::{_name(check.subset, check.name)}" for check in self.checks]
        scores = [f"{name}::{subset}::{condition.name}" for subset, condition in self.scored()]
        gates = [
            f"{name}::{subset.name}::{gate_name(*gate)}"
            for subset in self.case.subsets
            for gate in self.gated(subset.name)
        ]
        return checks + scores + gates

    def forget_scores(self) -> None:
        """Remove the stored scores, so that they are computed anew, and what a run that was killed has found.

        Raises:
            ZrcError: they cannot be removed.
        """
        self.store.discard(_SHARD)
        for subset, condition in self.scored():
            self.store.forget(self._score_job(subset, condition).key)
            self.store.forget(self._details_key(subset, condition))

    def forget_findings(self) -> None:
        """Remove the stored findings and the progress of this run, and what runs that were killed have left behind."""
        for kind in ("check-", "progress-"):
            self.store.discard(f"{kind}{self.run_id}-")
            self.store.discard(kind, older_than=_LEFT_BEHIND)
        self.store.discard(_SHARD)
        for folder in (self.store.folder, self.store.folder.parent):
            remove_leftovers(folder, older_than=_LEFT_BEHIND)

    def _known_score(self, subset: str, condition: Condition, known: Mapping[str, list[Finding]]) -> Score:
        obstacles = [one for found in known.values() for one in found if one.blocks(subset)]
        if obstacles:
            return self._no_score(subset, condition, reason=_why_not(subset, obstacles), blocked=True)
        result = self.store.load(self._score_job(subset, condition).key)
        return _score(result) if result else self._no_score(subset, condition, reason=NOT_COMPUTED)

    def _no_score(self, subset: str, condition: Condition, *, reason: str, blocked: bool = False) -> Score:
        profile = self.case.profile.name
        return Score.of(subset, condition, None, reason=reason, blocked=blocked, profile=profile)

    def _will_score(self, subset: str) -> bool:
        """Tell whether this process is going to compute a score of a subset: likely if there is one for each."""
        if subset not in self.expected or self._resources.processes > len(self.conditions):
            return False
        jobs = [self._score_job(subset, condition) for condition in self.conditions]
        return any(self.store.load(job.key) is None for job in jobs)

    def _share(self, jobs: Mapping[str, Callable[[], Facts]]) -> list[Facts]:
        """Find facts of the case together with the other processes of this run."""
        began, done = time.monotonic(), count()

        def compute(name: str) -> Facts:
            share = next(done) / len(jobs)
            if self._progress and time.monotonic() - began >= _SILENT:
                self._progress(name)(share)
            return jobs[name]()

        found = self.store.settle([Job(f"check-{self.run_id}-{_slug(name)}", partial(compute, name)) for name in jobs])
        if self._progress:
            self._progress("")(1)
        return found

    def _check_job(self, check: Check) -> Job:
        key = f"check-{self.run_id}-{_slug(check.subset, check.name)}"
        return Job(key, partial(self._check, check))

    def _check(self, check: Check) -> dict[str, Any]:
        """Run a check; files that a run has read before it was killed are not read again."""
        kept = self._shard_key(check) if check.ids else ""
        result = self.store.load(kept) if kept else None
        if result is None:
            if check.ids:
                self._agree(check.subset)
            result = {"findings": [asdict(one) for one in check.run()]}
            if kept:
                self.store.put(kept, result)
        return result

    def _shard_key(self, check: Check) -> str:
        """Name what a check finds in files as they are now."""
        case, by_id = self.case, self.case.files(check.subset).by_id
        places = [case.place(check.subset, name) for name in check.ids if name in by_id]
        files = [(place, *_stamp(case.submission.root / place)) for place in places]
        state = [__version__, case.parameters.distance_mode, *astuple(case.feature_format), files]
        return f"{_SHARD}{_slug(check.subset, check.name)}-{_short_digest(state)}"

    def _score_job(self, subset: str, condition: Condition) -> Job:
        key = f"score-{_slug(subset, condition.name)}-{self._fingerprint(subset)}"
        progress = self._progress(f"{subset}::{condition.name}") if self._progress else None

        def compute() -> dict[str, Any]:
            self._require_unchanged(subset)
            score, details = self._scorer.score(subset, condition, progress)
            self._require_unchanged(subset)
            result = score.as_dict()
            if details:
                try:
                    self.store.put(self._details_key(subset, condition), asdict(details))
                except ZrcError as error:
                    raise ZrcError(f"{error}{_tell(result)}") from None
            return result

        return Job(key, compute, _tell)

    def _details_key(self, subset: str, condition: Condition) -> str:
        return f"details-{_slug(subset, condition.name)}-{self._fingerprint(subset)}"

    def _digest_job(self, subset: str) -> Job:
        state = self._state(subset)

        def compute() -> dict[str, str]:
            folder = self.case.submission.root / self.case.folder(subset)
            digest = digest_files(folder, self.case.files(subset).by_id.values(), self._resources.threads)
            self._require_unchanged(subset)
            return {"digest": digest}

        return Job(f"features-{_slug(subset)}-{state}", compute)

    def _known_digests(self) -> dict[str, str]:
        found = {subset.name: self.store.load(self._digest_job(subset.name).key) for subset in self.case.subsets}
        return {name: result["digest"] for name, result in found.items() if result}

    def _digest(self, subset: str) -> str:
        if subset not in self._digests:
            self._digests[subset] = self.case.dataset.digest(subset)
        return self._digests[subset]

    def _fingerprint(self, subset: str) -> str:
        """Return a digest of all that the scores of a subset depend on; of features by size and times, not content."""
        known = self._fingerprints
        if subset not in known:
            known[subset] = _short_digest(
                {
                    "engine": engine.VERSION,
                    "device": self.selection.device,
                    "profile": self.case.profile.name,
                    "parameters": score_parameters(self.case),
                    "items": self._digest(subset),
                    "stored": [item.name for kind in (Score, Details) for item in fields(kind)],
                    "features": self._state(subset),
                }
            )
        return known[subset]

    def _state(self, subset: str) -> str:
        """Return a digest of the sizes and times of feature files, as they were when they were first looked at."""
        if subset not in self._states:
            self._states[subset] = self._find_state(subset)
        return self._states[subset]

    def _agree(self, subset: str) -> str:
        """Return the state of features that all processes of this run go by: the first one looks, before any check."""
        key = f"check-{self.run_id}-state-{_slug(subset)}"
        agreed: str = self.store.get(Job(key, lambda: {"state": self._state(subset)}))["state"]
        return agreed

    def _require_unchanged(self, subset: str) -> None:
        """Raise ZrcError unless features are as they were when they were checked, and are so still."""
        if not self._agree(subset) == self._state(subset) == self._find_state(subset):
            raise ZrcError(f"features of {subset} changed during the run: run again when they are complete")

    def _find_state(self, subset: str) -> str:
        folder = self.case.submission.root / self.case.folder(subset)
        names = self.case.listing(subset).files
        first = stamps = [_stamp(folder / name) for name in names]
        if first != self._waited_for.get(subset) and _await_tick(first):
            stamps = [_stamp(folder / name) for name in names]
        self._waited_for[subset] = first  # once is enough, also where the times of a disk are hours ahead
        # Who makes a submission, and results for it, cannot know when its files come to this disk (their ctime). Where
        # there is no such time, only what this run computes is believed.
        known = stamps and all(stamps)
        return _short_digest([*zip(names, stamps, strict=True), "" if known else self.run_id])


def score_parameters(case: Case) -> dict[str, object]:
    """Return the parameters of a case that its scores depend on."""
    parameters = case.parameters.as_dict()
    return {name: parameters[name] for name in _SCORE_PARAMETERS}


def gate_name(kind: Kind, condition: Condition) -> str:
    """Return what the test of a gate is called, below its subset."""
    return f"{kind}-{condition.name}"


def _versions(device: str) -> dict[str, str]:
    versions = {
        "pytest-zrc": __version__,
        "engine": str(engine.VERSION),
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
    return versions if device == CPU else {**versions, "torch": metadata.version("torch")}


def _short_digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:20]


def _stamp(path: Path) -> tuple[int, ...]:
    """Return size and times of a file; nothing where it cannot be looked at."""
    try:
        status = os.stat(path)
    except OSError:
        return ()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _await_tick(stamps: Sequence[tuple[int, ...]]) -> bool:
    """Wait, where file times are whole seconds, until a change of a file would show in them; tell whether it did."""
    times = [one for stamp in stamps for one in stamp[1:]]
    wait = _COARSE - (time.time() - max(times, default=0) / 1e9)
    if wait <= 0 or any(one % 10**9 for one in times):
        return False
    time.sleep(min(wait, _COARSE))  # the clock of a server may be ahead
    return True


def _findings(result: Mapping[str, Any]) -> list[Finding]:
    return [Finding(**fields) for fields in result["findings"]]


def _tell(result: Mapping[str, Any]) -> str:
    """Say what a score is that cannot be stored: it may have taken hours."""
    score = result["score"]
    return f" (the error rate is {100 * score:.4f} %)" if score is not None else ""


def _score(result: Mapping[str, Any]) -> Score:
    return Score(**result)


def _why_not(subset: str, obstacles: list[Finding]) -> str:
    first, more = obstacles[0], len(obstacles) - 1
    others = f" and {more} more error{'s' if more > 1 else ''}" if more else ""
    return f"{subset} is not valid: {first.code} {first.where}: {first.measured}{others}"


def _name(subset: str, name: str) -> str:
    return f"{subset}::{name}" if subset else name


def _slug(*names: str) -> str:
    return "-".join(names).strip("-").replace("/", "_").replace(" ", "-")
