"""The JUnit report lies beside the scores, unless the user wants it elsewhere."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.plugin.conftest import Zrc


def test_beside_the_scores(zrc: Zrc) -> None:
    zrc.run_here("--zrc-validate-only")
    assert 'tests="20"' in (zrc.submission / "scores" / "junit.xml").read_text(encoding="utf-8")


def test_a_score_has_its_interval_its_profile_and_its_rank(zrc: Zrc) -> None:
    zrc.run_here("--zrc-sets=dev", "--zrc-tasks=clean", "-k", "triphone and within-within")
    junit = ET.parse(zrc.submission / "scores" / "junit.xml")  # noqa: S314 - our own
    properties = {
        item.get("name"): item.get("value") or "" for item in junit.iterfind(".//testcase/properties/property")
    }
    assert list(properties) == ["abx_error_percent", "abx_interval_percent", "profile", "leaderboard_rank"]
    low, high = map(float, properties["abx_interval_percent"].split(" to "))
    assert 0 <= low <= float(properties["abx_error_percent"]) <= high <= 100
    assert properties["leaderboard_rank"].endswith(" of 37")


def test_elsewhere(zrc: Zrc) -> None:
    zrc.run_here("--zrc-validate-only", "--junitxml=mine.xml")
    assert (zrc.pytester.path / "mine.xml").exists()
    assert not (zrc.submission / "scores" / "junit.xml").exists()


def test_without_pytest_s_plugin_for_it(zrc: Zrc) -> None:
    assert zrc.run_here("--zrc-validate-only", "-p", "no:junitxml").ret == 0
