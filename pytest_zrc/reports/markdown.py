"""A run in Markdown, for the summaries that CI systems show of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import PurePath

from pytest_zrc.checks.catalogue import CATALOGUE, Finding
from pytest_zrc.gates.verdict import Verdict, how_many_passed
from pytest_zrc.reports.columns import as_markdown, markdown_table
from pytest_zrc.reports.percent import NOTHING, interval, percent
from pytest_zrc.reports.standing import place_lines
from pytest_zrc.reports.terminal import missing_lines
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.scores import LEVEL, Score

PASSED, FAILED, PARTIAL = "✅", "❌", "⚠️"

_MOST_BYTES = 60_000
_FINDINGS, _GATES = 3, 10  # the first of each code, and of those that failed
_LONGEST = 500  # characters of a text


def summary(results: Results) -> str:
    """Return a run as a page of Markdown with GitHub's tables, shorter than 60 kB; the same results, the same bytes."""
    sections = [
        _heading(results),
        _what(results),
        *_table(results),
        *(map(as_markdown, place_lines(results.standing)) if results.standing and results.scores else ()),
        *_section("Failed gates", _gates(results.failed)),
        *_section("Missing scores", [f"- {_short(line)}" for line in missing_lines(results)]),
        *_section("Errors", _findings(results.errors)),
        *_section("Recommendations", _findings(results.warnings)),
    ]
    return _fitting(sections)


def _heading(results: Results) -> str:
    if results.errors or results.failed or results.missing:
        mark = FAILED
    else:
        mark = PASSED if _computed(results) == len(results.scores) and not _not_run(results) else PARTIAL
    return f"## {mark} {results.benchmark.name}: {', '.join(_verdicts(results))}"


def _verdicts(results: Results) -> Iterator[str]:
    """Yield the outcome in a few words for each thing that was done."""
    not_run = _not_run(results)
    computed = _computed(results)
    if results.errors:
        yield f"not valid ({_count(results.errors, 'error')})"
    elif not_run:
        yield f"{not_run} of {len(results.checks)} checks not run"
    else:
        yield "valid" if results.checks else "not validated"
    if results.warnings:
        yield _count(results.warnings, "recommendation")
    if computed < len(results.scores):
        yield f"{computed} of {_count(results.scores, 'score')}"
    if results.missing:
        yield f"{len(results.missing)} missing"
    if results.verdicts:
        yield f"gates: {how_many_passed(results.verdicts)}"


def _not_run(results: Results) -> int:
    return len(results.checks) - len(results.findings)


def _computed(results: Results) -> int:
    return sum(score.score is not None for score in results.scores)


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _what(results: Results) -> str:
    name = as_markdown(PurePath(results.submission).name)
    if not results.scores:
        return f"Submission {name}, not scored."
    distance = as_markdown(str(results.parameters.get("distance_mode", "unknown")))
    return (
        f"Submission {name}. ABX error rates in percent, {100 * LEVEL:.0f} % intervals below them; "
        f"profile {as_markdown(results.profile)}, distance {distance}."
    )


def _table(results: Results) -> Iterator[str]:
    """Yield the scores, subsets by conditions, if there are any."""
    scores = {(score.subset, score.condition): score for score in results.scores if score.score is not None}
    subsets = list(dict.fromkeys(subset for subset, _ in scores))
    used = {condition for _, condition in scores}
    conditions = [one.name for one in results.benchmark.conditions if one.name in used]
    if not scores:
        return
    marks = _marks(results.verdicts)
    rows = [
        ["", *(name.replace("-", " ") for name in conditions)],
        *([f"**{subset}**", *(_cell(scores, marks, (subset, name)) for name in conditions)] for subset in subsets),
    ]
    yield "\n".join(markdown_table(rows, "l" + "r" * len(conditions)))


def _marks(verdicts: Iterable[Verdict]) -> dict[tuple[str, str], bool]:
    """Return whether all gates of a score passed, for those that have one."""
    marks: dict[tuple[str, str], bool] = {}
    for verdict in verdicts:
        name = verdict.subset, verdict.condition
        marks[name] = marks.get(name, True) and verdict.passed
    return marks


def _cell(scores: dict[tuple[str, str], Score], marks: dict[tuple[str, str], bool], name: tuple[str, str]) -> str:
    score = scores.get(name)
    mark = f" {PASSED if marks[name] else FAILED}" if name in marks else ""
    if score is None or score.score is None:
        return f"{NOTHING}{mark}"
    below = "" if score.low is None else f"<br>{interval(score.low, score.high)}"
    return f"{percent(score.score)}{mark}{below}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    if text := "\n".join(lines):
        yield f"### {title}"
        yield text


def _gates(failed: Sequence[Verdict]) -> Iterator[str]:
    for verdict in failed[:_GATES]:
        text = "<br>".join(_short(line) for line in verdict.text.splitlines())
        yield f"- **{verdict.gate}**: {text}"
    if len(failed) > _GATES:
        rest = (f"{verdict.subset} {verdict.condition} ({verdict.gate})" for verdict in failed[_GATES:])
        yield f"- and {', '.join(rest)}"


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield an item for each code, with the first of its findings below."""
    for code, group in groupby(sorted(findings, key=_code), key=_code):
        alike = list(group)
        title = CATALOGUE[code].title if code in CATALOGUE else ""
        yield f"- **{as_markdown(f'{code} {title}'.strip())}**{f' ({len(alike)})' if len(alike) > 1 else ''}"
        for one in alike[:_FINDINGS]:
            yield f"  - {_short(str(one).removeprefix(f'{code} '))}"
        if len(alike) > _FINDINGS:
            yield f"  - … and {len(alike) - _FINDINGS} more like these"


def _code(finding: Finding) -> str:
    return finding.code


def _short(text: str) -> str:
    return as_markdown(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _fitting(sections: Iterable[str]) -> str:
    """Join the sections, with a note in the place of what is too much."""
    page = "\n\n".join(sections) + "\n"
    if len(page.encode()) <= _MOST_BYTES:
        return page
    note = "\n\nThis is too long to be shown: scores.json and validation.json hold everything.\n"
    kept = page.encode()[: _MOST_BYTES - len(note.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + note
