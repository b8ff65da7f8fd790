"""The tests of a submission. They are in no file: a collector hangs them below the session."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from pytest_zrc.benchmarks.model import Benchmark, Condition
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.checks.suite import Check
from pytest_zrc.errors import LinesError, ZrcError
from pytest_zrc.gates.verdict import Kind, Verdict
from pytest_zrc.scoring.results import standing_of
from pytest_zrc.scoring.run import Run, gate_name
from pytest_zrc.scoring.scores import Score

ENCODER = "encoder"  # in test ids
EncoderTests: TypeAlias = Mapping[str, Callable[[pytest.FixtureRequest], None]]

_SHOWN = 10  # findings of one test on the terminal; the others are in validation.json


class ZrcWarning(pytest.PytestWarning):
    """A recommendation on a submission."""


class FindingsError(LinesError):
    """A check found errors."""

    def __init__(self, findings: list[Finding]) -> None:
        """List them, up to a number that a terminal can hold."""
        more = len(findings) - _SHOWN
        rest = [f"... and {more} more like these: all are in validation.json"] if more > 0 else []
        super().__init__("\n".join([*map(str, findings[:_SHOWN]), *rest]))


class GateError(LinesError):
    """A score does not pass a gate."""


class SubmissionRoot(pytest.Collector):
    """All tests of a submission; its id is the benchmark's name."""

    run: Run
    encoder_tests: EncoderTests

    @classmethod
    def below(cls, session: pytest.Session, run: Run, encoder_tests: EncoderTests | None = None) -> SubmissionRoot:
        """Make the root of a session's tests."""
        name = run.case.benchmark.name
        root: SubmissionRoot = cls.from_parent(session, name=name, nodeid=name)
        root.run, root.encoder_tests = run, encoder_tests or {}
        return root

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the tests of the encoder, the checks of the submission as a whole, then its subsets."""
        if self.encoder_tests:
            yield EncoderCollector.of(self, self.run, self.encoder_tests)
        for check in self.run.checks:
            if not check.subset:
                yield CheckItem.of(self, self.run, check)
        for subset in self.run.case.subsets:
            yield SubsetCollector.of(self, self.run, subset.name)


class EncoderCollector(pytest.Collector):
    """The tests of the encoder that features come from."""

    run: Run
    tests: EncoderTests

    @classmethod
    def of(cls, parent: SubmissionRoot, run: Run, tests: EncoderTests) -> EncoderCollector:
        """Make the collector of the encoder's tests."""
        collector: EncoderCollector = cls.from_parent(parent, name=ENCODER)
        collector.run, collector.tests = run, tests
        return collector

    def collect(self) -> Iterator[pytest.Item]:
        """Yield its tests."""
        for name, test in self.tests.items():
            item: EncoderItem = EncoderItem.from_parent(self, name=name, callobj=test)
            item.run = self.run
            yield item


class SubsetCollector(pytest.Collector):
    """The tests of a subset."""

    run: Run

    @classmethod
    def of(cls, parent: SubmissionRoot, run: Run, subset: str) -> SubsetCollector:
        """Make the collector of a subset."""
        collector: SubsetCollector = cls.from_parent(parent, name=subset)
        collector.run = run
        return collector

    def collect(self) -> Iterator[pytest.Item]:
        """Yield its checks, then its scores."""
        for check in self.run.checks:
            if check.subset == self.name:
                yield CheckItem.of(self, self.run, check)
        for subset, condition in self.run.scored():
            if subset == self.name:
                yield ScoreItem.of(self, self.run, condition)
        for kind, condition in self.run.gated(self.name):
            yield GateItem.of(self, self.run, kind, condition)


class ReportingItem(pytest.Item):
    """How our tests show: they fail with sentences, not with a traceback."""

    run: Run

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return a place that shows as the first part of the id."""
        return self.config.rootpath / self.run.case.benchmark.name, 0, self.nodeid

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Show our own errors as they are."""
        if isinstance(excinfo.value, ZrcError | ZrcWarning):
            return str(excinfo.value)
        excinfo.traceback = excinfo.traceback.cut(path=__file__)  # what is above is pytest's own
        return super().repr_failure(excinfo, style or "short")


class ZrcItem(ReportingItem):
    """A test without a function, of the submission; where an encoder makes that, it runs when there are features."""


class EncoderItem(ReportingItem, pytest.Function):
    """A test with a function, which has fixtures: the encoder may be one."""


class CheckItem(ZrcItem):
    """One check of the submission."""

    check: Check

    @classmethod
    def of(cls, parent: pytest.Collector, run: Run, check: Check) -> CheckItem:
        """Make the test of a check."""
        item: CheckItem = cls.from_parent(parent, name=check.name)
        item.run, item.check = run, check
        return item

    def runtest(self) -> None:
        """Run the check: its errors fail the test, its recommendations are warnings."""
        findings = self.run.findings(self.check)
        for finding in findings:
            if finding.severity == "warning":
                _warn(finding, self.run.case.submission.root)
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            raise FindingsError(errors)


def _warn(finding: Finding, submission: Path) -> None:
    """Warn of a finding, at the line of the submission where it is."""
    file, line = finding.place
    warnings.warn_explicit(ZrcWarning(str(finding)), None, str(submission / file), line or 1)


class ScoreItem(ZrcItem):
    """One score of the submission."""

    subset: str
    condition: Condition

    @classmethod
    def of(cls, parent: SubsetCollector, run: Run, condition: Condition) -> ScoreItem:
        """Make the test of a score."""
        item: ScoreItem = cls.from_parent(parent, name=condition.name)
        item.run, item.subset, item.condition = run, parent.name, condition
        return item

    def runtest(self) -> None:
        """Compute the score: skipped where the subset is not valid, failed where there is none."""
        score = self.run.score(self.subset, self.condition)
        if score.blocked:
            pytest.skip(score.reason)
        if score.score is None:
            raise ZrcError(score.reason)
        self.user_properties += _properties(score, self.run.case.benchmark)


class GateItem(ZrcItem):
    """What a score must not exceed."""

    subset: str
    kind: Kind
    condition: Condition

    @classmethod
    def of(cls, parent: SubsetCollector, run: Run, kind: Kind, condition: Condition) -> GateItem:
        """Make the test of a gate."""
        item: GateItem = cls.from_parent(parent, name=gate_name(kind, condition))
        item.run, item.subset, item.kind, item.condition = run, parent.name, kind, condition
        return item

    def runtest(self) -> None:
        """Judge the score, which is computed unless it is there: a missing one fails."""
        verdict = self.run.verdict(self.kind, self.subset, self.condition)
        self.user_properties += _gate_properties(verdict)
        if not verdict.passed:
            raise GateError(verdict.text)


def _gate_properties(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Yield what the JUnit report says of a gate."""
    for name, rate in (("measured", verdict.measured), ("limit", verdict.limit), ("baseline", verdict.before)):
        if rate is not None:
            yield f"{name}_percent", f"{100 * rate:.4f}"


def _properties(score: Score, benchmark: Benchmark) -> Iterator[tuple[str, str]]:
    """Yield what the JUnit report says of a score."""
    if score.score is not None:
        yield "abx_error_percent", f"{100 * score.score:.4f}"
    if score.low is not None and score.high is not None:
        yield "abx_interval_percent", f"{100 * score.low:.4f} to {100 * score.high:.4f}"
    yield "profile", score.profile
    standing = standing_of(benchmark, score.profile, [score])
    rank = standing.ranks.get((score.subset, score.condition)) if standing else None
    if rank:
        yield "leaderboard_rank", f"{rank.rank} of {rank.of}"
