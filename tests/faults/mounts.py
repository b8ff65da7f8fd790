"""File systems of a test's own, in a name space of mounts of its own: nothing of them is left afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.plugin.conftest import Zrc


def require_mounts() -> None:
    """Skip the test where no file system can be mounted."""
    if not _can_mount():
        pytest.skip("nothing can be mounted here")


@cache
def _can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    return (
        subprocess.run([*_own_mounts(), "mount -t tmpfs none /mnt"], capture_output=True, check=False).returncode == 0
    )


def _own_mounts() -> list[str]:
    return ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]), "sh", "-ec"]


def run_on_small_disk(zrc: Zrc, disk: Path, room: int, *arguments: str) -> pytest.RunResult:
    """Run pytest with a folder on a disk of its own, which holds what the folder does, and has so much room left.

    Args:
        zrc: what is run.
        disk: the folder; afterwards it holds what was on the disk.
        room: in KiB.
        arguments: of pytest.
    """
    require_mounts()
    copy = disk.with_name(f"{disk.name}.copy")
    script = f"""
        cp -a {disk} {copy}
        mount -t tmpfs none {disk}
        cp -a {copy}/. {disk}
        mount -o remount,size=$(($(df -k --output=used {disk} | tail -1) + {room}))k {disk}
        set +e
        "$@"; code=$?
        rm -rf {copy}
        cp -a {disk} {copy}
        exit $code
    """
    result = _run(zrc, script, *arguments)
    shutil.rmtree(disk)
    copy.rename(disk)
    return result


def run_read_only(zrc: Zrc, folder: Path, *arguments: str) -> pytest.RunResult:
    """Run pytest with a folder that is mounted to be read only."""
    require_mounts()
    script = f"""
        mount --bind {folder} {folder}
        mount -o remount,ro,bind {folder}
        exec "$@"
    """
    return _run(zrc, script, *arguments)


def _run(zrc: Zrc, script: str, *arguments: str) -> pytest.RunResult:
    pytest_itself = [sys.executable, "-mpytest", "-p", "no:cacheprovider"]
    options = ["--zrc-submission=./sub", f"--zrc-dataset={zrc.dataset}", *arguments]
    return zrc.pytester.run(*_own_mounts(), script, "sh", *pytest_itself, *options)
