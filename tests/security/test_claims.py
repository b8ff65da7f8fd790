"""``docs/security.md`` names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CLAIMED = sorted(set(re.findall(r"(tests/[\w/]+\.py)::(\w+)", PAGE)))


@pytest.mark.parametrize(("file", "name"), CLAIMED, ids="::".join)
def test_the_test_of_a_claim_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_of_security_belongs_to_a_claim() -> None:
    named = {file for file, _ in CLAIMED}
    ours = {path.relative_to(ROOT).as_posix() for path in Path(__file__).parent.glob("test_*.py")}
    assert ours - named == {"tests/security/test_claims.py"}


def test_every_claim_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    claims = [row for row in rows if not row.startswith("| an attacker")]
    assert len(claims) > 40
    assert not [row for row in claims if "::" not in row]
