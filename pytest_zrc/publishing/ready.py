"""May a submission be uploaded: is it valid, and are its scores those of these features?"""

from __future__ import annotations

import hashlib
import json
import shlex
import tempfile
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.errors import ZrcError
from pytest_zrc.resolve import resolve
from pytest_zrc.resources import Resources
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.run import Run, Selection, score_parameters
from pytest_zrc.scoring.store import Store
from pytest_zrc.scoring.stored import SCORES, read_results
from pytest_zrc.submission.layout import SCORES as SCORES_FOLDER
from pytest_zrc.submission.meta import FILLED_IN, flatten

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A submission that may be uploaded.

    Attributes:
        case: the submission, its benchmark and the dataset.
        results: its scores.
        meta: the fields of its meta.yaml.
        digest: of features, parameters, scores, and of meta.yaml but for what an upload fills in.
        warnings: what could be better.
    """

    case: Case
    results: Results
    meta: Mapping[str, object]
    digest: str
    warnings: tuple[Finding, ...] = ()


def require_ready(folder: Path, dataset: Path | None = None, progress: Tell | None = None) -> Ready:
    """Check a submission, and that all of its scores are there and belong to its features as they are.

    Args:
        folder: of the submission.
        dataset: its folder; None for where the official toolkit keeps it.
        progress: told the share of the checks that is done.

    Raises:
        ZrcError: something that keeps it from being uploaded, and what to do.
    """
    case = resolve(folder, dataset=dataset)
    results = _stored_results(case, folder)
    with tempfile.TemporaryDirectory(prefix="zrc-") as work:
        run = Run(case, Selection(score=False), Store(Path(work)), uuid.uuid4().hex[:12], Resources.of("", "", 1))
        try:
            warnings = _validate(run, folder, progress)
            features = run.digest_features()
        finally:
            run.memory.close()
    changed = [name for name, digest in features.items() if results.feature_digests.get(name) != digest]
    if changed:
        raise ZrcError(f"the scores in {_place(case)} are not those of the features of {changed[0]}: {_advice(case)}")
    return Ready(case, results, case.submission.meta.values, _digest(case, results), tuple(warnings))


def _stored_results(case: Case, folder: Path) -> Results:
    """Return the scores beside a submission, if they are all there and made as it is to be scored."""
    place = _place(case)
    if not place.is_file():
        raise ZrcError(f"{folder} has no scores yet: {_advice(case)}")
    results = read_results(place)
    obstacle = _obstacle(case, results)
    if obstacle:
        raise ZrcError(f"{place} {obstacle}: {_advice(case)}")
    return results


def _obstacle(case: Case, results: Results) -> str:
    """Say what keeps scores from being those of a submission, as far as files need not be read for it."""
    benchmark = case.benchmark
    if results.benchmark != benchmark:
        return f"holds scores of {results.benchmark.name}, not {benchmark.name}"
    profiles = [name for name in dict.fromkeys((benchmark.profile, benchmark.leaderboard_profile)) if name]
    if results.profile not in profiles:
        return f"was made with profile {results.profile}, not {' or '.join(profiles)}"
    known = {(score.subset, score.condition) for score in results.scores if score.score is not None}
    wanted = [(subset.name, one.name) for subset in benchmark.subsets for one in benchmark.conditions]
    missing = [f"{subset} {condition}" for subset, condition in wanted if (subset, condition) not in known]
    if missing:
        return f"holds {len(known)} of {len(wanted)} scores, not that of {missing[0]}"
    for name, value in score_parameters(case).items():
        if results.parameters.get(name) != value:
            return f"was made with {name}: {results.parameters.get(name)}, and params.yaml means {value}"
    for name in (subset.name for subset in benchmark.subsets):
        if results.dataset_digests.get(name) != case.dataset.digest(name):
            return f"was made with other item files of {name} than those in {case.dataset.root}"
    return "" if results.feature_digests else "does not say which features its scores are those of"


def _validate(run: Run, folder: Path, progress: Tell | None) -> list[Finding]:
    """Return the warnings; raise ZrcError where there are errors."""
    found: list[Finding] = []
    for done, check in enumerate(run.checks, start=1):
        found += run.findings(check)
        if progress:
            progress(done / len(run.checks))
    errors = [one for one in found if one.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more: pytest-zrc verify {folder})" if len(errors) > 1 else ""
        raise ZrcError(f"{folder} is not valid: {errors[0]}{more}")
    return found


def _place(case: Case) -> Path:
    return case.submission.root / SCORES_FOLDER / SCORES


def _advice(case: Case) -> str:
    return f"run pytest-zrc run {case.benchmark.name} {shlex.quote(str(case.submission.root))}"


def _digest(case: Case, results: Results) -> str:
    fields, _ = flatten(case.submission.meta.values)
    scores = {f"{score.subset} {score.condition}": score.score for score in results.scores}
    content = {
        "benchmark": case.benchmark.name,
        "features": dict(results.feature_digests),
        "parameters": score_parameters(case),
        "scores": scores,
        "meta": {name: value for name, value in fields.items() if name not in FILLED_IN},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
