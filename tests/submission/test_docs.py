"""The page on submissions shows what is made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.submission.template import init_submission

PAGE = (Path(__file__).parents[2] / "docs" / "submission.md").read_text(encoding="utf-8")


def test_every_piece_of_a_file_is_as_it_is_made(tmp_path: Path) -> None:
    init_submission(ABXLS, tmp_path)
    made = "\n".join((tmp_path / name).read_text(encoding="utf-8") for name in ("meta.yaml", "params.yaml"))
    pieces = [
        piece for piece in re.findall(r"(?:^(?:    .*)?\n)+", PAGE, re.MULTILINE) if piece.strip().startswith("#")
    ]
    assert len(pieces) == 2
    for piece in pieces:
        assert "\n".join(line[4:] for line in piece.strip("\n").splitlines()) in made


def test_every_folder_and_file_is_named(tmp_path: Path) -> None:
    for name in init_submission(ABXLS, tmp_path):
        assert re.search(rf"^      {re.escape(name)}( |$)", PAGE, re.MULTILINE)


def test_the_example_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    init_submission(ABXLS, Path("my-sub"))
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code, {})  # noqa: S102 - our own
    assert 'code_url: "https://example.org/code"' in Path("my-sub/meta.yaml").read_text(encoding="utf-8")
