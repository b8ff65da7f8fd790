"""Annotations for GitHub Actions: commands, one line each, that show a failure at the file where it is."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from pytest_zrc.checks.catalogue import CATALOGUE, Finding
from pytest_zrc.gates.verdict import Kind, Verdict
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import Score

MOST = 10  # that GitHub shows of a step

Name = TypeVar("Name", bound=Hashable)
Thing = TypeVar("Thing")


class Setting(NamedTuple):
    """The place of a setting; the line is from 1, if it is known."""

    file: Path
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message at a place.

    Attributes:
        level: of severity.
        title: in a few words.
        message: in sentences, any number of lines.
        file: from the root of the workspace; empty where it is not in there.
        line: of that file, from 1.
    """

    level: Literal["error", "warning"]
    title: str
    message: str
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        """Return the command, one line."""
        place = {"file": self.file, "line": self.line or ""} if self.file else {}
        properties = {**place, "title": self.title}
        given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
        return f"::{self.level} {given}::{_data(self.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def annotate(results: Results, workspace: Path, settings: Mapping[Kind, Setting] | None = None) -> list[Annotation]:
    """Return what GitHub is to show of a run: errors first, alike ones once, and no more than it shows.

    Args:
        results: of the run.
        workspace: the folder of the repository; places outside it are left out.
        settings: where each kind of gate is set, if that is in a file.
    """
    places = _Places(Path(results.submission), workspace)
    found = [
        *_of_findings(results.errors, places),
        *_of_missing([score for score in results.missing if not score.blocked]),
        *_of_gates(results.failed, places, settings or {}),
        *_of_findings(results.warnings, places),
    ]
    if len(found) <= MOST:
        return found
    left = found[MOST - 1 :]
    level = left[0].level
    rest = f"{len(left)} more kinds of errors and warnings: summary.md among the results lists them"
    return [*found[: MOST - 1], Annotation(level, "pytest-zrc", rest)]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where files are, as GitHub names them."""

    submission: Path
    workspace: Path

    def of(self, file: str | Path) -> str:
        """Return the path from the workspace of a file, itself absolute or in the submission; empty if outside."""
        path = self.submission / file
        return path.relative_to(self.workspace).as_posix() if path.is_relative_to(self.workspace) else ""


def _of_findings(findings: Iterable[Finding], places: _Places) -> Iterator[Annotation]:
    for code, (first, more) in _alike((finding.code, finding) for finding in findings).items():
        file, line = first.place
        title = f"{code} {CATALOGUE[code].title}" if code in CATALOGUE else code
        yield Annotation(first.severity, title, str(first) + _more(more), places.of(file), line)


def _of_missing(scores: Iterable[Score]) -> Iterator[Annotation]:
    for reason, (first, more) in _alike((score.reason, score) for score in scores).items():
        yield Annotation("error", f"No score for {first.subset} {first.condition}", reason + _more(more))


def _of_gates(failed: Iterable[Verdict], places: _Places, settings: Mapping[Kind, Setting]) -> Iterator[Annotation]:
    for first, more in _alike((_kind(verdict), verdict) for verdict in failed).values():
        title = f"Gate {first.gate} failed: {first.subset} {first.condition}"
        setting = settings.get(first.gate)
        place = (places.of(setting.file), setting.line) if setting else ()
        yield Annotation("error", title, first.text + _more(more), *place)


def _kind(verdict: Verdict) -> tuple[Kind, str | None]:
    """Return what failures are alike by: missing scores are, whatever their condition."""
    return verdict.gate, None if verdict.measured is None else verdict.condition


def _alike(named: Iterable[tuple[Name, Thing]]) -> dict[Name, tuple[Thing, int]]:
    """Return the first thing of each name, and how many more there are."""
    alike: dict[Name, tuple[Thing, int]] = {}
    for name, thing in named:
        first, more = alike.get(name, (thing, -1))
        alike[name] = first, more + 1
    return alike


def _more(number: int) -> str:
    return f"\n... and {number} more like this" if number else ""
