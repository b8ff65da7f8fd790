"""``pytest-zrc datasets``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.cli.group import INTERRUPTED, PATH, as_json_option
from pytest_zrc.datasets.download import Listener
from pytest_zrc.datasets.install import (
    benchmarks_with,
    flaw,
    import_dataset,
    installed,
    pull,
    remove,
    require_installed,
)
from pytest_zrc.datasets.places import location
from pytest_zrc.datasets.registry import ADDRESS, VARIABLE, Entry, Registry, read_registry
from pytest_zrc.errors import ZrcError, printable

_registry_option = click.option(
    "--registry", metavar="URL", default="", help=f"Another registry.  [default: ${VARIABLE}, else {ADDRESS}]"
)
_force_option = click.option("--force", is_flag=True, help="Replace it if it is installed.")


class _DatasetName(click.types.StringParamType):
    """The name of a dataset; that of a benchmark means its dataset."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Return the name of the dataset."""
        for benchmark in BENCHMARKS.values():
            if benchmark.dataset and benchmark.name.casefold() == value.casefold():
                return benchmark.dataset
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """Complete a name of those that benchmarks need, or that are there."""
        known = dict.fromkeys([*(one.dataset for one in BENCHMARKS.values() if one.dataset), *installed()])
        return [CompletionItem(name) for name in known if name.startswith(incomplete)]


_name_argument = click.argument("name", type=_DatasetName())


_refresh_option = click.option(
    "--refresh", is_flag=True, help="Ask the registry, even if it was asked within the hour."
)


@click.group(invoke_without_command=True)
@_registry_option
@_refresh_option
@as_json_option
@click.pass_context
def datasets(context: click.Context, registry: str, *, refresh: bool, as_json: bool) -> None:
    """List the datasets, or get, bring, find and remove them.

    They are kept under $APP_DIR/datasets (by default ~/zr-data/datasets), as by the official toolkit.
    """
    if context.invoked_subcommand:
        context.obj = registry
    else:
        _list(registry, refresh=refresh, as_json=as_json)


@datasets.command("list")
@_registry_option
@_refresh_option
@as_json_option
@click.pass_obj
def list_command(inherited: str, registry: str, *, refresh: bool, as_json: bool) -> None:
    """List the datasets: their sizes, the benchmarks that are scored on them, and which are installed."""
    _list(registry or inherited, refresh=refresh, as_json=as_json)


@datasets.command("pull")
@_name_argument
@_force_option
@_registry_option
@click.pass_obj
def pull_command(inherited: str, name: str, registry: str, *, force: bool) -> None:
    """Download, verify and install the dataset NAME; after an interruption, go on.

    NAME may be a benchmark's: its dataset is meant.
    """
    found = read_registry(registry or inherited)
    _note(found)
    with _listener(f"the same command goes on: pytest-zrc datasets pull {name}") as listener:
        click.echo(pull(found.find(name), force=force, listener=listener))


@datasets.command("import")
@_name_argument
@click.argument("path", type=PATH)
@_force_option
def import_command(name: str, path: Path, *, force: bool) -> None:
    """Install the dataset NAME from PATH, a folder, which is copied, or a zip."""
    with _listener("nothing was installed") as listener:
        click.echo(import_dataset(name, path, force=force, listener=listener))


@datasets.command("rm")
@_name_argument
def rm_command(name: str) -> None:
    """Remove the dataset NAME."""
    click.echo(f"removed {remove(name)}")


@datasets.command("path")
@_name_argument
@as_json_option
def path_command(name: str, *, as_json: bool) -> None:
    """Print where the dataset NAME is; it is an error (2) if it is not installed."""
    place = require_installed(name)
    click.echo(json.dumps({"name": name, "path": str(place)}) if as_json else place)


def _list(address: str, *, refresh: bool, as_json: bool) -> None:
    rows = _rows(_known(address, refresh=refresh))
    click.echo(json.dumps(rows, indent=2) if as_json else "\n".join(map(_line, rows)))


def _known(address: str, *, refresh: bool) -> Registry:
    """Return the registry, or none of it, with a note, where it cannot be had: what is installed is listed anyway."""
    try:
        registry = read_registry(address, refresh=refresh)
    except ZrcError as error:
        registry = Registry(address, notes=(str(error),))
    _note(registry)
    return registry


def _note(registry: Registry) -> None:
    for note in registry.notes:
        click.echo(f"note: {printable(note)}", err=True)


def _rows(registry: Registry) -> list[dict[str, Any]]:
    """Return what is to be told of each dataset: of those of the benchmarks first, in their order."""
    entries = {entry.name: entry for entry in registry.datasets}
    there = installed()
    needed = [benchmark.dataset for benchmark in BENCHMARKS.values() if benchmark.dataset]
    return [_row(entries.get(name), name, name in there) for name in dict.fromkeys([*needed, *entries, *there])]


def _row(entry: Entry | None, name: str, there: bool) -> dict[str, Any]:
    brought = entry is not None and entry.external
    return {
        "name": name,
        "benchmarks": [benchmark.name for benchmark in benchmarks_with(name)],
        "size": entry.size if entry else None,
        "source": None if entry is None else "owners" if brought else "registry",
        "installed": there,
        "path": str(location(name)) if there else None,
        "problem": (flaw(name) if there else "") or None,
        "description": (entry.description if entry else "") or None,
        "details_url": (entry.details_url if entry else "") or None,
        "install_config": (entry.install_config if entry else "") or None,
    }


def _line(row: dict[str, Any]) -> str:
    size = f"{row['size'] / 1e9:.1f} GB" if row["size"] else ""
    state = row["path"] or ("to be imported" if row["source"] == "owners" else "not installed")
    if row["problem"]:
        state += f" ({row['problem']})"
    return f"{row['name']:24} {size:>8}  {', '.join(row['benchmarks']):6} {state}"


@contextmanager
def _listener(interrupted: str) -> Iterator[Listener]:
    """Show how it goes on standard error; an interruption says what comes of it."""
    shown = _Bar() if sys.stderr.isatty() else _Lines()
    try:
        try:
            yield Listener(shown.say, shown.progress)
        finally:
            shown.end()
    except KeyboardInterrupt:
        click.echo(f"interrupted; {interrupted}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


class _Lines:
    """Progress as lines, every tenth of the way."""

    def __init__(self) -> None:
        self._tenth = 0

    def say(self, sentence: str) -> None:
        self._tenth = 0
        click.echo(printable(sentence), err=True)

    def progress(self, done: int, total: int | None) -> None:
        tenth = 10 * done // total if total else 0
        if tenth > self._tenth:
            click.echo(f"  {10 * tenth} %", err=True)
        self._tenth = tenth

    def end(self) -> None:
        pass


class _Bar:
    """Progress as a bar, on a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._done = 0

    def say(self, sentence: str) -> None:
        self.end()
        click.echo(printable(sentence), err=True)

    def progress(self, done: int, total: int | None) -> None:
        if not total:
            return
        if self._bar is None or self._bar.length != total or done < self._done:
            self.end()
            self._bar = click.progressbar(length=total, file=sys.stderr, update_min_steps=max(1, total // 1000))
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar, self._done = None, 0
