"""``pytest-zrc compare``."""

from __future__ import annotations

from pathlib import Path

import click

from pytest_zrc.cli.group import PATH
from pytest_zrc.comparison.several import Comparisons, compare_results
from pytest_zrc.comparison.sources import read_layers, read_sources
from pytest_zrc.comparison.sweep import Sweep, compare_layers
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.reports.compared import comparisons_csv, comparisons_json, sweep_csv, sweep_json
from pytest_zrc.reports.comparison import comparison_lines, comparison_markdown
from pytest_zrc.reports.plots.curves import plot_sweep
from pytest_zrc.reports.plots.files import require_plot
from pytest_zrc.reports.plots.forest import plot_comparisons
from pytest_zrc.reports.sweep import sweep_lines, sweep_markdown


@click.command()
@click.argument("paths", metavar="A [B ...]", nargs=-1, required=True, type=PATH)
@click.option("--condition", metavar="GLOB", default="*", help="Only these conditions, as 'triphone-*-across'.")
@click.option(
    "--pairs",
    metavar="N",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="How many pairs of phones to show, each way.",
)
@click.option("--plot", metavar="FILE", type=PATH, help="Draw it, too: .svg, .png or .pdf.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every difference as CSV.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a pull request.")
def compare(
    paths: tuple[Path, ...],
    condition: str,
    pairs: int,
    plot: Path | None,
    *,
    as_json: bool,
    as_csv: bool,
    as_markdown: bool,
) -> None:
    """Compare results with A, the first of them; of A alone, compare the layers in A/layers/.

    Each is the folder of a submission that was scored, a folder of results, a scores.json, or a baseline.
    """
    forms = [name for name, wanted in (("csv", as_csv), ("json", as_json), ("markdown", as_markdown)) if wanted]
    if len(forms) > 1:
        raise click.UsageError(f"{' and '.join(f'--{name}' for name in forms)} are forms of the same: give one of them")
    form = forms[0] if forms else ""
    if plot:
        require_plot(plot)
    found = compare_results(read_sources(paths), condition) if len(paths) > 1 else _sweep(paths[0], condition)
    text = _sweep_text(found, form) if isinstance(found, Sweep) else _text(found, form, pairs)
    if plot:
        _draw(found, plot)
    click.echo(text, nl=False)


def _sweep(folder: Path, condition: str) -> Sweep:
    layers, unscored = read_layers(folder)
    return compare_layers(layers, condition, unscored)


def _text(found: Comparisons, form: str | None, pairs: int) -> str:
    if form == "json":
        return comparisons_json(found)
    if form == "csv":
        return comparisons_csv(found)
    lines = comparison_markdown(found, pairs) if form else comparison_lines(found, pairs)
    return "\n".join(lines) + "\n"


def _sweep_text(found: Sweep, form: str) -> str:
    if form == "json":
        return sweep_json(found)
    if form == "csv":
        return sweep_csv(found)
    return "\n".join(sweep_markdown(found) if form else sweep_lines(found)) + "\n"


def _draw(found: Comparisons | Sweep, path: Path) -> None:
    suffix = path.suffix.lower()
    image = plot_sweep(found, suffix) if isinstance(found, Sweep) else plot_comparisons(found, suffix)
    try:
        write_atomically(path, image)
    except OSError as error:
        raise ZrcError(
            f"{path} cannot be written ({error.strerror or error}): give another place for the plot"
        ) from None
