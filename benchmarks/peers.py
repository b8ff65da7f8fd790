"""The engines that ours is compared with, each in an environment of its own: their versions contradict each other's."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RUNNERS = Path(__file__).resolve().parent / "runners"
TORCH = "torch==2.13.0"


@dataclass(frozen=True, slots=True)
class Peer:
    """Another engine.

    Attributes:
        name: how it is called in options and results.
        python: the version of Python that it runs on.
        installs: what pip is given, one call after the other.
        runner: the script that runs it.
    """

    name: str
    python: str
    installs: tuple[tuple[str, ...], ...]
    runner: Path

    def environment(self, folder: Path, python: str | None) -> str:
        """Return the Python of its environment in a folder, which is made where it is missing.

        Args:
            folder: where the environments are.
            python: a Python of the version that it needs; by default one on the PATH.
        """
        home = folder / self.name
        interpreter, ready = home / "bin" / "python", home / "installed.txt"
        wanted = "\n".join(" ".join(call) for call in self.installs)
        if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
            return str(interpreter)
        print(f"{self.name}: installing {', '.join(wanted.split())} into {home}", file=sys.stderr)
        subprocess.run([find_python(self.python, python), "-m", "venv", "--clear", str(home)], check=True)
        for call in self.installs:
            pip = [str(interpreter), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *call]
            subprocess.run(pip, check=True)
        ready.write_text(wanted, encoding="utf-8")
        return str(interpreter)


PEERS = {
    "fastabx": Peer("fastabx", "3.12", (("fastabx==0.9.0", TORCH),), RUNNERS / "fastabx_peer.py"),
    # It asks for torchaudio, which it needs for models only, and which would bring another torch.
    "libriabx2": Peer(
        "libriabx2",
        "3.11",
        ((TORCH, "numpy", "pandas", "soundfile", "tqdm"), ("--no-deps", "zerospeech-libriabx2==0.9.8")),
        RUNNERS / "libriabx2_peer.py",
    ),
}


def find_python(version: str, given: str | None = None) -> str:
    """Return a Python of this version: the given one, or one on the PATH."""
    for candidate in (given,) if given else (sys.executable, f"python{version}", "python3", "python"):
        command = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):  # not there, or a shim for a version that is not chosen
            continue
        if found == version:
            return candidate
    where = f"{given} is not one" if given else "none is on the PATH"
    raise SystemExit(f"Python {version} is needed: {where}; name one with --python{version.replace('.', '')}")
