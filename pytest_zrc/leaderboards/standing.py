"""Where the scores of a run stand among published ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import fsum

from pytest_zrc.leaderboards.board import Entry, Leaderboard, ScoreName


@dataclass(frozen=True, slots=True)
class Rank:
    """A place among published scores; equal scores share the better one.

    Attributes:
        rank: 1 for the lowest error.
        of: how many scores are ranked, this one and the published ones.
    """

    rank: int
    of: int

    @classmethod
    def among(cls, score: float, published: Collection[float]) -> Rank:
        """Rank a score among others."""
        return cls(1 + sum(other < score for other in published), 1 + len(published))


@dataclass(frozen=True, slots=True)
class Overall:
    """The mean over all scores of a run, among the systems that have published all of them.

    Attributes:
        mean: in percent, two decimals.
        scores: how many they are.
        rank: its place.
        best: the published system with the lowest mean.
        best_mean: of that, in percent, two decimals.
    """

    mean: float
    scores: int
    rank: Rank
    best: Entry
    best_mean: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands.

    Attributes:
        leaderboard: among which scores.
        ranks: of each score that others have published.
        overall: of their mean; ``None`` where nobody has published all of them.
        obstacle: why there are no ranks, a sentence; empty where there are.
    """

    leaderboard: Leaderboard
    ranks: Mapping[ScoreName, Rank] = field(default_factory=dict)
    overall: Overall | None = None
    obstacle: str = ""


def stand(leaderboard: Leaderboard, scores: Mapping[ScoreName, float], profile: str) -> Standing:
    """Rank scores among the published ones.

    Args:
        leaderboard: with what was published.
        scores: in percent; they are compared as published ones are written, rounded to as many decimals.
        profile: that they were made with.
    """
    obstacle = why_not_compared(leaderboard, profile)
    if obstacle:
        return Standing(leaderboard, obstacle=obstacle)
    rounded = as_published(leaderboard, scores)
    published = {name: [e.scores[name] for e in leaderboard.entries if name in e.scores] for name in rounded}
    ranks = {name: Rank.among(score, published[name]) for name, score in rounded.items() if published[name]}
    return Standing(leaderboard, ranks, _overall(leaderboard, rounded))


def why_not_compared(leaderboard: Leaderboard, profile: str) -> str:
    """Return why scores of a profile cannot be compared with published ones, a sentence; empty where they can."""
    published = leaderboard.profile
    if profile == published:
        return ""
    return (
        f"published scores were made with profile {published}, these with {profile}: "
        f"they cannot be compared (--zrc-profile={published})"
    )


def as_published(leaderboard: Leaderboard, scores: Mapping[ScoreName, float]) -> dict[ScoreName, float]:
    """Round scores, in percent, as the published ones are, so that the same features have the same scores."""
    return {name: round(score, leaderboard.decimals) for name, score in scores.items()}


def mean_percent(scores: Mapping[ScoreName, float], names: Collection[ScoreName]) -> float | None:
    """Return the mean of some scores, two decimals; ``None`` where one of them is missing, or there are none."""
    if not names or any(name not in scores for name in names):
        return None
    return round(fsum(scores[name] for name in names) / len(names), 2)


def _overall(leaderboard: Leaderboard, scores: Mapping[ScoreName, float]) -> Overall | None:
    mean = mean_percent(scores, scores)
    means = [(entry, mean_percent(entry.scores, scores)) for entry in leaderboard.entries]
    published = [(entry, theirs) for entry, theirs in means if theirs is not None]
    if mean is None or not published:
        return None
    best, best_mean = min(published, key=lambda pair: pair[1])
    return Overall(mean, len(scores), Rank.among(mean, [theirs for _, theirs in published]), best, best_mean)
