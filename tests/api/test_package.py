"""The package hands out the Python API, and is as light as without it."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import pytest_zrc
from pytest_zrc import api, life
from pytest_zrc.errors import ZrcError

LOADED = "import sys, pytest_zrc; print(*sorted(set(sys.modules) - set(sys.stdlib_module_names)))"


def test_importing_it_imports_no_library() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if name.startswith("pytest_zrc")] == ["pytest_zrc"]
    assert not {"numpy", "yaml", "torch", "pytest", "click", "filelock", "psutil", "requests"} & set(loaded)


@pytest.mark.parametrize("home", [api, life])
def test_its_names_are_those_of_the_api(home: ModuleType) -> None:
    assert set(home.__all__) <= set(pytest_zrc.__all__) <= set(dir(pytest_zrc))
    for name in home.__all__:
        assert getattr(pytest_zrc, name) is getattr(home, name)


def test_it_has_no_other_names() -> None:
    assert set(pytest_zrc.__all__) == {*api.__all__, *life.__all__}
    assert pytest_zrc.ZrcError is ZrcError


def test_other_names_are_none() -> None:
    with pytest.raises(AttributeError, match="module 'pytest_zrc' has no attribute 'evaluated'"):
        _ = pytest_zrc.evaluated  # type: ignore[attr-defined]
