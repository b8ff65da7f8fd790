"""A command that is started in a folder of others runs none of what is in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import save_pickled
from tests.publishing.submitting import Sender

SCRIPT = Path(sys.executable).with_name("pytest-zrc")


@pytest.mark.skipif(not SCRIPT.exists(), reason="the command is not installed here")
def test_code_in_the_current_folder_is_not_run(sender: Sender, tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    code = f"from pathlib import Path; Path({str(marker)!r}).touch()"
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "yaml.py", "numpy.py", "pytest_zrc.py"):
        (sender.folder / name).write_text(code, encoding="utf-8")
    (sender.folder / "evil.pth").write_text(f"import os; {code}", encoding="utf-8")
    (sender.folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest\n", encoding="utf-8")
    save_pickled(sender.folder / "english" / "evil.npy", marker)
    arguments = [str(SCRIPT), "verify", ".", "--dataset", str(sender.dataset)]
    done = subprocess.run(arguments, cwd=sender.folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")  # for the file that no dataset has
    assert "evil.npy" in done.stdout
    assert not marker.exists()
