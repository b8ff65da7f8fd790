"""Pairs of phones over several scores: which of them a mean difference comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from pytest_zrc.comparison.paired import Difference, PairChange


@dataclass(frozen=True, slots=True)
class PairTrend:
    """What became of a pair of phones in several scores.

    Attributes:
        phone: of A and X.
        other_phone: of B.
        before, after: means of its error rates, fractions.
        scores: how many scores have it.
        rose, fell: in how many of them its error rate did.
        share: what it adds to the mean difference of all scores, a fraction. The shares of all pairs add up to it
            where both results have the same pairs.
    """

    phone: str
    other_phone: str
    before: float
    after: float
    scores: int
    rose: int
    fell: int
    share: float

    @property
    def difference(self) -> float:
        """Return by how much its mean error rate has grown."""
        return self.after - self.before


def pair_trends(differences: Sequence[Difference]) -> tuple[PairTrend, ...]:
    """Follow pairs of phones through several scores.

    A score is the mean over its pairs of phones. So a pair adds its own difference, divided by the number of pairs, to
    that of the score. Ranked in this way, a pair that few scores have, or that moved in one of them only, does not
    come before one that moved in all.

    Args:
        differences: of the scores; those without pairs are not looked at.

    Returns:
        The pairs, the one that made the mean worse by most first.
    """
    known = [one for one in differences if one.pairs]
    changes: defaultdict[tuple[str, str], list[PairChange]] = defaultdict(list)
    shares: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for one in known:
        for pair in one.pairs:
            phones = pair.phone, pair.other_phone
            changes[phones].append(pair)
            shares[phones].append(pair.difference / len(one.pairs) / len(known))
    trends = [_trend(its, fsum(shares[phones])) for phones, its in changes.items()]
    return tuple(sorted(trends, key=lambda one: (-one.share, one.phone, one.other_phone)))


def _trend(changes: Sequence[PairChange], share: float) -> PairTrend:
    return PairTrend(
        phone=changes[0].phone,
        other_phone=changes[0].other_phone,
        before=fsum(one.before for one in changes) / len(changes),
        after=fsum(one.after for one in changes) / len(changes),
        scores=len(changes),
        rose=sum(one.difference > 0 for one in changes),
        fell=sum(one.difference < 0 for one in changes),
        share=share,
    )
