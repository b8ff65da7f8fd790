"""The documentation says what the code does."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from pytest_zrc.plugin.options import OPTIONS

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_on_checks_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "make_docs.py"))["page"]()
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == made, "run tools/make_docs.py"


def test_the_readme_names_every_option_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"--zrc-[a-z-]+", readme)) == {option.flag for option in OPTIONS}


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")], ids=str)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
