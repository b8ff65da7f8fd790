"""The JUnit report says once, for the suite, what was run and what came of it, with any number of workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.plugin.conftest import Zrc


def _suite_properties(junit: Path) -> list[tuple[str | None, str | None]]:
    suite = ET.parse(junit).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    return [(one.get("name"), one.get("value")) for one in suite.iterfind("properties/property")]


def _timeless(junit: Path) -> dict[str, Any]:
    """Return all that a report holds, its tests sorted: workers finish in any order, and in any time."""
    suite = ET.parse(junit).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    for node in suite.iter():
        for varying in ("time", "timestamp", "hostname"):
            node.attrib.pop(varying, None)
    tests = sorted(ET.tostring(node, encoding="unicode") for node in suite.iterfind("testcase"))
    return {"suite": suite.attrib, "properties": _suite_properties(junit), "tests": tests}


def test_all_scores_in_percent(zrc: Zrc) -> None:
    zrc.run("-n", "2", "--zrc-sets=dev", "--zrc-tasks=clean")
    properties = _suite_properties(zrc.submission / "scores" / "junit.xml")
    stored = zrc.scores()
    assert properties == [
        ("zrc.benchmark", "abxLS"),
        ("zrc.profile", "librilight"),
        ("zrc.dataset_digest", stored["dataset_digest"]),
        *((f"zrc.score.{one['subset']}.{one['condition']}", f"{100 * one['score']:.4f}") for one in stored["scores"]),
    ]
    assert len(properties) == 9


@pytest.mark.parametrize("broken", [False, True])
def test_serial_and_parallel_reports_are_the_same(zrc: Zrc, *, broken: bool) -> None:
    if broken:
        next((zrc.submission / "dev-clean").iterdir()).unlink()
    for workers in ("0", "2"):
        zrc.run("-n", workers, f"--zrc-scores=out{workers}")
    serial, parallel = (_timeless(zrc.pytester.path / f"out{workers}" / "junit.xml") for workers in ("0", "2"))
    assert serial == parallel
    assert len(serial["tests"]) == 44
    assert serial["suite"]["failures"] == ("1" if broken else "0")


def test_without_scores(zrc: Zrc) -> None:
    zrc.run_here("--zrc-validate-only")
    properties = _suite_properties(zrc.submission / "scores" / "junit.xml")
    assert properties == [("zrc.benchmark", "abxLS"), ("zrc.profile", "librilight")]


def test_properties_of_others_stay(zrc: Zrc) -> None:
    zrc.pytester.makepyfile(
        """
        def test_mine(record_testsuite_property):
            record_testsuite_property("mine", 1)
        """
    )
    zrc.run_here("--zrc-validate-only")
    assert ("mine", "1") in _suite_properties(zrc.submission / "scores" / "junit.xml")
