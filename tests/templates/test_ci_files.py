"""The templates' files for CI: what they run is in the README, which is tried, and what they keep is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_zrc.templates import TEMPLATES
from tests.templates.conftest import Repository

GATED = ("model_repo", "submission_repo")


def _read(name: str, file: str) -> Any:  # noqa: ANN401
    return yaml.load((TEMPLATES[name].folder / file).read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - texts


def _github_steps(name: str) -> list[dict[str, Any]]:
    workflow = _read(name, ".github/workflows/scores.yml")
    assert set(workflow) == {"name", "on", "permissions", "jobs"}
    steps: list[dict[str, Any]] = workflow["jobs"]["scores"]["steps"]
    return steps


@pytest.mark.parametrize("name", GATED)
def test_both_systems_run_the_commands_of_the_readme(name: str) -> None:
    on_github = [step["run"] for step in _github_steps(name) if "run" in step]
    on_gitlab = _read(name, ".gitlab-ci.yml")["scores"]["script"]
    assert on_github == on_gitlab == ["pip install -r requirements.txt", "pytest -n auto"]
    assert set(on_github) <= set(Repository(TEMPLATES[name].folder).commands())


@pytest.mark.parametrize("name", GATED)
def test_results_are_kept_where_the_settings_put_them(name: str) -> None:
    (upload,) = [step for step in _github_steps(name) if "upload-artifact" in step.get("uses", "")]
    artifacts = _read(name, ".gitlab-ci.yml")["scores"]["artifacts"]
    settings = (TEMPLATES[name].folder / "pyproject.toml").read_text(encoding="utf-8")
    assert 'zrc_submission = "submission"' in settings
    assert upload["if"] == "always()"
    assert artifacts["when"] == "always"
    assert artifacts["paths"] == [f"{upload['with']['path']}/"] == ["submission/scores/"]
    assert artifacts["reports"]["junit"] == "submission/scores/junit.xml"


@pytest.mark.parametrize("name", GATED)
def test_they_are_at_the_places_that_the_systems_look_at(name: str) -> None:
    files = set(TEMPLATES[name].files())
    assert {Path(".github/workflows/scores.yml"), Path(".gitlab-ci.yml"), Path(".gitignore")} <= files
