"""Copies of the templates, in which commands are run as a user would."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from pytest_zrc.cli import main

_PROGRAMS = Path(sys.executable).parent  # those of this environment
_OUTER = ("PYTEST_", "GITHUB_", "ZRC_")


@dataclass(frozen=True, slots=True)
class Repository:
    """A copy of a template."""

    folder: Path

    def commands(self) -> list[str]:
        """Return the commands in its README."""
        lines = (self.folder / "README.md").read_text(encoding="utf-8").splitlines()
        return [line.partition(" # ")[0].strip() for line in lines if line.startswith("    ")]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, with this environment's programs and nothing from outside."""
        outer = {name: value for name, value in os.environ.items() if not name.startswith(_OUTER)}
        path = os.pathsep.join([str(_PROGRAMS), os.environ.get("PATH", "")])
        env = {**outer, "PATH": path, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return subprocess.run(
            shlex.split(command), cwd=self.folder, env=env, capture_output=True, encoding="utf-8", check=False
        )

    def succeed(self, command: str) -> str:
        """Run a command that must succeed, and return what it prints."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Callable[[str], Repository]:
    """Copies a template by the command."""

    def copy(name: str) -> Repository:
        folder = tmp_path / name
        assert CliRunner().invoke(main, ["template", name, str(folder)]).exit_code == 0
        return Repository(folder)

    return copy
