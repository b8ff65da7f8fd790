"""meta.yaml: who made a submission, and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pytest_zrc.submission.yamlfile import Scalar

_PLACEHOLDER = re.compile(r"\s*<.*>\s*", re.DOTALL)

MODEL_ID, USERNAME, SUBMISSION_ID = FILLED_IN = ("model_info.model_id", "username", "submission_id")
"""The fields that an upload fills in."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of meta.yaml.

    Attributes:
        name: dotted, as ``publication.authors``.
        need: a missing ``required`` field is an error, a missing ``recommended`` one a warning.
        expected: what it holds.
        holds: tells whether a value that is there is of that kind.
        example: such a value.
        empty: whether a required field may be there and empty.
    """

    name: str
    need: Literal["required", "recommended", "optional"]
    expected: str
    holds: Callable[[object], bool]
    example: Scalar
    empty: bool = False


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_number(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 2200


def _is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


FIELDS = (
    Field("benchmark_name", "required", "the name of the benchmark", _is_text, "abxLS"),
    Field("model_info.model_id", "optional", "the id given at the first upload", _is_text, "Mar26a"),
    Field(
        "model_info.system_description",
        "required",
        "text: what the system is",
        _is_text,
        "CPC of 4 LSTM layers, features of the second",
    ),
    Field("model_info.train_set", "required", "text: what it was trained on", _is_text, "LibriSpeech train-clean-100"),
    Field(
        "model_info.gpu_budget",
        "recommended",
        "text or a number: hours of GPU for the training",
        _is_text_or_number,
        60,
    ),
    Field(
        "publication.author_label",
        "required",
        "a short label like `Ada et al.`, or nothing",
        _is_text,
        "Martin et al.",
        empty=True,
    ),
    Field("publication.authors", "required", "text: the names of all authors", _is_text, "Ada Martin, John Doe"),
    Field("publication.paper_title", "recommended", "text: the title of the paper", _is_text, "On the units of speech"),
    Field(
        "publication.paper_url", "recommended", "an absolute URL (https://...)", _is_url, "https://example.org/paper"
    ),
    Field("publication.publication_year", "required", "a year, as a number", _is_year, 2026),
    Field(
        "publication.bib_reference",
        "optional",
        "text: the reference as bibliographies have it",
        _is_text,
        "Martin & Doe (2026), Interspeech",
    ),
    Field("publication.DOI", "optional", "text: the DOI of the paper", _is_text, "10.1000/182"),
    Field("publication.institution", "required", "text: where the authors work", _is_text, "Example University"),
    Field("publication.team", "optional", "text: the name of the team", _is_text, "Example Speech Group"),
    Field("open_source", "required", "true or false", _is_boolean, True),
    Field("code_url", "recommended", "an absolute URL (https://...)", _is_url, "https://example.org/code"),
    Field("username", "optional", "the name of the account that uploads", _is_text, "ada"),
    Field("submission_id", "optional", "the id given at the upload", _is_text, "20261122235128502986_ada"),
)
SECTIONS = tuple(dict.fromkeys(item.name.split(".")[0] for item in FIELDS if "." in item.name))


def is_placeholder(value: object) -> bool:
    """Tell whether a value is still that of a template, which has it in angle brackets."""
    return isinstance(value, str) and bool(_PLACEHOLDER.fullmatch(value))


def flatten(values: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Return the values of meta.yaml by dotted name, and the sections that are none."""
    flat: dict[str, object] = {}
    odd: list[str] = []
    for name, value in values.items():
        if name in SECTIONS and isinstance(value, dict):
            flat.update({f"{name}.{key}": inner for key, inner in value.items()})
        elif name in SECTIONS and value is not None:
            odd.append(name)
        elif name not in SECTIONS:
            flat[name] = value
    return flat, odd
