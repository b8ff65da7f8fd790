"""Results compared with the first ones: on the terminal, and in Markdown for a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from pytest_zrc.comparison.paired import Outcome
from pytest_zrc.comparison.pairs import PairTrend
from pytest_zrc.comparison.several import DRAWING, Comparison, Comparisons
from pytest_zrc.reports.columns import Rows, aligned, as_markdown, markdown_table, without_repeats
from pytest_zrc.reports.percent import percent, signed, signed_interval

_OUTCOMES: tuple[Outcome, ...] = ("better", "worse", "not distinguishable", "no interval")
_SIDES = {"ranking": "rlrrrrrr", "scores": "llrrrrl", "pairs": "llrrrrl"}


def comparison_lines(comparisons: Comparisons, pairs: int) -> Iterator[str]:
    """Yield a table for each of the results but the first, after a ranking where there are several.

    Args:
        comparisons: what to show.
        pairs: how many pairs of phones, each way.
    """
    yield f"{comparisons.benchmark}, profile {comparisons.profile}: ABX error rates in percent"
    if len(comparisons.others) > 1:
        yield from ("", _ranked_by(comparisons))
        yield from aligned(_ranking(comparisons), _SIDES["ranking"]) if comparisons.ranking else ()
    for other in comparisons.others:
        yield from ("", f"{other.name} compared with {comparisons.first}")
        yield from aligned(_scores(other), _SIDES["scores"])
        yield _count(other.outcomes)
        if changed := _most_changed(other.pairs, pairs):
            yield from ("", _PAIRS)
            yield from aligned(_pairs(changed), _SIDES["pairs"])
        yield from _notes(other, comparisons.first)


def comparison_markdown(comparisons: Comparisons, pairs: int) -> Iterator[str]:
    """Yield the lines of the same in Markdown."""
    yield f"ABX error rates in percent, {comparisons.benchmark}, profile {comparisons.profile}."
    if len(comparisons.others) > 1:
        yield from ("", _ranked_by(comparisons), "")
        yield from markdown_table(_escaped(_ranking(comparisons)), _SIDES["ranking"]) if comparisons.ranking else ()
    for other in comparisons.others:
        yield from ("", f"### {as_markdown(other.name)} compared with {as_markdown(comparisons.first)}")
        yield from ("", f"**{_count(other.outcomes)}**", "")
        yield from markdown_table(_escaped(_scores(other)), _SIDES["scores"])
        if changed := _most_changed(other.pairs, pairs):
            yield from ("", f"<details><summary>{_PAIRS}</summary>", "")
            yield from markdown_table(_escaped(_pairs(changed)), _SIDES["pairs"])
            yield from ("", "</details>")
        if found := list(_notes(other, comparisons.first)):
            yield from ("", *(f"- {as_markdown(note)}" for note in found))


def note_lines(left_out: Mapping[str, str]) -> Iterator[str]:
    """Yield what was left out of a comparison, a line for each reason."""
    reasons = dict.fromkeys(left_out.values())
    for reason in reasons:
        yield f"not compared: {', '.join(name for name, its in left_out.items() if its == reason)}: {reason}"


def obstacle_lines(obstacles: Sequence[str]) -> Iterator[str]:
    """Yield why differences have no interval, a line for each reason."""
    for obstacle, same in groupby(sorted(filter(None, obstacles))):
        number = len(list(same))
        yield f"no interval for {number} difference{'' if number == 1 else 's'}: {obstacle}"


def _ranked_by(comparisons: Comparisons) -> str:
    if not comparisons.ranking:
        return "no ranking: there is no score that all of them have"
    number = _count_scores(comparisons.ranked_scores)
    return f"ranked by the mean of {number} that all have, compared with {comparisons.first}"


def _ranking(comparisons: Comparisons) -> Rows:
    head = ["rank", "", "mean", "difference", *_OUTCOMES]
    rows = [
        [str(place.rank), place.name, percent(place.mean), signed(place.difference), *_counts(place.outcomes)]
        for place in comparisons.ranking
    ]
    return [head, *rows]


def _counts(outcomes: Counter[Outcome]) -> list[str]:
    return [str(outcomes[name]) if outcomes else "" for name in _OUTCOMES]


def _scores(comparison: Comparison) -> Rows:
    its = comparison.differences
    rows = [
        [
            subset,
            one.condition,
            percent(one.before),
            percent(one.after),
            signed(one.difference),
            signed_interval(one.low, one.high),
            one.outcome if one.outcome in ("better", "worse") else "",
        ]
        for subset, one in zip(without_repeats([one.subset for one in its]), its, strict=True)
    ]
    before, after = comparison.before, comparison.after
    mean = ["mean", f"of {_count_scores(len(its))}", percent(before), percent(after), signed(after - before), "", ""]
    return [["", "", "before", "after", "difference", "95 % interval", ""], *rows, *([mean] if len(its) > 1 else [])]


def _count_scores(number: int) -> str:
    return f"{number} score{'' if number == 1 else 's'}"


def _count(outcomes: Counter[Outcome]) -> str:
    return ", ".join(f"{name}: {outcomes[name]}" for name in _OUTCOMES if outcomes[name] or name != "no interval")


_PAIRS = "pairs of phones that changed most, by their share of the mean difference"


def _most_changed(trends: Sequence[PairTrend], number: int) -> list[PairTrend]:
    """Return those that made the mean worse by most, then those that made it better by most."""
    worse = [one for one in trends if one.share > 0][:number]
    better = [one for one in reversed(trends) if one.share < 0][:number]
    return worse + better


def _pairs(trends: Sequence[PairTrend]) -> Rows:
    head = ["A, X", "B", "before", "after", "difference", "share", ""]
    rows = [
        [
            one.phone,
            one.other_phone,
            percent(one.before),
            percent(one.after),
            signed(one.difference),
            f"{100 * one.share:+.4f}",
            f"{f'worse in {one.rose}' if one.share > 0 else f'better in {one.fell}'} of {_count_scores(one.scores)}",
        ]
        for one in trends
    ]
    return [head, *rows]


def _notes(comparison: Comparison, first: str) -> Iterator[str]:
    """Yield what must be known to read the differences."""
    changes = [f"{one.name} {one.after} (there {one.before})" for one in comparison.parameters]
    if changes:
        yield f"scored with other parameters than {first}: {', '.join(changes)}"
    if any(one.name in DRAWING for one in comparison.parameters):
        yield "other tokens were drawn than there: part of the differences may come from the draw"
    yield from obstacle_lines([one.obstacle for one in comparison.differences])
    yield from note_lines(comparison.left_out)


def _escaped(rows: Rows) -> Rows:
    return [[as_markdown(cell) for cell in row] for row in rows]
