"""What docs/api.md shows is what happens."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

from tests.api.demo import SUBMISSION

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_the_examples_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SUBMISSION, tmp_path / "sub")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APP_DIR", str(tmp_path / "zr-data"))
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8")
    assert tried > 15
    assert not failed
    assert (tmp_path / "results" / "scores.json").exists()
