"""The package hands out the Python API, and is as light as without it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pytest_zrc
from pytest_zrc import api
from pytest_zrc.errors import ZrcError

LOADED = "import sys, pytest_zrc; print(*sorted(set(sys.modules) - set(sys.stdlib_module_names)))"


def test_importing_it_imports_no_library() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if name.startswith("pytest_zrc")] == ["pytest_zrc"]
    assert not {"numpy", "yaml", "torch", "pytest", "click", "filelock", "psutil"} & set(loaded)


def test_its_names_are_those_of_the_api() -> None:
    assert pytest_zrc.__all__ == api.__all__
    assert set(api.__all__) <= set(dir(pytest_zrc))
    for name in api.__all__:
        assert getattr(pytest_zrc, name) is getattr(api, name)
    assert pytest_zrc.ZrcError is ZrcError


def test_other_names_are_none() -> None:
    with pytest.raises(AttributeError, match="module 'pytest_zrc' has no attribute 'evaluated'"):
        _ = pytest_zrc.evaluated  # type: ignore[attr-defined]
