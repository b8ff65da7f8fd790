"""The templates are in what is distributed, all files under their names."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest_zrc
from pytest_zrc.templates import TEMPLATES

ROOT = Path(pytest_zrc.__file__).parent.parent
PATHS = {f"conftest_templates/{name}/{file.as_posix()}" for name, one in TEMPLATES.items() for file in one.files()}


BUILD = (
    "import sys; sys.path.insert(0, 'tools'); import build_backend; getattr(build_backend, sys.argv[1])(sys.argv[2])"
)
MAIN = "from pytest_zrc.cli import main; main()"


def _python(*args: str, **env: str) -> None:
    done = subprocess.run(
        [sys.executable, *args], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _build(hook: str, folder: Path) -> Path:
    _python("-c", BUILD, hook, str(folder), ZRC_PURE="1")
    (built,) = folder.iterdir()
    return built


def test_an_installed_wheel_has_them_and_copies_them(tmp_path: Path) -> None:
    installed, copy = tmp_path / "installed", tmp_path / "copy"
    wheel = _build("build_wheel", tmp_path / "dist")
    _python("-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(installed), str(wheel))
    package = installed / "pytest_zrc"
    found = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    assert {name for name in found if name.startswith("conftest_templates/") and not name.endswith(".pyc")} == PATHS
    _python("-P", "-c", MAIN, "template", "model_repo", str(copy), PYTHONPATH=str(installed))
    copied = {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()}
    assert copied == set(TEMPLATES["model_repo"].files())


def test_the_source_distribution_has_them(tmp_path: Path) -> None:
    with tarfile.open(_build("build_sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= PATHS
    assert {name for name in names if name.startswith("conftest_templates/") and Path(name).suffix} <= PATHS
