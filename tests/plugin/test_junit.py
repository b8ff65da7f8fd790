"""The JUnit report lies beside the scores, unless the user wants it elsewhere."""

from __future__ import annotations

from tests.plugin.conftest import Zrc


def test_beside_the_scores(zrc: Zrc) -> None:
    zrc.run("--zrc-validate-only")
    assert 'tests="20"' in (zrc.submission / "scores" / "junit.xml").read_text(encoding="utf-8")


def test_elsewhere(zrc: Zrc) -> None:
    zrc.run("--zrc-validate-only", "--junitxml=mine.xml")
    assert (zrc.pytester.path / "mine.xml").exists()
    assert not (zrc.submission / "scores" / "junit.xml").exists()


def test_without_pytest_s_plugin_for_it(zrc: Zrc) -> None:
    assert zrc.run("--zrc-validate-only", "-p", "no:junitxml").ret == 0
