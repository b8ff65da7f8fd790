"""What the server is told of a system and its submission, from meta.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_zrc.submission.layout import SCORES
from pytest_zrc.submission.meta import MODEL_ID, flatten
from pytest_zrc.upload.contract import ModelFacts

LEADERBOARD = f"{SCORES}/leaderboard.json"
"""The entry on the leaderboard, by its path in a submission."""


def model_facts(meta: Mapping[str, object]) -> ModelFacts:
    """Return what a model id is made for; what meta.yaml leaves out is empty."""
    return ModelFacts(
        description=text_of(meta, "model_info.system_description"),
        gpu_budget=text_of(meta, "model_info.gpu_budget"),
        train_set=text_of(meta, "model_info.train_set"),
        authors=text_of(meta, "publication.authors"),
        institution=text_of(meta, "publication.institution"),
        team=text_of(meta, "publication.team"),
        paper_url=text_of(meta, "publication.paper_url") or None,
        code_url=text_of(meta, "code_url") or None,
    )


def model_id(meta: Mapping[str, object]) -> str:
    """Return the id of the system, empty where it has none yet."""
    return text_of(meta, MODEL_ID)


def author_label(meta: Mapping[str, object]) -> str:
    """Return the short name of the authors, as ``Martin et al.``; it may be empty."""
    return text_of(meta, "publication.author_label")


def first_author(meta: Mapping[str, object]) -> str:
    """Return the family name of the first author, of which a model id is made.

    That is the first word of the label, if there is one, else the last word of the first name in the list of authors.
    """
    label = author_label(meta).split()
    if label:
        return label[0]
    authors = text_of(meta, "publication.authors").replace(" and ", ",").replace(";", ",").split(",")
    return (authors[0].split() or [""])[-1]


def server_label(meta: Mapping[str, object], benchmark: str) -> str:
    """Return what the server calls the benchmark of a submission; all of those to try it out have one name there."""
    name = text_of(meta, "benchmark_name")
    return "test-challenge" if name.casefold().startswith("test-") else benchmark


def text_of(meta: Mapping[str, object], field: str) -> str:
    """Return a field as text, empty where it is not there."""
    value = flatten(meta)[0].get(field)
    return "" if value is None else str(value).strip()
