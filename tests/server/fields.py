"""The fields of a JSON body, as far as the server looks at them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.server.answers import invalid, missing, problem

Problem = Mapping[str, object]


def read_json(text: bytes) -> dict[str, Any]:
    """Read an object."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise invalid(problem("body", "0", str(error), "value_error.jsondecode")) from None
    if not isinstance(value, dict):
        raise invalid(problem("body", "0", "value is not a valid dict", "type_error.dict"))
    return value


def require(problems: Iterable[Problem | None]) -> None:
    """Refuse a body that has problems."""
    found = [each for each in problems if each is not None]
    if found:
        raise invalid(*found)


def text_problem(values: Mapping[str, Any], name: str) -> Problem | None:
    """Say what is wrong with a text that must be there; numbers count as texts."""
    if name not in values:
        return missing("body", name)
    if values[name] is None:
        return problem("body", name, "none is not an allowed value", "type_error.none.not_allowed")
    if not isinstance(values[name], str | int | float):
        return problem("body", name, "str type expected", "type_error.str")
    return None


def flag_problem(values: Mapping[str, Any], name: str) -> Problem | None:
    """Say what is wrong with a truth value that must be there."""
    if name not in values:
        return missing("body", name)
    if not isinstance(values[name], bool):
        return problem("body", name, "value could not be parsed to a boolean", "type_error.bool")
    return None


def url_problem(values: Mapping[str, Any], name: str) -> Problem | None:
    """Say what is wrong with a URL that may be null; an empty text is not null."""
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        return problem("body", name, "ensure this value has at least 1 characters", "value_error.any_str.min_length")
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname:
        return problem("body", name, "invalid or missing URL scheme", "value_error.url.scheme")
    return None
