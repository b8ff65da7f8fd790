"""The layers: what imports what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_zrc

ROOT = Path(pytest_zrc.__file__).parent
FRONT_ENDS = ("plugin", "cli", "api", "life", "__init__")  # the package itself hands out the names of api and life
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


def _imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imports_any(module: Path, *names: str) -> list[str]:
    return [found for found in _imports(module) if any(f"{found}.".startswith(f"{name}.") for name in names)]


def _is_front_end(module: Path) -> bool:
    return module.parts[0].removesuffix(".py") in FRONT_ENDS


@pytest.mark.parametrize("module", [path for path in MODULES if not _is_front_end(path)], ids=str)
def test_the_core_knows_no_front_end(module: Path) -> None:
    front_ends = [f"pytest_zrc.{name}" for name in FRONT_ENDS]
    assert not _imports_any(module, "pytest", "_pytest", "click", "xdist", *front_ends)


@pytest.mark.parametrize("module", ["api.py", "life.py"])
def test_the_python_api_knows_neither_pytest_nor_the_command_line(module: str) -> None:
    others = [f"pytest_zrc.{name}" for name in ("plugin", "cli")]
    assert not _imports_any(Path(module), "pytest", "click", "xdist", *others)


@pytest.mark.parametrize("module", [path for path in MODULES if path.parts[0] == "abx"], ids=str)
def test_the_engine_knows_arrays_and_items_only(module: Path) -> None:
    others = {path.parts[0].removesuffix(".py") for path in MODULES} - {"abx", "errors", "__init__"}
    assert not _imports_any(module, "pathlib", "os", *(f"pytest_zrc.{name}" for name in others))


@pytest.mark.parametrize("module", [path for path in MODULES if path.parts[0] == "reports"], ids=str)
def test_reports_compute_nothing(module: Path) -> None:
    computing = (
        "abx",
        "scoring.run",
        "scoring.scorer",
        "scoring.meter",
        "scoring.arrays",
        "checks.suite",
        "case",
        "submission",
        "datasets",
    )
    assert not _imports_any(module, "numpy", *(f"pytest_zrc.{name}" for name in computing))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_examples_alone_are_made_by_hypothesis(module: Path) -> None:
    assert module == Path("model/search.py") or not _imports_any(module, "hypothesis")


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_the_engine_imports_torch_and_nobody_pytest_s_private_modules(module: Path) -> None:
    assert not _imports_any(module, "_pytest")
    assert module.parts[0] == "abx" or not _imports_any(module, "torch")


@pytest.mark.parametrize("module", [path for path in MODULES if path.parts[0] == "upload"], ids=str)
def test_uploads_know_folders_and_http_but_no_scores(module: Path) -> None:
    others = ("abx", "case", "checks", "comparison", "gates", "model", "publishing", "reports", "resolve", "scoring")
    assert not _imports_any(module, "numpy", *(f"pytest_zrc.{name}" for name in others))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_uploads_and_datasets_know_http(module: Path) -> None:
    assert module.parts[0] in ("upload", "datasets") or not _imports_any(module, "requests", "urllib3")


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_uploads_send_files_and_know_keyrings(module: Path) -> None:
    assert module.parts[0] == "upload" or not _imports_any(module, "requests_toolbelt", "keyring")
