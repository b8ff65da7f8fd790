"""The first lines of the page: what there is to know when there is no time for more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum

from pytest_zrc.checks.catalogue import CATALOGUE, Finding, Severity
from pytest_zrc.gates.verdict import Verdict
from pytest_zrc.reports.standing import ordinal
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import NOT_COMPUTED

_FIRST = 3  # findings of a code


@dataclass(frozen=True, slots=True)
class Claim:
    """A part of the line of verdicts.

    Attributes:
        text: what holds.
        good: whether that is as it should be; ``None`` where nothing was judged.
    """

    text: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of a code: the first ones, and how many more there are."""

    code: str
    title: str
    severity: Severity
    first: Sequence[Finding]
    more: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands at the top.

    Attributes:
        name: of the submission.
        claims: whether it is valid, and what gates say.
        figures: the mean error and its place.
        failures: the verdicts of gates that failed.
        findings: of the checks, errors first.
    """

    name: str
    claims: Sequence[Claim]
    figures: Sequence[Figure]
    failures: Sequence[Verdict]
    findings: Sequence[Group]


def summarise(results: Results) -> Summary:
    """Return the summary of a run."""
    return Summary(
        submission_name(results.submission) or results.benchmark.name,
        [claim for claim in (_validity(results), _scored(results), _gates(results.verdicts)) if claim],
        list(_figures(results)),
        [verdict for verdict in results.verdicts if not verdict.passed],
        [*_groups(results.errors), *_groups(results.warnings)],
    )


def submission_name(path: str) -> str:
    """Return the last part of a path, of whatever system."""
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def counted(number: int, noun: str) -> str:
    """Return ``1 error``, ``2 errors``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _validity(results: Results) -> Claim:
    not_run = len(results.checks) - len(results.findings)
    if not results.findings:
        return Claim("Not checked")
    if results.errors:
        return Claim(f"Not valid: {counted(len(results.errors), 'error')}", good=False)
    if not_run:
        return Claim(f"No errors, {counted(not_run, 'check')} not run")
    return Claim("Valid", good=True)


def _scored(results: Results) -> Claim | None:
    missing = [score.reason for score in results.scores if score.score is None]
    if not missing:
        return None
    text = f"{len(missing)} of {counted(len(results.scores), 'score')}"
    if all(reason == NOT_COMPUTED for reason in missing):
        return Claim(f"{text} not computed")
    return Claim(f"{text} missing", good=False)


def _gates(verdicts: Sequence[Verdict]) -> Claim | None:
    if not verdicts:
        return None
    failed = sum(not verdict.passed for verdict in verdicts)
    gates = counted(len(verdicts), "gate")
    return Claim(f"{failed} of {gates} failed", good=False) if failed else Claim(f"{gates} passed", good=True)


def _figures(results: Results) -> list[Figure]:
    values = [100 * score.score for score in results.scores if score.score is not None]
    if not values:
        return []
    scores = f"mean of {counted(len(values), 'score')}" if len(values) > 1 else "the only score"
    figures = [Figure(f"{fsum(values) / len(values):.2f} %", f"ABX error rate, {scores}")]
    overall = results.standing and results.standing.overall
    if overall:
        place = f"place, of {overall.rank.of} with the published systems"
        figures.append(Figure(ordinal(overall.rank.rank), place))
        figures.append(Figure(f"{overall.best_mean:.2f} %", f"the best published, {overall.best.model_id}"))
    return figures


def _groups(findings: Sequence[Finding]) -> list[Group]:
    ordered = sorted(findings, key=lambda one: one.code)
    groups = [(code, list(same)) for code, same in groupby(ordered, key=lambda one: one.code)]
    return [_group(code, same) for code, same in groups]


def _group(code: str, findings: Sequence[Finding]) -> Group:
    title = CATALOGUE[code].title if code in CATALOGUE else ""
    return Group(code, title, findings[0].severity, findings[:_FIRST], max(0, len(findings) - _FIRST))
