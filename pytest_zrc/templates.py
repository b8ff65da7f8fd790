"""Complete example repositories, to be copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import new_folder

_PACKAGE = Path(__file__).parent
_FOLDER = "conftest_templates"
_IGNORED = ".gitignore"


@dataclass(frozen=True, slots=True)
class Template:
    """An example repository.

    Attributes:
        name: of its folder.
        summary: what it is, in a line.
        commands: to go on with in a copy.
    """

    name: str
    summary: str
    commands: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it is: in the package, or beside it in a clone that is installed as editable."""
        inside = _PACKAGE / _FOLDER
        return (inside if inside.is_dir() else _PACKAGE.parent / _FOLDER) / self.name

    def files(self) -> Iterator[Path]:
        """Return the files that belong to it, relative to its folder: all that its ``.gitignore`` does not name."""
        ignored = {"__pycache__", *self._ignored()}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder)
            if path.is_file() and not any(fnmatch(part, pattern) for part in name.parts for pattern in ignored):
                yield name

    def _ignored(self) -> list[str]:
        path = self.folder / _IGNORED
        return [line.rstrip("/") for line in path.read_text(encoding="utf-8").split()] if path.exists() else []

    def copy(self, target: Path) -> int:
        """Copy it, wholly or not at all.

        Args:
            target: a folder that is not there yet, or is empty.

        Returns:
            The number of files.

        Raises:
            ZrcError: there is something already, or nothing can be written there.
        """
        files = list(self.files())
        with new_folder(target, f"{self.name} could not be copied to {target}") as copy:
            for name in files:
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / name, copy / name)
        return len(files)


TEMPLATES = {
    template.name: template
    for template in (
        Template(
            "model_repo",
            "a PyTorch model whose features are extracted, checked, scored and gated in CI",
            ("pip install -r requirements.txt", "pytest"),
        ),
        Template(
            "submission_repo",
            "a folder of features that is checked, scored and gated in CI",
            ("pip install -r requirements.txt", "pytest"),
        ),
        Template(
            "plain_features",
            "error rates of arrays through the Python API, without pytest",
            ("python score.py",),
        ),
    )
}


def find_template(name: str) -> Template:
    """Return the template of a name.

    Raises:
        ZrcError: there is none.
    """
    if name not in TEMPLATES:
        raise ZrcError(f"no template is called {name!r}: choose one of {', '.join(TEMPLATES)}")
    return TEMPLATES[name]
