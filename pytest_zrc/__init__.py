"""Check and score ZeroSpeech Task 1 submissions with pytest, or from Python: ``pytest_zrc.evaluate("sub")``.

PYTEST_DONT_REWRITE: there is no assertion here, and pytest warns where this was imported before its turn came.
"""

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
    from pytest_zrc.life import (
        Plan,
        Profile,
        RemoteError,
        Status,
        Submitted,
        dataset_path,
        import_dataset,
        init_submission,
        installed_datasets,
        login,
        logout,
        plan_submission,
        pull_dataset,
        remove_dataset,
        set_parameters,
        submission_status,
        submit,
        whoami,
    )

__version__ = "0.1.0"

__all__ = [
    "ABXErrorRate",
    "Evaluation",
    "Finding",
    "Plan",
    "Profile",
    "Progress",
    "RemoteError",
    "Score",
    "Status",
    "Submitted",
    "Validation",
    "ZrcError",
    "abx_error",
    "dataset_path",
    "evaluate",
    "import_dataset",
    "init_submission",
    "installed_datasets",
    "login",
    "logout",
    "plan_submission",
    "pull_dataset",
    "remove_dataset",
    "set_parameters",
    "submission_status",
    "submit",
    "validate",
    "whoami",
]


if not TYPE_CHECKING:  # which would let type checkers take any name for one of ours

    def __getattr__(name: str) -> object:
        """Import the Python API when it is asked for: pytest imports this package in every run."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        homes = map(import_module, ("pytest_zrc.api", "pytest_zrc.life"))
        return next(getattr(home, name) for home in homes if hasattr(home, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
