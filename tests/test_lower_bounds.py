"""Lower bounds are those that the sessions ``oldest`` and ``torch(oldest)`` of ``noxfile.py`` test."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
ITSELF = "pytest-zrc"
NOT_AT_RUN_TIME = {"mypy", "ruff", "scikit-build-core", "types-pyyaml", "types-requests"}


def _requirements() -> Iterator[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for listed in (project["dependencies"], *project["optional-dependencies"].values()):
        found = map(Requirement, listed)
        yield from (one for one in found if canonicalize_name(one.name) not in {ITSELF, *NOT_AT_RUN_TIME})


def _pins() -> dict[str, Version]:
    lines = (ROOT / "constraints-oldest.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.partition("#")[0].strip().split("==") for line in lines]
    return {canonicalize_name(name): Version(version) for name, version in (pin for pin in pins if len(pin) == 2)}


@pytest.mark.parametrize("requirement", list(_requirements()), ids=lambda one: str(one.name))
def test_a_bound_is_what_is_tested(requirement: Requirement) -> None:
    name = canonicalize_name(requirement.name)
    (bound,) = (one.version for one in requirement.specifier if one.operator == ">=")
    assert _pins()[name] == Version(bound)
