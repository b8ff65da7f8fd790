"""``leaderboard.json``: a system's entry on the leaderboard of its benchmark, as the public archive has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any, TypeAlias

from pytest_zrc.benchmarks.model import Subset
from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Score, Scores

_Record: TypeAlias = dict[str, Any]

_LABELS = {"abxLS": "ABX-LS", "abx17": "ABX-17", "abx15": "ABX-15"}  # what the archive calls the benchmarks
_RENAMED = {"feature_size": "frame_shift", "distance_mode": "metric"}
_OF_THE_RUN = ("cuda", "score_file_type", "result_filename")  # parameters that say nothing of the scores
_DECIMALS = 4  # of percent
_MOST_NAMED = 4  # scores, in a message


def leaderboard_entry(
    results: Results, meta: Mapping[str, object], *, username: str, model_id: str, date: datetime
) -> str:
    """Return the entry as JSON text.

    Scores of abxLS are fractions with the record of each, those of abx17 and abx15 percent with four decimals. What is
    not known is null, as the place (``index``) on the leaderboard. The submission's id is empty: the server gives it
    when it has been told the digest of the archive, which this text is in.

    Args:
        results: with a value for every subset and condition of the benchmark.
        meta: the fields of meta.yaml.
        username: who submits.
        model_id: of the system.
        date: of the submission, with its time zone.

    Raises:
        ZrcError: scores are missing.
    """
    _require_all(results)
    entry = {
        "model_id": model_id,
        "submission_id": "",
        "index": None,
        "submission_date": date.astimezone(UTC).isoformat(timespec="seconds"),
        "submitted_by": username,
        "description": _text(meta, "model_info.system_description") or "",
        "publication": _publication(meta),
        "details": {
            "train_set": _text(meta, "model_info.train_set"),
            "benchmarks": [_LABELS.get(results.benchmark.name, results.benchmark.name)],
            "gpu_budget": _text(meta, "model_info.gpu_budget"),
            "parameters": _parameters(results.parameters),
        },
        "scores": _scores(results),
        "extras": _extras(results),
    }
    return json.dumps(entry, indent=2, allow_nan=False) + "\n"


def _require_all(results: Results) -> None:
    benchmark = results.benchmark
    known = set(Scores(results.scores))
    wanted = [(one.name, other.name) for one, other in product(benchmark.subsets, benchmark.conditions)]
    missing = [" ".join(name) for name in wanted if name not in known]
    if missing:
        more = len(missing) - _MOST_NAMED
        named = ", ".join(missing[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        raise ZrcError(
            f"a leaderboard entry of {benchmark.name} has {len(wanted)} scores, and {len(missing)} of them are missing "
            f"({named}): score the whole submission, without --zrc-sets and --zrc-tasks"
        )


def _publication(meta: Mapping[str, object]) -> _Record:
    year = _value(meta, "publication.publication_year")
    return {
        "author_short": _text(meta, "publication.author_label"),
        "authors": _text(meta, "publication.authors"),
        "paper_title": _text(meta, "publication.paper_title"),
        "paper_ref": _reference(meta),
        "bib_ref": _text(meta, "publication.bib_reference"),
        "paper_url": _text(meta, "publication.paper_url"),
        "pub_year": year if type(year) is int else None,
        "team_name": _text(meta, "publication.team"),
        "institution": _text(meta, "publication.institution"),
        "code": _text(meta, "code_url"),
        "DOI": _text(meta, "publication.DOI"),
        "open_science": _value(meta, "open_source") is True,
    }


def _reference(meta: Mapping[str, object]) -> str | None:
    """Return how the archive refers to a paper: authors, year and title; ``None`` where there is no paper."""
    authors, year, title = (
        _text(meta, f"publication.{name}") for name in ("authors", "publication_year", "paper_title")
    )
    return f"{authors} ({year}) {title}" if authors and year and title else None


def _value(meta: Mapping[str, object], field: str) -> object:
    """Return the value of a field like ``outer.inner``, ``None`` where there is none."""
    outer, _, inner = field.rpartition(".")
    fields = meta.get(outer) if outer else meta
    return fields.get(inner) if isinstance(fields, Mapping) else None


def _text(meta: Mapping[str, object], field: str) -> str | None:
    """Return a field as text, ``None`` where it is empty."""
    value = _value(meta, field)
    return (str(value).strip() or None) if value is not None else None


def _parameters(parameters: Mapping[str, object]) -> _Record:
    return {_RENAMED.get(name, name): value for name, value in parameters.items() if name not in _OF_THE_RUN}


def _scores(results: Results) -> _Record:
    subsets = {subset.name: subset for subset in results.benchmark.subsets}
    nested: _Record = {}
    values = Scores(results.scores)
    for score in values.records:
        fraction = values[score.subset, score.condition]
        (*outer, last), value = _placed(score, fraction, subsets[score.subset], results)
        level = nested
        for name in outer:
            level = level.setdefault(name, {})
        level[last] = value
    return nested


def _placed(score: Score, fraction: float, subset: Subset, results: Results) -> tuple[tuple[str, ...], object]:
    """Return the names under which the archive has a score, and what it has there."""
    match results.benchmark.name:
        case "abxLS":
            place = score.granularity, score.context_mode, subset.task, score.speaker_mode, subset.set
            return place, {
                "subset": score.subset,
                "granularity": score.granularity,
                "speaker_mode": score.speaker_mode,
                "context_mode": score.context_mode,
                "score": fraction,
                "pooling": results.parameters["pooling"],
                "seed": results.parameters["seed"],
            }
        case "abx17":
            return (subset.task, f"t_{subset.set}", score.condition), round(100 * fraction, _DECIMALS)
        case "abx15":
            return (subset.task, score.condition), round(100 * fraction, _DECIMALS)
        case _:
            return (subset.name, score.condition), fraction


def _extras(results: Results) -> _Record:
    """Return how the numbers were made."""
    return {
        "profile": results.profile,
        "versions": dict(results.versions),
        "device": results.device,
        "dataset_digest": results.dataset_digest,
        "feature_digests": dict(results.feature_digests),
        "model": None if results.model is None else dict(results.model),
    }
