"""Judges scores: by limits, and by the scores of a baseline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pytest_zrc.abx.breakdown import PHONE_PAIRS
from pytest_zrc.comparison.paired import Difference, difference, why_not_comparable
from pytest_zrc.errors import ZrcError
from pytest_zrc.gates.limits import CI, Limit, Tolerance
from pytest_zrc.gates.verdict import Kind, Verdict
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import LEVEL, Details, Score

# What params.yaml may say that changes scores; a baseline has to be of the same.
SCORE_PARAMETERS = ("distance_mode", "pooling", "feature_size", "max_size_group", "max_x_across", "seed")
SLACK = 1e-6  # by which the engines may differ: see docs/engine.md

_UPDATE = "where that is meant, write a new one with --zrc-update-baseline"
_WORST = 5  # pairs of phones in a text


@dataclass(frozen=True, slots=True)
class Gates:
    """All gates of a run.

    Attributes:
        limits: a score must not exceed any of those that hold for it.
        baseline: earlier results; ``None`` without.
        tolerance: by how much scores may exceed those of the baseline.
    """

    limits: Sequence[Limit] = ()
    baseline: Results | None = None
    tolerance: Tolerance = CI

    def require_matches(self, names: Iterable[tuple[str, str]]) -> None:
        """Raise ZrcError where a limit holds for none of these scores: it would be a gate that is always open."""
        known = list(names)
        for limit in self.limits:
            if not any(limit.holds_for(*name) for name in known):
                conditions = ", ".join(dict.fromkeys(condition for _, condition in known))
                subsets = ", ".join(dict.fromkeys(subset for subset, _ in known))
                raise ZrcError(
                    f"--zrc-max={limit.text} holds for no score: the conditions are {conditions}, of the subsets "
                    f"{subsets} (as {known[0][0]}::{known[0][1]})"
                )

    def of(self, subset: str, condition: str, *, scored: bool) -> list[Kind]:
        """Return which gates there are for a score; where it is not scored, those that miss it."""
        kinds: list[Kind] = []
        if any(limit.holds_for(subset, condition) for limit in self.limits):
            kinds.append("max")
        if self.baseline and (scored or _find(self.baseline, subset, condition)):
            kinds.append("baseline")
        return kinds

    def judge(self, kind: Kind, score: Score, details: Details | None, origin: Results) -> Verdict:
        """Judge a score.

        Args:
            kind: by which gate.
            score: with a value, or with the reason why there is none.
            details: what it is made of, if known.
            origin: what it was made with: profile, parameters, dataset, versions.
        """
        if score.score is None or math.isnan(score.score):
            reason = score.reason or "the score is not a number"
            return Verdict(
                kind, score.subset, score.condition, passed=False, text=f"{_name(score)} is missing: {reason}"
            )
        if kind == "max":
            return self._judge_by_limits(score, score.score, details)
        return self._judge_by_baseline(score, score.score, details, origin)

    def _judge_by_limits(self, score: Score, rate: float, details: Details | None) -> Verdict:
        limit = min((one for one in self.limits if one.holds_for(score.subset, score.condition)), key=_rate)
        passed = rate <= limit.rate + SLACK
        measured = f"{_name(score)}: {_percent(rate)} %{_interval(score)}"
        if passed:
            text = f"{measured} is within the limit of {_percent(limit.rate)} % ({limit.text})"
        else:
            text = (
                f"{measured} exceeds the limit of {_percent(limit.rate)} % by {_points(rate - limit.rate)} "
                f"({limit.text}){_worst(details)}"
            )
        return Verdict("max", score.subset, score.condition, passed, text, measured=rate, limit=limit.rate)

    def _judge_by_baseline(self, score: Score, rate: float, details: Details | None, origin: Results) -> Verdict:
        if self.baseline is None:
            raise ValueError("there is no baseline")

        def verdict(text: str, *, passed: bool = False, limit: float | None = None) -> Verdict:
            value = before.score if before else None
            return Verdict("baseline", score.subset, score.condition, passed, text, rate, limit, value)

        before = _find(self.baseline, score.subset, score.condition)
        refusal = why_refused(self.baseline, origin, score.subset)
        if refusal:
            return verdict(f"{_name(score)}: {refusal}")
        if before is None or before.score is None:
            return verdict(f"{_name(score)}: the baseline has no such score; {_UPDATE}")
        theirs = next((one for one in self.baseline.details if _same(one, score)), None)
        change = difference(before, score, theirs, details)
        allowed = self._allowed(score, change)
        if isinstance(allowed, str):
            return verdict(f"{_name(score)}: {allowed}")
        passed = change.difference <= allowed + SLACK
        text = _changed(score, change, allowed, self.tolerance) + ("" if passed else _lost(change))
        return verdict(text, passed=passed, limit=change.before + allowed)

    def _allowed(self, score: Score, change: Difference) -> float | str:
        """Return by how much the score may exceed the one before, a fraction; or why that cannot be said."""
        match self.tolerance.kind:
            case "absolute":
                return self.tolerance.amount
            case "relative":
                return self.tolerance.amount * change.before
            case "ci":
                if score.low is None:
                    return "there is no interval (fewer than two speakers): give --zrc-tolerance in percentage points"
                return max(0.0, change.after - score.low)
            case "paired":
                if change.low is None:
                    return f"there is no interval of the difference ({change.obstacle}): give another --zrc-tolerance"
                return max(0.0, change.difference - change.low)


def why_refused(baseline: Results, origin: Results, subset: str) -> str:
    """Return why scores cannot be judged by a baseline, a sentence with what to do; empty where they can."""
    problem = why_not_comparable(baseline, origin, subset)
    for name in SCORE_PARAMETERS:
        ours, theirs = origin.parameters.get(name), baseline.parameters.get(name)
        if not problem and ours != theirs:
            problem = f"the parameter {name} differs: {ours} here, {theirs} there"
    return f"not comparable with the baseline, as {problem}; {_UPDATE}" if problem else ""


def _find(results: Results, subset: str, condition: str) -> Score | None:
    return next((one for one in results.scores if (one.subset, one.condition) == (subset, condition)), None)


def _same(details: Details, score: Score) -> bool:
    return (details.subset, details.condition) == (score.subset, score.condition)


def _rate(limit: Limit) -> float:
    return limit.rate


def _changed(score: Score, change: Difference, allowed: float, tolerance: Tolerance) -> str:
    text = f"{_name(score)}: {_percent(change.after)} %{_interval(score)} is "
    if abs(change.difference) <= SLACK:
        text += f"that of the baseline; it may be {_points(allowed)} higher ({tolerance.text})"
    elif change.difference < 0:
        text += f"{_points(-change.difference)} below the {_percent(change.before)} % of the baseline"
    else:
        text += (
            f"{_points(change.difference)} above the {_percent(change.before)} % of the baseline, and "
            f"{_points(allowed)} is allowed ({tolerance.text})"
        )
    if change.low is not None and change.high is not None:
        text += f"; {_level()} interval of the difference {_signed(change.low)} to {_signed(change.high)}"
    return text


def _lost(change: Difference) -> str:
    worst = [pair for pair in change.pairs[:_WORST] if pair.difference > 0]
    pairs = [
        f"{pair.phone} from {pair.other_phone} {_signed(pair.difference)} ({_percent(pair.before, 1)} to "
        f"{_percent(pair.after, 1)} %)"
        for pair in worst
    ]
    return f"\nphone pairs that lost most: {', '.join(pairs)}" if pairs else ""


def _worst(details: Details | None) -> str:
    if details is None:
        return ""
    table = details.tables[PHONE_PAIRS]
    rows = sorted(zip(table["error_rate"], table["phone"], table["other_phone"], strict=True), reverse=True)
    pairs = [f"{phone} from {other} {_percent(rate, 1)} %" for rate, phone, other in rows[:_WORST]]
    return f"\nphone pairs with most errors: {', '.join(pairs)}"


def _name(score: Score) -> str:
    return f"{score.subset} {score.condition}"


def _interval(score: Score) -> str:
    if score.low is None or score.high is None:
        return ""
    return f" ({_level()} interval {_percent(score.low)} to {_percent(score.high)})"


def _level() -> str:
    return f"{100 * LEVEL:.0f} %"


def _percent(rate: float, decimals: int = 2) -> str:
    return f"{100 * rate:.{decimals}f}"


def _points(rate: float) -> str:
    return f"{100 * rate:.2f} points"


def _signed(rate: float) -> str:
    return f"{100 * rate:+.2f}"
