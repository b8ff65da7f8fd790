"""Measure what the plugin costs every run of pytest that does not use it, where it is installed.

    python benchmarks/plugin_load.py --runs 41

prints a Markdown table of medians, and the modules that only the plugin loads; fails if one of them is of a third
party. The import is timed in new interpreters that have imported pytest. A run is pytest in an empty folder, with one
plugin named and the others left out; what a plugin adds is the difference to the run without any, taken by turns (in
brackets the quartiles: single runs differ by more than that). pytest-xdist is there because it is installed with this
plugin, and then loaded in every run too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

# By module, the name to give to pytest's -p.
PLUGINS = {"pytest_zrc.plugin": "zrc", "xdist.plugin": "xdist"}

IMPORT = """
import importlib, sys, time
import pytest
began = time.perf_counter()
importlib.import_module(sys.argv[1])
print(1000 * (time.perf_counter() - began))
"""
RUN = """
import sys, time
import pytest
began = time.perf_counter()
pytest.main(["-q", *sys.argv[1:]])
print(1000 * (time.perf_counter() - began), *sys.modules)
"""


def child(code: str, arguments: Sequence[str], folder: Path) -> tuple[float, set[str]]:
    """Run code in a new interpreter; return what its last line says: a time in ms, and names of modules."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PY")}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-c", code, *arguments]
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    process = subprocess.run(command, cwd=empty, env=environment, check=True, capture_output=True, text=True)
    time, *modules = process.stdout.splitlines()[-1].split()
    return float(time), set(modules)


def rows(folder: Path, runs: int) -> list[str]:
    """Return the lines of the table."""
    imports: dict[str, list[float]] = {name: [] for name in PLUGINS}
    added: dict[str, list[float]] = {name: [] for name in PLUGINS}
    plain: list[float] = []
    for turn in range(runs + 1):
        without, _ = child(RUN, [], folder)
        for module, name in PLUGINS.items():
            own, _ = child(IMPORT, [module], folder)
            whole, _ = child(RUN, ["-p", name], folder)
            if turn:  # the first one compiles the modules
                imports[module].append(own)
                added[module].append(whole - without)
        if turn:
            plain.append(without)
    return [
        "| | import, ms | adds to a run, ms |",
        "|---|---:|---:|",
        *(f"| {module} | {median(imports[module]):.1f} | {_with_quartiles(added[module])} |" for module in PLUGINS),
        "",
        f"A run without plugins takes {median(plain):.0f} ms, once pytest is imported.",
    ]


def _with_quartiles(values: list[float]) -> str:
    low, middle, high = quantiles(values, n=4)
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def loaded(folder: Path) -> list[str]:
    """Return the modules that are loaded because of this plugin."""
    without, used = (child(RUN, arguments, folder)[1] for arguments in ([], ["-p", "zrc"]))
    return sorted(used - without)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=41)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("\n".join(rows(folder, given.runs)))
        modules = loaded(folder)
    foreign = [one for one in modules if one.partition(".")[0] not in {*sys.stdlib_module_names, "pytest_zrc"}]
    print(f"\nLoaded because of the plugin: {', '.join(modules)}; of third parties: {', '.join(foreign) or 'none'}.")
    if foreign:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
