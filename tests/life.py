"""A submission's whole life as its user lives it: by commands, each a process, in a home of the user's own."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.cli.group import NOT_REACHED
from pytest_zrc.submission.edit import set_fields
from pytest_zrc.submission.yamlfile import Scalar
from tests.builders import META, TinyDataset, make_abx17_dataset, make_dataset, make_features
from tests.server import UploadServer

COMMAND = Path(sysconfig.get_path("scripts"), "pytest-zrc")
NAME, PASSWORD = "ada", "secret"
PATIENCE = 30  # times that a user tries
PARTS = 7  # of an archive, about
WAIT = "10"  # s that the server gets to put the parts together
RESTART = "--restart"
FILLED_IN = ("benchmark_name", "model_info.model_id", "username", "submission_id")
MAKERS: Mapping[str, Callable[..., TinyDataset]] = {"abxLS": make_dataset, "abx17": make_abx17_dataset}


class CommandError(Exception):
    """A command ended otherwise than it should."""


@dataclass(slots=True)
class Terminal:
    """A user's terminal: commands are typed again when the server was not reached.

    Attributes:
        home: a folder of their own, where all settings and datasets are.
        address: of the server.
        repeated: how many commands were typed again.
    """

    home: Path
    address: str
    repeated: int = 0

    def zrc(self, *arguments: str | Path, typed: str = "") -> str:
        """Run ``pytest-zrc`` and return what it prints.

        Raises:
            CommandError: it failed, or did not reach the server time after time.
        """
        for _ in range(PATIENCE):
            done = self.run(*arguments, typed=typed)
            if done.returncode == 0:
                return done.stdout
            if done.returncode != NOT_REACHED or RESTART in done.stderr:
                break
            self.repeated += 1
        command = " ".join(map(str, arguments))
        raise CommandError(f"pytest-zrc {command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")

    def dataset(self, benchmark: str, **size: int) -> TinyDataset:
        """Make a small dataset where datasets are kept."""
        known = BENCHMARKS[benchmark]
        root = self.home / "app" / "datasets" / known.dataset
        return MAKERS[benchmark](root, subsets=[subset.name for subset in known.subsets], **size)

    def login(self) -> None:
        """Log in, as scripts do."""
        self.zrc("login", "--username", NAME, typed=f"{PASSWORD}\n")

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a command, of which all that it prints can be read while it runs."""
        return subprocess.Popen(
            [COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **self._place()
        )

    def run(self, *arguments: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command once, however it ends."""
        return subprocess.run(
            [COMMAND, *arguments],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            **self._place(),
        )

    def _place(self) -> dict[str, Any]:
        return {"env": self._environment(), "cwd": self.home}

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
        return kept | {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "APP_DIR": str(self.home / "app"),
            "ZRC_SERVER": self.address,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONUTF8": "1",
        }


@dataclass(slots=True)
class Life:
    """One system on two benchmarks, from nothing to uploaded.

    Attributes:
        terminal: where all is typed.
        folders: the submissions, by their benchmarks.
        restarted: how many times the user was told that a submission is lost, and began another one.
    """

    terminal: Terminal
    folders: dict[str, Path] = field(default_factory=dict)
    restarted: int = 0

    def whole(self) -> None:
        """Live it all."""
        self.prepare("abxLS")
        self.go_on()

    def go_on(self) -> None:
        """Log in, upload the first submission, make and upload the second, and look at both."""
        self.terminal.login()
        self.submit("abxLS")
        self.prepare("abx17", like="abxLS")
        self.submit("abx17")
        for folder in self.folders.values():
            self.terminal.zrc("status", folder)
        self.submit("abxLS")  # which was finished long ago

    def prepare(self, benchmark: str, *, like: str = "") -> None:
        """Make a submission that is ready to be uploaded, the second one ``like`` the first."""
        folder = self.folders[benchmark] = self.terminal.home / f"submission to {benchmark}"
        self.terminal.zrc("init", benchmark, folder, *(("--like", self.folders[like]) if like else ()))
        if not like:
            fill_in(folder)
        for subset, utterances in self.terminal.dataset(benchmark).utterances.items():
            for utterance in utterances:
                np.save(folder / subset / f"{utterance.name}.npy", make_features(utterance))
        self.terminal.zrc("verify", folder)
        self.terminal.zrc("run", benchmark, folder)

    def submit(self, benchmark: str) -> None:
        """Upload a submission in several parts; where the command says that it is lost, as another one."""
        folder = self.folders[benchmark]
        size = sum(path.stat().st_size for path in folder.rglob("*.npy"))
        arguments = ("submit", folder, "--part-size", str(size // (PARTS - 1)), "--wait", WAIT)
        while True:
            try:
                self.terminal.zrc(*arguments)
            except CommandError as error:
                if RESTART not in str(error) or self.restarted == PATIENCE:
                    raise
            else:
                return
            self.restarted += 1
            self.terminal.run(*arguments, RESTART)

    def problems(self, server: UploadServer) -> list[str]:
        """Say in which respects the server has not exactly these submissions, by its own books."""
        return [
            *_counts("models", len(server.models), 1),
            *_counts("submissions", len(server.submissions), len(self.folders) + self.restarted),
            *(problem for benchmark in self.folders for problem in self._problems_of(benchmark, server)),
        ]

    def _problems_of(self, benchmark: str, server: UploadServer) -> Iterator[str]:
        submissions = [each for each in server.submissions.values() if each.benchmark == benchmark]
        uploaded = [each for each in submissions if each.status == "uploaded"]
        yield from _counts(f"submissions uploaded to {benchmark}", len(uploaded), 1)
        for submission in uploaded:
            meta = yaml.safe_load((self.folders[benchmark] / "meta.yaml").read_text(encoding="utf-8"))
            if (meta["submission_id"], meta["model_info"]["model_id"]) != (submission.id, submission.model_id):
                yield f"{benchmark}: meta.yaml does not name the submission and its model"
            yield from (
                f"{benchmark}: {problem}" for problem in _differences(self.folders[benchmark], submission.archive)
            )


def fill_in(folder: Path) -> None:
    """Fill in the fields of meta.yaml that a user knows."""
    set_fields(folder / "meta.yaml", {name: value for name, value in _flat(META) if name not in FILLED_IN})


def _flat(fields: Mapping[str, object], section: str = "") -> Iterator[tuple[str, Scalar]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{section}{name}.")
        elif value is None or isinstance(value, str | int | float):
            yield f"{section}{name}", value


def _counts(what: str, count: int, wanted: int) -> list[str]:
    return [] if count == wanted else [f"{count} {what} instead of {wanted}"]


def _differences(folder: Path, path: Path) -> Iterator[str]:
    """Say in what an archive is not what it should be: the arrays, bit by bit, and what belongs to them."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        wanted = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*.npy")}
        if {name for name in names if name.endswith(".npy")} != set(wanted):
            yield "other arrays than the submission's"
        yield from (
            f"{name} differs" for name in names & set(wanted) if archive.read(name) != wanted[name].read_bytes()
        )
        needed = {"meta.yaml", "params.yaml", "scores/leaderboard.json"}
        yield from (f"no {name}" for name in sorted(needed - names))
