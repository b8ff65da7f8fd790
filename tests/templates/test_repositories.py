"""Each template works as it is, and notices when it gets worse."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.templates import TEMPLATES
from tests.templates.conftest import Repository

GATED = ("model_repo", "submission_repo")
RESULTS = "submission/scores"
GATES_ONLY = "pytest -o zrc_encoder_skip=all -o zrc_report=false"  # what else there is, the README's commands run


def _rate(repository: Repository) -> float:
    baseline = json.loads((repository.folder / "zrc-baseline.json").read_text(encoding="utf-8"))
    (rate,) = [one["score"] for one in baseline["scores"] if one["condition"] == "phoneme-any-across"]
    return float(rate)


def _bury_features_in_noise(folder: Path) -> None:
    noise = np.random.default_rng(0)
    for path in sorted((folder / "submission" / "demo").glob("*.npy")):
        array = np.load(path)
        np.save(path, (array + noise.normal(scale=0.3, size=array.shape)).astype(array.dtype))


def _forget_the_logarithm(folder: Path) -> None:
    path = folder / "encoder" / "model.py"
    before = path.read_text(encoding="utf-8")
    after = before.replace("1e-6).log()", "1e-6).sqrt()")
    assert after != before
    path.write_text(after, encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_command_of_its_readme_works(name: str, repository: Callable[[str], Repository]) -> None:
    copy = repository(name)
    copy.succeed("git init -q")
    copy.succeed("git add .")
    commands = copy.commands()
    assert set(TEMPLATES[name].commands) <= set(commands)
    outputs = {command: copy.succeed(command) for command in commands}
    for command in {"pytest", "pytest -n auto"} & set(outputs):
        assert "gates: 10 of 10 passed" in outputs[command]
        assert "warning" not in outputs[command]
    if name in GATED:
        assert {"junit.xml", "report.html", "scores.json", "summary.md"} <= set(os.listdir(copy.folder / RESULTS))
    written = copy.succeed("git ls-files --others --exclude-standard")
    assert not written, "git is not told to ignore it"


@pytest.mark.parametrize(
    ("name", "worsen"), [("model_repo", _forget_the_logarithm), ("submission_repo", _bury_features_in_noise)]
)
def test_a_regression_is_caught_and_can_become_the_baseline(
    name: str, worsen: Callable[[Path], None], repository: Callable[[str], Repository]
) -> None:
    copy = repository(name)
    before = _rate(copy)
    worsen(copy.folder)
    result = copy.run(GATES_ONLY)
    assert result.returncode == 1
    assert "FAILED demo::demo::baseline-phoneme-any-across" in result.stdout
    assert _rate(copy) == before
    copy.succeed(f"{GATES_ONLY} --zrc-update-baseline")
    assert _rate(copy) > before + 0.003
    assert "gates: 10 of 10 passed" in copy.succeed(GATES_ONLY)
