"""Check and score ZeroSpeech Task 1 submissions with pytest, or from Python: ``pytest_zrc.evaluate("sub")``."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_zrc.api import (
        ABXErrorRate,
        Evaluation,
        Finding,
        Progress,
        Score,
        Validation,
        ZrcError,
        abx_error,
        evaluate,
        validate,
    )

__version__ = "0.1.0"

__all__ = [
    "ABXErrorRate",
    "Evaluation",
    "Finding",
    "Progress",
    "Score",
    "Validation",
    "ZrcError",
    "abx_error",
    "evaluate",
    "validate",
]


if not TYPE_CHECKING:  # which would let type checkers take any name for one of ours

    def __getattr__(name: str) -> object:
        """Import the Python API when it is asked for: pytest imports this package in every run."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module("pytest_zrc.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
