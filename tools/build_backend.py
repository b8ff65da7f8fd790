"""What pip builds pytest-zrc with: scikit-build-core, except for editable installs.

Its own put a module in between that hooks into the import system. That one is not told of moved files, and pytest,
which takes every module of a plugin for one with asserts, warns of it. Here it is a path, and the compiled engine comes
to lie beside the sources.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from scikit_build_core.build import (
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]

ROOT = Path(__file__).resolve().parent.parent
NATIVE = "pytest_zrc/abx/_native"

get_requires_for_build_editable = get_requires_for_build_wheel


def build_editable(
    wheel_directory: str,
    config_settings: dict[str, list[str] | str] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Make a wheel that holds the metadata and a path to the sources."""
    del metadata_directory  # a hook that pip calls only beside one that is not here
    with tempfile.TemporaryDirectory() as folder:
        name: str = build_wheel(folder, config_settings)
        with zipfile.ZipFile(Path(folder, name)) as wheel:
            files = {file: wheel.read(file) for file in wheel.namelist()}
    # Unlinked rather than overwritten: a process may have loaded it. Without a new one the old one must go, too.
    native = {file: data for file, data in files.items() if file.startswith(NATIVE) and not file.endswith(".pyi")}
    for file in native or [NATIVE + suffix for suffix in EXTENSION_SUFFIXES]:
        (ROOT / file).unlink(missing_ok=True)
    for file, data in native.items():
        (ROOT / file).write_bytes(data)

    files = {file: data for file, data in files.items() if ".dist-info/" in file}
    record = next(file for file in files if file.endswith(".dist-info/RECORD"))
    files["_pytest_zrc.pth"] = f"{ROOT}\n".encode()
    files[record] = "".join(
        f"{file},,\n" if file == record else f"{file},sha256={_digest(data)},{len(data)}\n"
        for file, data in files.items()
    ).encode()
    with zipfile.ZipFile(Path(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for file, data in files.items():
            wheel.writestr(file, data)
    return name


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
