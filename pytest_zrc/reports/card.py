"""A score and what it is made of, as a piece of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from pytest_zrc.reports.percent import interval, percent
from pytest_zrc.scoring.scores import LEVEL, Details, Score

_WORST = 10  # pairs of phones


def score_card(score: Score, details: Details | None) -> str:
    """Return the value of a score, its interval, and the pairs of phones that are told apart worst."""
    return "".join(['<div class="zrc-score">', _headline(score), *_worst_pairs(details), "</div>"])


def _headline(score: Score) -> str:
    value = "no score" if score.score is None else f"<strong>{percent(score.score)} %</strong> ABX error rate"
    spread = "" if score.low is None else f", {100 * LEVEL:.0f} % interval {interval(score.low, score.high)} %"
    return f"<p>{value}{spread}; {score.cells} cells, profile {escape(score.profile)}</p>"


def _worst_pairs(details: Details | None) -> Iterator[str]:
    pairs = details.tables.get("phone-pairs", {}) if details else {}
    rows = sorted(zip(*pairs.values(), strict=True), key=lambda row: row[list(pairs).index("error_rate")], reverse=True)
    if not rows:
        return
    yield "<p>Pairs of phones with the most errors:</p><table><thead><tr>"
    yield from (f'<th scope="col">{name}</th>' for name in ("A and X", "B", "error, %", "cells"))
    yield "</tr></thead><tbody>"
    for row in rows[:_WORST]:
        cells = dict(zip(pairs, row, strict=True))
        yield f"<tr><td>{escape(cells['phone'])}</td><td>{escape(cells['other_phone'])}</td>"
        yield f"<td>{percent(cells['error_rate'])}</td><td>{cells['cells']}</td></tr>"
    yield "</tbody></table>"
