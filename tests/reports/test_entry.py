"""Entries for the leaderboard: every score in its place and unit, and everything that is known of the system."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pytest_zrc.benchmarks.model import Benchmark
from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.errors import ZrcError
from pytest_zrc.leaderboards.board import read_leaderboard
from pytest_zrc.reports.entry import leaderboard_entry
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Score
from tests.builders import META
from tests.scored import scored

DATE = datetime(2026, 11, 22, 23, 51, 28, 502986, tzinfo=UTC)
TEXT, MAYBE = (str,), (str, type(None))
SHAPE: Mapping[str, Any] = {
    "model_id": TEXT,
    "submission_id": TEXT,
    "index": (type(None),),
    "submission_date": TEXT,
    "submitted_by": TEXT,
    "description": TEXT,
    "publication": {
        **dict.fromkeys(("author_short", "authors", "paper_title", "paper_ref", "bib_ref", "paper_url"), MAYBE),
        "pub_year": (int, type(None)),
        **dict.fromkeys(("team_name", "institution", "code", "DOI"), MAYBE),
        "open_science": (bool,),
    },
    "details": {"train_set": MAYBE, "benchmarks": (list,), "gpu_budget": MAYBE, "parameters": (dict,)},
    "scores": (dict,),
    "extras": (dict,),
}
"""The fields of an entry in the public archive, and their types."""


def published(benchmark: Benchmark) -> Results:
    """Return the published scores of the system that is shown beside others, as if they had been computed."""
    entries = read_leaderboard(benchmark).entries
    entry = next(one for one in entries if one.model_id == benchmark.published_system)
    scores = [
        Score.of(subset.name, condition, entry.scores[subset.name, condition.name] / 100)
        for subset in benchmark.subsets
        for condition in benchmark.conditions
    ]
    return Results(
        benchmark=benchmark,
        profile=benchmark.leaderboard_profile,
        submission="/home/doe/submission",
        parameters=benchmark.defaults.as_dict(),
        device="cpu",
        versions={"pytest-zrc": "1.0"},
        dataset_digests={},
        checks=(),
        findings={},
        scores=scores,
        feature_digests={"english": "d41d8"},
    )


def entry_of(results: Results, meta: Mapping[str, object] = META, date: datetime = DATE) -> Any:  # noqa: ANN401
    return json.loads(leaderboard_entry(results, meta, username="doe", model_id="Doe26a", date=date))


def require_shape(value: Mapping[str, Any], shape: Mapping[str, Any]) -> None:
    assert list(value) == list(shape)
    for name, kind in shape.items():
        if isinstance(kind, tuple):
            assert type(value[name]) in kind, name
        else:
            require_shape(value[name], kind)


def leaves(nested: Mapping[str, Any], *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield what is at the ends of nested mappings; a record with a score is an end."""
    for name, value in nested.items():
        if isinstance(value, dict) and "score" not in value:
            yield from leaves(value, *above, name)
        else:
            yield (*above, name), value


@pytest.mark.parametrize(("name", "count"), [("abxLS", 24), ("abx17", 30), ("abx15", 4)])
def test_published_systems_get_entries_of_the_archive_s_shape(name: str, count: int) -> None:
    entry = entry_of(published(BENCHMARKS[name]))
    require_shape(entry, SHAPE)
    assert len(list(leaves(entry["scores"]))) == count
    assert all(type(value) is str for value in entry["details"]["benchmarks"])


def test_scores_of_abxls_are_fractions_with_what_they_are_of() -> None:
    benchmark = BENCHMARKS["abxLS"]
    results = published(benchmark)
    values = {(score.subset, score.condition): score.score for score in results.scores}
    found = dict(leaves(entry_of(results)["scores"]))
    for (granularity, context, task, speaker, part), record in found.items():
        subset = f"{part}-{task}"
        assert record == {
            "subset": subset,
            "granularity": granularity,
            "speaker_mode": speaker,
            "context_mode": context,
            "score": values[subset, f"{granularity}-{context}-{speaker}"],
            "pooling": "none",
            "seed": 3459,
        }
    assert {granularity + "-" + context for granularity, context, *_ in found} == set(benchmark.kinds)


def test_scores_of_abx17_are_percent_as_they_were_published() -> None:
    scores = entry_of(published(BENCHMARKS["abx17"]))["scores"]
    assert scores["english"]["t_1s"] == {"within": 12.0, "across": 23.4}
    assert scores["german"]["t_10s"] == {"within": 9.3, "across": 23.2}
    assert scores["wolof"]["t_120s"] == {"within": 14.1, "across": 29.5}
    assert list(scores) == ["english", "french", "mandarin", "german", "wolof"]


def test_scores_of_abx15_are_percent_by_language() -> None:
    benchmark = BENCHMARKS["abx15"]
    results = published(benchmark)
    scores = entry_of(results)["scores"]
    assert {place: pytest.approx(value / 100) for place, value in leaves(scores)} == {
        (score.subset, score.condition): score.score for score in results.scores
    }


def test_a_real_run_over_the_demo_has_its_scores_by_subset_and_condition(tmp_path: Path) -> None:
    results = scored(tmp_path)
    entry = entry_of(results)
    require_shape(entry, SHAPE)
    assert dict(leaves(entry["scores"])) == {(score.subset, score.condition): score.score for score in results.scores}
    assert entry["extras"]["feature_digests"] == dict(results.feature_digests)
    assert entry["extras"]["profile"] == "librilight"
    assert entry["extras"]["versions"]["pytest-zrc"]


def test_an_entry_says_who_made_what_and_how() -> None:
    entry = entry_of(published(BENCHMARKS["abx17"]))
    assert (entry["model_id"], entry["submitted_by"], entry["submission_id"]) == ("Doe26a", "doe", "")
    assert entry["description"] == "noise around one vector for each phone"
    assert entry["publication"] == {
        "author_short": "Doe et al.",
        "authors": "Jane Doe, John Doe",
        "paper_title": "Noise",
        "paper_ref": "Jane Doe, John Doe (2026) Noise",
        "bib_ref": "Doe & Doe (2026)",
        "paper_url": "https://example.org/noise",
        "pub_year": 2026,
        "team_name": "Doe",
        "institution": "Example University",
        "code": "https://example.org/code",
        "DOI": "10.1000/182",
        "open_science": True,
    }
    details = entry["details"]
    assert (details["train_set"], details["gpu_budget"], details["benchmarks"]) == ("none", "60", ["ABX-17"])
    assert details["parameters"]["frame_shift"] == 0.01
    assert details["parameters"]["metric"] == "cosine"
    assert "cuda" not in details["parameters"]


def test_what_is_not_known_is_null() -> None:
    meta = {"model_info": {"gpu_budget": ""}, "publication": {"paper_title": None, "publication_year": "soon"}}
    entry = entry_of(published(BENCHMARKS["abx15"]), meta)
    require_shape(entry, SHAPE)
    assert not any(value for name, value in entry["publication"].items())
    assert entry["publication"]["authors"] is None
    assert entry["details"]["gpu_budget"] is None
    assert entry["description"] == ""


@pytest.mark.parametrize("meta", [{"publication": "none", "model_info": ["x"]}, {"publication": {"authors": ["A"]}}])
def test_fields_of_another_kind_than_they_should_be_do_no_harm(meta: Mapping[str, object]) -> None:
    require_shape(entry_of(published(BENCHMARKS["abx15"]), meta), SHAPE)


def test_text_that_no_file_can_hold_is_escaped() -> None:
    text = leaderboard_entry(
        published(BENCHMARKS["abx15"]),
        {"publication": {"authors": "Räsänen \ud800"}},
        username="doe",
        model_id="",
        date=DATE,
    )
    assert text.isascii()


def test_the_date_is_in_utc_to_the_second() -> None:
    east = DATE.astimezone(timezone(timedelta(hours=9)))
    assert entry_of(published(BENCHMARKS["abx15"]), date=east)["submission_date"] == "2026-11-22T23:51:28+00:00"


def test_the_submitter_s_folders_are_nobody_s_business() -> None:
    assert "/home/doe" not in json.dumps(entry_of(published(BENCHMARKS["abxLS"])))


def test_missing_scores_are_named() -> None:
    results = published(BENCHMARKS["abx15"])
    first, second, *rest = results.scores
    partial = replace(results, scores=[replace(first, score=None, reason="NaN"), *rest])
    with pytest.raises(ZrcError, match=r"has 4 scores, and 2 of them are missing \(english within, english across\)"):
        entry_of(partial)
    assert second.condition == "across"


def test_of_many_missing_scores_some_are_named() -> None:
    results = replace(published(BENCHMARKS["abxLS"]), scores=[])
    with pytest.raises(ZrcError, match=r"24 of them are missing \(dev-clean [^()]* and 20 more\): score the whole"):
        entry_of(results)
