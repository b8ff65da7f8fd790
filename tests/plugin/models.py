"""A repository with a model in it, and pytest to run there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.audio import add_audio
from tests.builders import make_dataset

ENCODER = """
    import os

    import numpy as np

    class Bands:
        sample_rate = 16_000
        digest = "32 bands"

        def __call__(self, waveform, sample_rate):
            with open("log.txt", "a") as log:
                log.write(f"{len(waveform)} {os.getpid()}\\n")
            frames = waveform[: len(waveform) // 160 * 160].reshape(-1, 160)
            return np.log(np.abs(np.fft.rfft(frames * np.hanning(160)))[:, 1:33] + 1e-3)

    encoder = Bands()
"""
CONFTEST = """
    import pytest
    import my_model

    @pytest.fixture(scope="session")
    def zrc_encoder():
        return my_model.encoder
"""
_HERE = ("--zrc-encoder-skip=all", "-p", "no:cacheprovider")
PROBES = {"16000", "32000"}  # samples


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder with a module ``my_model``, and a dataset of four files with audio."""

    pytester: pytest.Pytester
    dataset: Path

    @classmethod
    def make(cls, pytester: pytest.Pytester) -> Repository:
        """Write them."""
        dataset = make_dataset(pytester.path / "data", subsets=("dev-clean",))
        add_audio(dataset)
        pytester.makepyfile(my_model=ENCODER)
        return cls(pytester, dataset.root)

    @property
    def submission(self) -> Path:
        """Return where the features go."""
        return self.pytester.path / "zrc-submission"

    def run(self, *args: str, encoder: str = "--zrc-encoder") -> pytest.RunResult:
        """Run pytest with an encoder, for one subset of abxLS; its contract is tested elsewhere."""
        subset = ("--zrc-benchmark=abxLS", "--zrc-sets=dev", "--zrc-tasks=clean", f"--zrc-dataset={self.dataset}")
        return self.pytester.runpytest_subprocess(*subset, encoder, *_HERE, *args)

    def read(self, name: str = "scores.json") -> Any:  # noqa: ANN401
        """Read a JSON file among the results."""
        return json.loads((self.submission / "scores" / name).read_text(encoding="utf-8"))

    def encoded(self) -> list[str]:
        """Return the length of every file that was encoded, in samples, in any process."""
        log = (self.pytester.path / "log.txt").read_text(encoding="utf-8").splitlines()
        return sorted(line.split()[0] for line in log if line.split()[0] not in PROBES)
