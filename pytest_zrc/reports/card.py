"""A score and what it is made of, as a piece of HTML."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape

from pytest_zrc.reports.percent import interval, percent
from pytest_zrc.reports.phone_pairs import PhonePairs
from pytest_zrc.scoring.scores import LEVEL, Details, Score

_WORST = 10  # pairs of phones
_BESIDE = "display: flex; flex-wrap: wrap; gap: 2rem"


def score_card(score: Score, details: Details | None, plot: bytes = b"") -> str:
    """Return the value of a score, its interval, and the pairs of phones that are told apart worst.

    Args:
        score: with a value.
        details: what it is made of; ``None`` where that is not known.
        plot: of all pairs, as PNG; empty without.
    """
    pairs = "".join([*_worst_pairs(details), *_image(plot)])
    return f'<div class="zrc-score">{_headline(score)}<div style="{_BESIDE}">{pairs}</div></div>'


def _headline(score: Score) -> str:
    value = "no score" if score.score is None else f"<strong>{percent(score.score)} %</strong> ABX error rate"
    spread = "" if score.low is None else f", {100 * LEVEL:.0f} % interval {interval(score.low, score.high)} %"
    return f"<p>{value}{spread}; {score.cells} cells, profile {escape(score.profile)}</p>"


def _worst_pairs(details: Details | None) -> Iterator[str]:
    worst = PhonePairs.of(details).worst(_WORST) if details else []
    if not worst:
        return
    yield "<div><p>Pairs of phones with the most errors:</p><table><thead><tr>"
    yield from (f'<th scope="col">{name}</th>' for name in ("A and X", "B", "error, %", "cells"))
    yield "</tr></thead><tbody>"
    for pair in worst:
        yield f"<tr><td>{escape(pair.phone)}</td><td>{escape(pair.other)}</td>"
        yield f"<td>{percent(pair.error)}</td><td>{pair.cells}</td></tr>"
    yield "</tbody></table></div>"


def _image(plot: bytes) -> Iterator[str]:
    if plot:
        source = f"data:image/png;base64,{b64encode(plot).decode()}"
        yield f'<img alt="The error of all pairs of phones" src="{source}" style="width: 35rem; max-width: 100%">'
