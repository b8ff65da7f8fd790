"""What programs made in the templates is what they make."""

from __future__ import annotations

import runpy
from pathlib import Path

from pytest_zrc.templates import TEMPLATES

ROOT = Path(__file__).resolve().parents[2]
MADE = "run tools/make_templates.py"


def test_the_features_of_the_submission_are_those_of_the_demo(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "tools" / "make_templates.py"))["make_features"](tmp_path)
    folder = TEMPLATES["submission_repo"].folder / "submission" / "demo"
    files = {path.name: path.read_bytes() for path in folder.glob("*.npy")}
    assert len(files) == 32
    assert files == {path.name: path.read_bytes() for path in tmp_path.iterdir()}, MADE


def test_they_come_with_their_licences() -> None:
    notice = ROOT / "pytest_zrc" / "demo" / "NOTICE"
    assert (TEMPLATES["submission_repo"].folder / "NOTICE").read_bytes() == notice.read_bytes(), MADE
