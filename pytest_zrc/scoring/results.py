"""What a run has come to: everything that the reports are made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.gates.verdict import Verdict
from pytest_zrc.leaderboards.board import read_leaderboard
from pytest_zrc.leaderboards.standing import Standing, stand
from pytest_zrc.scoring.scores import NOT_COMPUTED, Details, Score, Scores


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a run.

    Attributes:
        benchmark: what was run.
        profile: the name of the scoring profile.
        submission: the folder.
        parameters: of the scoring.
        device: that the scores were computed on.
        versions: of the software that the scores depend on.
        dataset_digests: by subset.
        checks: the names of all checks.
        findings: by check, for those that have run.
        scores: all scores, with a reason instead of a value where there is none; empty where nothing is scored.
        standing: where they stand among published ones; ``None`` where the benchmark has no leaderboard.
        details: what the scores are made of.
        verdicts: what gates say of the scores.
        feature_digests: by subset, of the content of the feature files; empty where a run does not have all scores.
        model: the encoder that the features were extracted with, its digest and its frame shift; ``None`` where the
            features were there.
    """

    benchmark: Benchmark
    profile: str
    submission: str
    parameters: Mapping[str, object]
    device: str
    versions: Mapping[str, str]
    dataset_digests: Mapping[str, str]
    checks: Sequence[str]
    findings: Mapping[str, list[Finding]]
    scores: list[Score]
    standing: Standing | None = None
    details: Sequence[Details] = ()
    verdicts: Sequence[Verdict] = ()
    feature_digests: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, object] | None = None

    @property
    def dataset_digest(self) -> str:
        """The digest of all that was scored of the dataset."""
        digests = json.dumps(dict(sorted(self.dataset_digests.items()))).encode()
        return hashlib.sha256(digests).hexdigest()

    @property
    def errors(self) -> list[Finding]:
        """All findings that fail a test."""
        return [one for found in self.findings.values() for one in found if one.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """All recommendations."""
        return [one for found in self.findings.values() for one in found if one.severity == "warning"]

    @property
    def missing(self) -> list[Score]:
        """The scores that were asked for and are not there."""
        return [score for score in self.scores if score.score is None and score.reason != NOT_COMPUTED]

    @property
    def failed(self) -> list[Verdict]:
        """The verdicts of the gates that failed."""
        return [verdict for verdict in self.verdicts if not verdict.passed]


def standing_of(benchmark: Benchmark, profile: str, scores: Sequence[Score]) -> Standing | None:
    """Rank the scores of a benchmark, made with a profile, among published ones, if there are any."""
    if not benchmark.leaderboard_profile:
        return None
    percent = {name: 100 * score for name, score in Scores(scores).items()}
    return stand(read_leaderboard(benchmark), percent, profile)
