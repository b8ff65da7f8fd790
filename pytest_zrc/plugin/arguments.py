"""Looks at the command line before pytest does anything with the folders that it names.

Pytest knows the options of plugins only after it has chosen its root folder, so that it takes the folder in
``--zrc-submission DIR`` (with a space) for one of tests: it may become the root, and its settings those of the run.
And our test ids, pasted from the output, look to pytest like paths.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.plugin.options import OPTIONS

CHOSEN = pytest.StashKey[tuple[str, ...]]()

_SETTINGS = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


def prepare(config: pytest.Config, args: list[str]) -> None:
    """Refuse what would make pytest use a submission as code; put ids of our tests aside, under ``CHOSEN``.

    Args:
        config: half made: its options are in ``known_args_namespace``.
        args: the arguments that pytest will parse; changed in place.

    Raises:
        pytest.UsageError: with the command to run instead.
    """
    _refuse_moved_root(config)
    _refuse_conftest(config)
    paths: list[str] = config.known_args_namespace.file_or_dir
    chosen = tuple(path for path in paths if _is_ours(path, config.invocation_params.dir))
    for name in chosen:
        paths.remove(name)
        args.remove(name)
    config.stash[CHOSEN] = tuple(name.removesuffix("::") for name in chosen)


def _is_ours(argument: str, folder: Path) -> bool:
    benchmark, separator, _ = argument.partition("::")
    return benchmark in BENCHMARKS and (bool(separator) or not (folder / benchmark).exists())


def _refuse_moved_root(config: pytest.Config) -> None:
    args = [str(arg) for arg in config.invocation_params.args]
    folders = [path for path in _separate_paths(args) if os.path.exists(config.invocation_params.dir / path)]
    if not folders or any(arg.startswith(("--rootdir", "-c", "--config-file")) for arg in args):
        return
    if config.rootpath not in _natural_roots(config.invocation_params.dir):
        raise pytest.UsageError(
            f"with a space before {folders[0]}, pytest takes {config.rootpath} for its root folder and its settings; "
            f"run this instead:\n  {_with_equals(args)}"
        )


def _separate_paths(args: Sequence[str]) -> list[str]:
    """Return the values of our path options that stand as arguments of their own."""
    flags = {option.flag for option in OPTIONS if option.kind == "path"}
    return [value for flag, value in pairwise(args) if flag in flags]


def _natural_roots(folder: Path) -> tuple[Path, ...]:
    """Return what pytest's root can be without such an argument: this folder, or the nearest one with settings."""
    above = (folder, *folder.parents)
    with_settings = [candidate for candidate in above if any((candidate / name).is_file() for name in _SETTINGS)]
    with_setup = [candidate for candidate in above if (candidate / "setup.py").is_file()]
    return (folder, *(with_settings or with_setup)[:1])


def _with_equals(args: Sequence[str]) -> str:
    """Return the command line with ``--zrc-... VALUE`` joined to ``--zrc-...=VALUE``."""
    flags = {option.flag for option in OPTIONS if option.kind != "flag"}
    joined: list[str] = []
    rest = iter(args)
    for arg in rest:
        value = next(rest, None) if arg in flags else None
        joined.append(arg if value is None else f"{arg}={value}")
    return shlex.join(["pytest", *joined])


def _refuse_conftest(config: pytest.Config) -> None:
    """Refuse a submission whose conftest.py pytest would execute, as it does in folders named test*."""
    given = getattr(config.known_args_namespace, "zrc_submission", None) or config.getini("zrc_submission")
    if not given:
        return
    folder = Path(os.path.abspath(config.invocation_params.dir / given))
    beside = folder.parent == config.invocation_params.dir and folder.name.startswith("test")
    if beside and (folder / "conftest.py").exists():
        raise pytest.UsageError(
            f"{folder} is named like a folder of tests and holds a conftest.py, which pytest would execute: "
            "rename the folder, or remove that file"
        )
