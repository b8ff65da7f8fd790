"""Run the same scoring under everything that must not change it, and say what does.

    python -m benchmarks.determinism [--python PATH ...] [--only WHAT]

scores the demo (real speech, six scores) and a synthetic subset of abxLS (64 dimensions, float32; the same six) with
pytest, each variation in a process of its own, and compares all scores, unrounded, and the bytes of the CSV file with
those of a first run: no workers, one thread, the compiled engine. Each --python is another interpreter in which
pytest-zrc is installed, with whatever versions of NumPy and pytest it has. The order of folders is shuffled below
Python (os.listdir, os.scandir). Locales are made for it, and set for all of C, too. What comes out is a table: equal to
the bit, or the largest difference of two scores, in points of a percentage.

It ends with 1 where something differs by more than it may: kernels by what one near tie is worth, all else not at all.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.surroundings import LOCALES, SITE, make_locale

ALLOWED = 0.001  # points: what kernels, which round differently, may differ by
CORPUS = ("--preset", "small", "--subsets", "dev-clean")

# Plugins that put another kernel in the place of the one that is chosen.
KERNELS = {
    "numpy": "from pytest_zrc.abx import native\nnative.library = None\n",
    "torch": (
        "from pytest_zrc.abx.torch_kernel import TorchKernel\n"
        "from pytest_zrc.scoring import meter\n"
        'meter.make_kernel = lambda device, threads: TorchKernel("cpu")\n'
    ),
    "compiled": (
        "import os\n"
        "from pytest_zrc.abx.compiled_kernel import CompiledKernel\n"
        "from pytest_zrc.scoring import meter\n"
        'meter.make_kernel = lambda device, threads: CompiledKernel(threads, os.environ["ZRC_ISA"])\n'
    ),
}


@dataclass(frozen=True)
class Variation:
    """A way to run the same scoring.

    Attributes:
        what: varies, as a heading.
        value: it has here.
        options: of pytest.
        environment: of the process.
        python: what runs it.
        kernel: that must have been used, the beginning of its name.
        rounds: whether it rounds differently.
    """

    what: str
    value: str
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable
    kernel: str = "compiled-"
    rounds: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run wrote: unrounded error rates as fractions, and the CSV file."""

    scores: dict[str, float]
    csv: bytes


def variations(pythons: list[str], locales: Path) -> Iterator[Variation]:
    """Yield all ways to run, those first that cost least."""
    for again in ("2nd", "3rd"):
        yield Variation("run", again)
    for seed in ("0", "1", "4242"):
        yield Variation("PYTHONHASHSEED", seed, environment={"PYTHONHASHSEED": seed})
    for seed in ("1", "2", "3"):
        yield Variation("order of folders", f"shuffle {seed}", environment={"ZRC_SHUFFLE": seed})
    yield Variation("locale", "C", environment={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    for name in LOCALES:
        yield Variation(
            "locale",
            f"{name}.UTF-8",
            environment={"LC_ALL": f"{name}.UTF-8", "LOCPATH": str(locales), "PYTHONUTF8": "0"},
        )
    for zone in ("UTC", "Asia/Kathmandu", "America/St_Johns"):
        yield Variation("time zone", zone, environment={"TZ": zone})
    for number in ("1", "2", "4"):
        yield Variation("workers", f"-n {number}", ("-n", number))
    for number in ("2", "3", "7"):
        yield Variation("threads", number, (f"--zrc-threads={number}",))
    yield from _kernels()
    for python in pythons:
        yield Variation("Python, NumPy", _versions(python), python=python)


def _kernels() -> Iterator[Variation]:
    from pytest_zrc.abx import native  # noqa: PLC0415 - of this interpreter, which need not be the one that runs

    for isa in native.require().isas():
        yield Variation(
            "instruction set", isa, ("-p", "zrc_compiled"), {"ZRC_ISA": isa}, kernel=f"compiled-{isa}", rounds=True
        )
    yield Variation("kernel", "NumPy", ("-p", "zrc_numpy"), kernel="numpy", rounds=True)
    if importlib.util.find_spec("torch"):
        yield Variation("kernel", "PyTorch (CPU)", ("-p", "zrc_torch"), kernel="torch", rounds=True)


def _versions(python: str) -> str:
    code = "import numpy, platform; print(platform.python_version(), numpy.__version__, sep=', ')"
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def prepare(work: Path) -> dict[str, tuple[str, ...]]:
    """Make what is scored, the locales and the code that runs before; return the options of each thing to score."""
    plugins = work / "plugins"
    plugins.mkdir()
    for name, code in KERNELS.items():
        (plugins / f"zrc_{name}.py").write_text(code, encoding="utf-8")
    for name in LOCALES:
        if not make_locale(work / "locales", name):
            sys.exit(f"the locale {name} cannot be made: install what localedef needs")
    maker = Path(__file__).with_name("make_corpus.py")
    subprocess.run([sys.executable, str(maker), str(work / "corpus"), *CORPUS], check=True, capture_output=True)
    corpus = (
        f"--zrc-submission={work / 'corpus' / 'submission'}",
        f"--zrc-dataset={work / 'corpus' / 'dataset'}",
        "--zrc-sets=dev",
        "--zrc-tasks=clean",
    )
    return {"demo": ("--zrc-benchmark=demo",), "synthetic": corpus}


def run(work: Path, subject: tuple[str, ...], variation: Variation) -> Outcome:
    """Score as a variation says, in a fresh folder."""
    folder = work / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    options = [f"--zrc-scores={folder / 'scores'}", "-q", "-p", "no:cacheprovider"]
    if "-n" not in variation.options:
        options += ["-n", "0"]
    if not any(option.startswith("--zrc-threads") for option in variation.options):
        options.append("--zrc-threads=1")
    environment = {**os.environ, "PYTHONPATH": f"{SITE}{os.pathsep}{work / 'plugins'}", **variation.environment}
    command = [variation.python, "-m", "pytest", *subject, *options, *variation.options]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{variation.what} {variation.value} ends with {done.returncode}:\n{done.stdout}{done.stderr}")
    records = json.loads((folder / "scores" / "scores.json").read_text(encoding="utf-8"))["scores"]
    if not all(one["kernel"].startswith(variation.kernel) for one in records):
        sys.exit(f"{variation.what} {variation.value} was not scored by {variation.kernel}: {records[0]['kernel']}")
    scores = {f"{one['subset']} {one['condition']}": one["score"] for one in records}
    csv = b"".join(path.read_bytes() for path in sorted((folder / "scores").glob("*.csv")))
    return Outcome(scores, csv)


def difference(one: Outcome, other: Outcome) -> float:
    """Return the largest difference of two scores, in points of a percentage; of two runs with the same scores."""
    if one.scores.keys() != other.scores.keys():
        sys.exit(f"not the same scores: {sorted(one.scores.keys() ^ other.scores.keys())}")
    return max(100 * abs(one.scores[name] - other.scores[name]) for name in one.scores)


def _verdict(first: Outcome, other: Outcome) -> str:
    if first == other:
        return "equal to the bit"
    files = "the same CSV" if first.csv == other.csv else "another CSV"
    return f"{difference(first, other):.1e} points, {files}"


def main() -> None:
    """Read the arguments, and end with 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], metavar="PATH", help="another interpreter")
    parser.add_argument("--only", default="", metavar="WHAT", help="only variations of this, as workers")
    given = parser.parse_args()
    with TemporaryDirectory() as work:
        sys.exit(int(not compare(Path(work), given.python, given.only)))


def compare(work: Path, pythons: list[str], only: str) -> bool:
    """Run all variations, print the table, and tell whether nothing differs by more than it may."""
    subjects = prepare(work)
    first = {name: run(work, subject, Variation("first run", "")) for name, subject in subjects.items()}
    print(f"| what varied | value | {' | '.join(subjects)} |\n|---|---|{'---|' * len(subjects)}")
    good = True
    for variation in variations(pythons, work / "locales"):
        if only not in variation.what:
            continue
        outcomes = {name: run(work, subject, variation) for name, subject in subjects.items()}
        verdicts = [_verdict(first[name], outcome) for name, outcome in outcomes.items()]
        print(f"| {variation.what} | {variation.value} | {' | '.join(verdicts)} |", flush=True)
        for name, outcome in outcomes.items():
            allowed = difference(first[name], outcome) <= ALLOWED if variation.rounds else outcome == first[name]
            good &= allowed
    return good


if __name__ == "__main__":
    main()
