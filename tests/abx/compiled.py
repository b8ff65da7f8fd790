"""The compiled part of the engine, for the tests that look at it directly."""

from __future__ import annotations

from types import ModuleType

import pytest

from pytest_zrc.abx import native

needs_the_compiled_part = pytest.mark.skipif(native.library is None, reason="installed without its compiled part")


def library() -> ModuleType:
    """Return it."""
    assert native.library is not None
    return native.library


def isas() -> list[str]:
    """Return the instruction sets that this machine runs; none without the compiled part."""
    return native.library.isas() if native.library else []
