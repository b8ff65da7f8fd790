"""The example ``conftest_templates/plain_features`` runs as it is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATE = Path(__file__).resolve().parents[2] / "conftest_templates" / "plain_features"
HIDE_TQDM = "import sys; sys.modules['tqdm'] = None"


@pytest.mark.parametrize("bar", [True, False])
def test_it_prints_error_rates(tmp_path: Path, bar: bool) -> None:
    folder = Path(shutil.copytree(TEMPLATE, tmp_path / "plain_features"))
    if not bar:
        (folder / "run.py").write_text(f"{HIDE_TQDM}\nimport score; score.main()\n", encoding="utf-8")
    before = sorted(folder.iterdir())
    command = [sys.executable, "-B", "score.py" if bar else "run.py"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    found = re.findall(
        r"^(\w+) +(within|across) +([\d.]+) %, 95 % interval [\d.]+ to [\d.]+$", run.stdout, re.MULTILINE
    )
    rates = {(features, speaker): float(rate) for features, speaker, rate in found}
    assert len(rates) == len(run.stdout.splitlines()) == 4
    assert all(rates["cepstrum", speaker] < rates["log_spectrum", speaker] < 20 for speaker in ("within", "across"))
    assert ("0%|" in run.stderr) == bar
    assert sorted(folder.iterdir()) == before
