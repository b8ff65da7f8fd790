"""The Python API of what surrounds the scores: an empty submission, datasets, accounts, uploads.

Its names are reached as ``pytest_zrc.submit`` and so on. The commands of ``pytest-zrc`` do the same, by the same code;
everything that a caller can mend is a ``ZrcError`` of one sentence.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from pytest_zrc.benchmarks.registry import find_benchmark
from pytest_zrc.datasets.download import Listener
from pytest_zrc.datasets.install import import_dataset as install_from
from pytest_zrc.datasets.install import installed, pull, remove, require_installed
from pytest_zrc.datasets.registry import read_registry
from pytest_zrc.errors import RemoteError
from pytest_zrc.publishing.status import Status, find_status
from pytest_zrc.publishing.submit import WAIT, Plan, Submitted, plan
from pytest_zrc.publishing.submit import submit as upload
from pytest_zrc.resolve import named_benchmark
from pytest_zrc.submission import template
from pytest_zrc.submission.layout import Submission
from pytest_zrc.submission.params import set_parameters as change_parameters
from pytest_zrc.upload.address import default_address, normal_address
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Profile
from pytest_zrc.upload.credentials import find_token, forget_token, keep_token

__all__ = [
    "Plan",
    "Profile",
    "RemoteError",
    "Status",
    "Submitted",
    "dataset_path",
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
    "whoami",
]

AnyPath: TypeAlias = str | os.PathLike[str]


def init_submission(benchmark: str, folder: AnyPath, *, like: AnyPath | None = None) -> list[str]:
    """Make an empty submission, whose files explain themselves; no dataset is needed.

    Args:
        benchmark: its name.
        folder: not there yet, or empty.
        like: another submission of the same system: what its ``meta.yaml`` says of it is taken over, with the model id.

    Returns:
        The files and folders (with a ``/``), relative to its own.
    """
    return template.init_submission(find_benchmark(benchmark), _path(folder), like=_path(like) if like else None)


def set_parameters(folder: AnyPath, values: Mapping[str, object], benchmark: str = "") -> None:
    """Set parameters in the ``params.yaml`` of a submission; everything else in it stays as it is.

    Args:
        folder: of the submission.
        values: by name.
        benchmark: its name; by default the one that ``meta.yaml`` names.
    """
    place = _path(folder)
    name = benchmark or named_benchmark(Submission(place), "benchmark=")
    change_parameters(find_benchmark(name), place, values)


def installed_datasets() -> list[str]:
    """Return the names of the datasets that are there."""
    return installed()


def dataset_path(name: str) -> Path:
    """Return where a dataset is; raises ZrcError where it is not installed."""
    return require_installed(name)


def pull_dataset(
    name: str, *, registry: str = "", force: bool = False, progress: Callable[[int, int | None], None] | None = None
) -> Path:
    """Download a dataset, verify and install it; where that was interrupted, go on. Returns where it is.

    Args:
        name: in the registry.
        registry: the address of another one.
        force: replace the one that is there.
        progress: told the bytes (or files) that are done, and how many there are, as far as that is known.
    """
    listener = Listener(progress=progress) if progress else Listener()
    return pull(read_registry(registry).find(name), force=force, listener=listener)


def import_dataset(name: str, source: AnyPath, *, force: bool = False) -> Path:
    """Install a dataset from a folder or a zip, and return where it is; with ``force`` also over another one."""
    return install_from(name, _path(source), force=force)


def remove_dataset(name: str) -> Path:
    """Remove a dataset, and return where it was."""
    return remove(name)


def login(username: str, password: str, *, server: str = "") -> str:
    """Log in and keep the token; return where it is kept, in words. The password is kept nowhere."""
    return keep_token(Client(_address(server)).login(username, password))


def logout(*, server: str = "") -> bool:
    """Forget the token for a server; return whether there was one."""
    return forget_token(_address(server))


def whoami(*, server: str = "") -> Profile:
    """Ask a server who is logged in."""
    address = _address(server)
    return Client(address, find_token(address)).profile()


def plan_submission(folder: AnyPath, *, dataset: AnyPath | None = None, server: str = "") -> Plan:
    """Find out what ``submit`` would send; nothing is sent, and nothing is changed."""
    return plan(_path(folder), dataset=_path(dataset) if dataset else None, address=server)


def submit(
    folder: AnyPath,
    *,
    dataset: AnyPath | None = None,
    server: str = "",
    restart: bool = False,
    wait: float = WAIT,
    progress: Callable[[str, float], None] | None = None,
) -> Submitted:
    """Upload a submission that was scored; where an earlier attempt was interrupted, go on from there.

    Args:
        folder: of the submission.
        dataset: its folder; by default where datasets are kept.
        server: its address; by default that of an upload that has begun, or the official one.
        restart: make another submission, whatever was uploaded or begun before.
        wait: seconds to wait for the server when it has got everything.
        progress: told the step, and the share of it that is done.
    """
    where = _path(dataset) if dataset else None
    return upload(_path(folder), dataset=where, address=server, restart=restart, wait=wait, tell=progress)


def submission_status(submission: AnyPath, *, server: str = "") -> Status:
    """Ask the server how far a submission is, by its id or its folder."""
    return find_status(os.fspath(submission), server)


def _path(given: AnyPath) -> Path:
    return Path(given).expanduser()


def _address(given: str) -> str:
    return normal_address(given) if given else default_address()
