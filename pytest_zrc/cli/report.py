"""``pytest-zrc report``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from pytest_zrc.cli.group import PATH
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.reports.markdown import summary
from pytest_zrc.reports.page import PAGE, report_page
from pytest_zrc.scoring.results import Results
from pytest_zrc.scoring.stored import read_results, results_folder


class _Form(NamedTuple):
    """A report: the name of its file, and what makes it."""

    file: str
    make: Callable[[Results], str]


_FORMS: Mapping[str, _Form] = {"html": _Form(PAGE, report_page), "markdown": _Form("summary.md", summary)}


@click.command()
@click.argument("path", metavar="DIR", type=PATH)
@click.option("--format", "chosen", type=click.Choice(list(_FORMS)), help="Only this report.  [default: all]")
@click.option("--output", metavar="FILE", type=PATH, help="Write it there; - prints it.  [default: among the results]")
def report(path: Path, chosen: str | None, output: Path | None) -> None:
    """Make the reports of a run again, from its results.

    DIR is the folder of a submission that was scored, a folder of results, or a scores.json.
    """
    forms = [_FORMS[chosen]] if chosen else list(_FORMS.values())
    if output and len(forms) > 1:
        raise click.UsageError("--output is for one report: choose it with --format")
    results, folder = read_results(path), results_folder(path)
    made = {form.file: form.make(results) for form in forms}
    for name, text in made.items():
        _put(text, output or folder / name)


def _put(text: str, place: Path) -> None:
    if str(place) == "-":
        click.echo(text, nl=False)
        return
    try:
        write_atomically(place, text)
    except OSError as error:
        reason = error.strerror or error
        raise ZrcError(f"{place} cannot be written ({reason}): give another place with --output=FILE") from None
    click.echo(place)
