"""The registry: which datasets can be had, where, and what their files are like."""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests

from pytest_zrc.datasets.places import app_folder, is_name
from pytest_zrc.datasets.web import answer, named, pieces, require_safe
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import kept_json, write_atomically

ADDRESS = "https://download.zerospeech.com/repo.json"
VARIABLE = "ZRC_REGISTRY"

_FRESH = dt.timedelta(hours=1)  # a copy that is younger is not asked about
_LARGEST = 4 << 20  # bytes: the real one has some thousands
_LARGEST_COPY = 6 * _LARGEST + (1 << 16)  # a letter may be six there, as \u00e9
_TIMEOUT = (5.0, 20.0)  # s: there may be a copy, and nobody wants to wait for a list
_MD5 = re.compile("[0-9a-f]{32}")
_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_ADVICE = f"give the address of another one with --registry=URL or {VARIABLE}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset of the registry.

    Attributes:
        name: of the dataset, and of its folder.
        urls: of its zip, or of the parts of it, in order; none where it must be had elsewhere.
        md5: of the zip, its parts one after the other, in lower-case hex; empty where the registry gives none.
        size: of the zip in bytes; ``None`` where the registry gives none.
        details_url: a page about it, or empty.
        description: a line about it, or empty.
        install_config: where the official toolkit finds how to make an external one, or empty; shown, not followed.
    """

    name: str
    urls: tuple[str, ...] = ()
    md5: str = ""
    size: int | None = None
    details_url: str = ""
    description: str = ""
    install_config: str = ""

    @property
    def external(self) -> bool:
        """Tell whether it must be had elsewhere: its owners let nobody else hand it out."""
        return not self.urls


@dataclass(frozen=True, slots=True)
class Registry:
    """What a registry says.

    Attributes:
        address: where it is from.
        datasets: in its order.
        others: its other entries, which are not installed: a name, and what it is (``checkpoint`` or ``sample``).
        notes: sentences on what is wrong with it, or how old it is.
    """

    address: str
    datasets: tuple[Entry, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def find(self, name: str) -> Entry:
        """Return a dataset.

        Raises:
            ZrcError: there is none of that name.
        """
        for entry in self.datasets:
            if entry.name == name:
                return entry
        if kind := self.others.get(name):
            raise ZrcError(f"{name} is a {kind}, not a dataset: pytest-zrc installs datasets only")
        near = difflib.get_close_matches(name, [entry.name for entry in self.datasets], 1)
        meant = f"did you mean {near[0]}?" if near else "'pytest-zrc datasets' lists those there are."
        raise ZrcError(
            f"{self.address} has no dataset {name!r}: {meant} One that you have yourself is installed by "
            f"'pytest-zrc datasets import {name} DIR'"
        )


def read_registry(address: str = "", *, refresh: bool = False) -> Registry:
    """Read the registry, or the copy of it that the last time left under ``$APP_DIR``.

    A copy is taken as it is for an hour. Then the server is asked whether there is a newer one; where it cannot be
    reached, or sends something else, the copy does, and a note says how old it is.

    Args:
        address: its URL; by default that in the environment variable ``ZRC_REGISTRY``, else that of the challenge.
        refresh: ask the server in any case, and do without a copy that it does not confirm.

    Raises:
        RemoteError: the server cannot be reached, or fails, and there is no copy.
        ZrcError: an address that is not safe, or of something else than a registry.
    """
    address = address or os.environ.get(VARIABLE) or ADDRESS
    require_safe(address)
    copy = _Copy.read(address)
    if copy and not refresh and dt.timedelta(0) <= copy.age < _FRESH:
        return parse_registry(copy.content, address)
    try:
        found = _fetch(address, copy)
    except ZrcError as error:
        if copy is None or refresh:
            raise
        stale = parse_registry(copy.content, address)
        note = f"{error}; this is what it said {_how_long(copy.age)} ago"
        return Registry(address, stale.datasets, stale.others, (note, *stale.notes))
    registry = parse_registry(found.content, address)
    found.keep()
    return registry


def parse_registry(content: object, address: str) -> Registry:
    """Make a registry of what was in its file; entries that make no sense are left out, and noted.

    Raises:
        ZrcError: it is no registry.
    """
    listed = content.get("datasets") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(listed, list):
        raise ZrcError(f"{address} is not a registry of datasets (it has no list 'datasets'): {_ADVICE}")
    entries: dict[str, Entry] = {}
    notes = []
    for number, value in enumerate(listed, start=1):
        try:
            entry = _parse_entry(value)
            if entry.name in entries:
                raise ValueError(f"{entry.name} is there twice")  # noqa: TRY301
            entries[entry.name] = entry
        except ValueError as error:
            notes.append(f"{address}: entry {number} of its datasets is left out ({error})")
    return Registry(address, tuple(entries.values()), _others(content), tuple(notes))


def _others(content: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for kind in ("checkpoint", "sample"):
        values = content.get(f"{kind}s")
        for value in values if isinstance(values, list) else ():
            name = value.get("name") if isinstance(value, dict) else None
            if isinstance(name, str):
                found[name] = kind
    return found


def _parse_entry(value: object) -> Entry:
    """Make an entry of what stands in the file; a ValueError says what is wrong with it."""
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    name = value.get("name")
    if not isinstance(name, str) or not is_name(name):
        raise ValueError(f"its name, {name!r:.120}, cannot be that of a folder")
    kind = value.get("type") or "internal"
    if kind not in ("internal", "external"):
        raise ValueError(f"the type of {name}, {kind!r:.120}, is neither internal nor external")
    return Entry(
        name,
        urls=_urls(value, name) if kind == "internal" else (),
        md5=_md5(value.get("md5sum"), name),
        size=_size(value.get("total_size")),
        **{text: _line(value.get(text)) for text in ("details_url", "description", "install_config")},
    )


def _urls(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = value.get("zip_url") or value.get("zip_parts")
    urls = [given] if isinstance(given, str) else given
    if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
        raise ValueError(f"{name} has neither a zip_url nor zip_parts")
    return tuple(urls)


def _md5(value: object, name: str) -> str:
    text = value.strip().lower() if isinstance(value, str) else ""
    if text and not _MD5.fullmatch(text):
        raise ValueError(f"the md5sum of {name}, {value!r:.120}, is none")
    return text


def _size(value: object) -> int | None:
    """Return a number of bytes, which may be written as text; anything else is not known."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _line(value: object) -> str:
    """Return text for a terminal: one line, and nothing that would control it."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


@dataclass(frozen=True, slots=True)
class _Copy:
    """A registry as it was fetched.

    Attributes:
        address: where from.
        content: what its file held.
        validators: headers by which the server knows this version.
        checked: when the server last said that it is the newest, in seconds since 1970.
    """

    address: str
    content: object
    validators: Mapping[str, str]
    checked: float

    @property
    def age(self) -> dt.timedelta:
        """Return how old it is: less than nothing where the clock was put back."""
        return dt.timedelta(seconds=dt.datetime.now(dt.UTC).timestamp() - self.checked)

    @staticmethod
    def path() -> Path:
        return app_folder() / ".pytest-zrc" / "registry.json"

    @classmethod
    def read(cls, address: str) -> _Copy | None:
        """Read the copy of a registry; None if there is none, or it is damaged."""
        try:
            kept = kept_json(cls.path(), _LARGEST_COPY)
            copy = cls(str(kept["address"]), kept["content"], dict(kept["validators"]), float(kept["checked"]))
            parse_registry(copy.content, address)
            known = copy.address == address and dt.timedelta.min < copy.age < dt.timedelta.max
        except (ArithmeticError, ValueError, TypeError, KeyError, ZrcError):
            return None
        return copy if known else None

    def keep(self) -> None:
        """Write it for the next time, if that can be done."""
        kept = {"address": self.address, "checked": self.checked, "validators": self.validators}
        with contextlib.suppress(OSError):  # it is only fetched again then
            write_atomically(self.path(), json.dumps({**kept, "content": self.content}))


def _fetch(address: str, copy: _Copy | None) -> _Copy:
    known = copy.validators if copy else {}
    headers = {_VALIDATORS[name]: value for name, value in known.items() if name in _VALIDATORS}
    now = dt.datetime.now(dt.UTC).timestamp()
    with answer(address, headers, _TIMEOUT) as response:
        if copy and headers and response.status_code == HTTPStatus.NOT_MODIFIED:
            return _Copy(address, copy.content, copy.validators, now)
        if response.status_code != HTTPStatus.OK:
            raise ZrcError(
                f"no registry at {named(address)} ({response.status_code} {named(response.reason)}): {_ADVICE}"
            )
        content = _read_json(response, address)
        validators = {name: response.headers[name] for name in _VALIDATORS if name in response.headers}
        parse_registry(content, address)
        return _Copy(address, content, validators, now)


def _read_json(response: requests.Response, address: str) -> object:
    body = bytearray()
    for piece in pieces(response, address):
        body += piece
        if len(body) > _LARGEST:
            raise ZrcError(f"{address} has more than {_LARGEST >> 20} MiB, which no registry has: {_ADVICE}")
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise ZrcError(f"{address} is not a registry of datasets (it is not JSON): {_ADVICE}") from None


def _how_long(age: dt.timedelta) -> str:
    for count, unit in ((age.days, "day"), (age.seconds // 3600, "hour"), (age.seconds // 60, "minute")):
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "a moment"
