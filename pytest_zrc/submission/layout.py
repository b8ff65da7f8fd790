"""Where things are in a submission: the folder, its feature files, meta.yaml and params.yaml."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pytest_zrc.submission.yamlfile import YamlFile, read_yaml

_DEEPEST = 32
META, PARAMS, SCORES = "meta.yaml", "params.yaml", "scores"


@dataclass(frozen=True, slots=True)
class Listing:
    """The files below a folder.

    Attributes:
        files: paths relative to the folder, sorted; hidden files are left out.
        broken: what could not be entered, with the reason.
    """

    files: tuple[str, ...]
    broken: tuple[tuple[str, str], ...] = ()


class Submission:
    """A submission folder; files are read when they are asked for.

    Attributes:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        """Take a folder as a submission."""
        self.root = root
        self._listings: dict[str, Listing] = {}

    @cached_property
    def meta(self) -> YamlFile:
        """The fields of meta.yaml; raises YamlFileError where there are none to be read."""
        return read_yaml(self.root / META)

    @cached_property
    def params(self) -> YamlFile:
        """The fields of params.yaml, none if there is no such file; raises YamlFileError where it cannot be read."""
        if not os.path.lexists(self.root / PARAMS):
            return YamlFile({})
        return read_yaml(self.root / PARAMS)

    def listing(self, folder: str) -> Listing:
        """Return all files below one of the folders, following links but not in circles."""
        if folder not in self._listings:
            broken: list[tuple[str, str]] = []
            files = sorted(_walk(self.root / folder, "", frozenset(), broken))
            self._listings[folder] = Listing(tuple(files), tuple(sorted(broken)))
        return self._listings[folder]


def file_id(relative: str) -> str:
    """Return the id of a feature file: its name without folders and suffix."""
    return os.path.splitext(os.path.basename(relative))[0]


def _walk(folder: Path, prefix: str, above: frozenset[str], broken: list[tuple[str, str]]) -> Iterator[str]:
    real = os.path.realpath(folder)
    if real in above or len(above) > _DEEPEST:
        problem = "a link to a folder that it is in" if real in above else f"nested more than {_DEEPEST} folders deep"
        broken.append((prefix.rstrip("/"), problem))
        return
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        broken.append((prefix.rstrip("/"), error.strerror or str(error)))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        relative = prefix + entry.name
        try:
            is_folder = entry.is_dir()
        except OSError as error:
            broken.append((relative, error.strerror or str(error)))
            continue
        if is_folder:
            yield from _walk(folder / entry.name, relative + "/", above | {real}, broken)
        else:
            yield relative
