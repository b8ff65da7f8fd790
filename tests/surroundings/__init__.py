"""What surrounds a process, changed: locales, the order of folders, seeds of hashes, time zones."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SITE = Path(__file__).with_name("site")
"""A folder for PYTHONPATH: every Python then has the locale of its environment in all of C, and shuffles folders where
ZRC_SHUFFLE has a seed."""

LOCALES = ("de_DE", "tr_TR")
"""One with a decimal comma, and one in which the capital of i is not I, and which has the comma, too."""


def make_locale(folder: Path, name: str) -> bool:
    """Make a locale, with UTF-8, in a folder for LOCPATH; tell whether the system has what that takes."""
    if not shutil.which("localedef"):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.UTF-8"
    command = ["localedef", "-i", name, "-f", "UTF-8", str(target)]
    subprocess.run(command, check=False, capture_output=True)  # which ends with 1 after mere warnings, too
    return target.is_dir()


def surroundings(*, seed: int, zone: str, locale: str = "C", locales: Path | None = None) -> dict[str, str]:
    """Return the variables of an environment that is unlike any usual one."""
    variables = {"PYTHONPATH": str(SITE), "PYTHONHASHSEED": str(seed), "ZRC_SHUFFLE": str(seed), "TZ": zone}
    return {**variables, "PYTHONUTF8": "0", "LC_ALL": locale, **({"LOCPATH": str(locales)} if locales else {})}
