"""Recommendations are pytest warnings, at the line that they are about."""

from __future__ import annotations

from tests.plugin.conftest import Zrc


def _without_code_url(zrc: Zrc) -> None:
    meta = zrc.submission / "meta.yaml"
    lines = meta.read_text(encoding="utf-8").splitlines()
    meta.write_text("\n".join("code_url:" if line.startswith("code_url") else line for line in lines), encoding="utf-8")


def test_they_warn_and_pass(zrc: Zrc) -> None:
    _without_code_url(zrc)
    result = zrc.run_here("--zrc-validate-only")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*meta.yaml:*: ZrcWarning: ZRC-M08 meta.yaml:* code_url: is empty; expected *"])


def test_they_can_be_made_errors(zrc: Zrc) -> None:
    _without_code_url(zrc)
    result = zrc.run_here("--zrc-validate-only", "-W", "error::pytest_zrc.plugin.collection.ZrcWarning")
    result.assert_outcomes(failed=1, passed=19)
