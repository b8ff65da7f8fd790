"""What all tests of checks do: break a submission, and see what is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.checks.suite import checks_of
from tests.builders import TinyDataset, case_for, write_yaml

Array = npt.NDArray[Any]


def findings(submission: Path, dataset: TinyDataset) -> list[Finding]:
    """Run all checks."""
    return findings_of(case_for(submission, dataset, benchmark="abxLS"))


def findings_of(case: Case) -> list[Finding]:
    """Run all checks of a case."""
    return [finding for check in checks_of(case) for finding in check.run()]


def only_finding(submission: Path, dataset: TinyDataset) -> Finding:
    """Run all checks, of which one must find one thing."""
    [finding] = findings(submission, dataset)
    return finding


def change(path: Path, edit: Callable[[Array], Array]) -> None:
    """Replace the array in a file."""
    np.save(path, edit(np.load(path)))


def change_all(submission: Path, edit: Callable[[Array], Array]) -> None:
    """Replace all arrays of a submission."""
    for path in submission.rglob("*.npy"):
        change(path, edit)


def save_as_text(submission: Path, times: Callable[[int], Array] | None = None) -> None:
    """Write all features of a submission as text, with the times for so many frames where they are given."""
    set_field(submission / "params.yaml", "score_file_type", ".txt")
    for path in sorted(submission.rglob("*.npy")):
        values = np.load(path)
        columns = [values] if times is None else [times(len(values)), values]
        np.savetxt(path.with_suffix(".txt"), np.column_stack(columns))
        path.unlink()


def with_times(case: Case) -> Case:
    """Let the text files of a case have times."""
    case.benchmark = replace(case.benchmark, text_times=True)
    return case


def set_field(path: Path, name: str, value: object) -> None:
    """Set a field of a YAML file; nested ones as ``outer.inner``."""
    fields, inner, key = _find(path, name)
    inner[key] = value
    write_yaml(path, fields)


def drop_field(path: Path, name: str) -> None:
    """Remove a field of a YAML file."""
    fields, inner, key = _find(path, name)
    del inner[key]
    write_yaml(path, fields)


def line_of(path: Path, text: str) -> int:
    """Return the number of the first line that has a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def _find(path: Path, name: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    *sections, key = name.split(".")
    inner = fields
    for section in sections:
        inner = inner[section]
    return fields, inner, key
