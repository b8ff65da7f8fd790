"""What the terminal says on published scores: the system beside the scores, and the place among all systems."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_zrc.leaderboards.board import Entry
from pytest_zrc.leaderboards.standing import Overall, Standing


def published_label(standing: Standing) -> str:
    """Return what a row of published scores is called; it names their profile where they cannot be compared."""
    return f"published ({standing.leaderboard.profile})" if standing.obstacle else "published"


def standing_lines(standing: Standing) -> Iterator[str]:
    """Yield whose scores the published ones are, and the place of the mean or why there is none."""
    if standing.leaderboard.shown:
        yield f"published: {_cited(standing.leaderboard.shown)}"
    yield from place_lines(standing)


def place_lines(standing: Standing) -> Iterator[str]:
    """Yield the place of the mean among all systems, or why there is none."""
    if standing.obstacle:
        yield standing.obstacle
    elif standing.overall:
        yield _place(standing.overall, standing.leaderboard.benchmark.name)


def _cited(entry: Entry) -> str:
    names = ", ".join(str(name) for name in (entry.model_id, entry.author, entry.year) if name)
    return f"{names} ({entry.url})" if entry.url else names


def _place(overall: Overall, benchmark: str) -> str:
    place = overall.rank
    return (
        f"standing: mean of {overall.scores} score{'s' if overall.scores > 1 else ''} {overall.mean:.2f} %, "
        f"{ordinal(place.rank)} of {place.of} with the {place.of - 1} published systems "
        f"(best: {overall.best.model_id} {overall.best_mean:.2f} %); "
        f"pytest-zrc leaderboard {benchmark} lists them"
    )


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th, 21st."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
