"""The compiled part of the engine, where it has been built: the Python code that asks for it does the same, slower."""

from __future__ import annotations

from types import ModuleType

library: ModuleType | None
try:
    from pytest_zrc.abx import _native as library
except ImportError:  # installed where there was no compiler
    library = None


def require() -> ModuleType:
    """Return the compiled part.

    Raises:
        RuntimeError: it has not been built.
    """
    if library is None:
        raise RuntimeError("pytest-zrc was installed without its compiled part")
    return library
