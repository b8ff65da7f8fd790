"""junit.xml is there wholly, or as it was: pytest writes it under another name first."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Zrc

# Sees the report while it is being written, and stops pytest there if it is told to.
SLOW = """
import os

import _pytest.junitxml
import pytest

real = _pytest.junitxml.ET.tostring

def tostring(*args, **more):
    with open("seen.txt", "w") as log:
        log.write(" ".join(sorted(os.listdir("sub/scores"))))
    if os.environ.get("DIE"):
        os._exit(9)
    return real(*args, **more)

_pytest.junitxml.ET.tostring = tostring
"""


def test_it_is_not_there_before_it_is_whole(zrc: Zrc) -> None:
    zrc.pytester.makeconftest(SLOW)
    result = zrc.run("--zrc-validate-only")
    seen = (zrc.pytester.path / "seen.txt").read_text(encoding="utf-8").split()
    assert "junit.xml" not in seen
    assert any(name.startswith(".junit.xml.") for name in seen)
    report = zrc.submission / "scores" / "junit.xml"
    result.stdout.fnmatch_lines([f"*generated xml file: {report}*"])
    assert report.read_text(encoding="utf-8").endswith("</testsuites>")
    assert not list(report.parent.glob(".junit*"))


def test_an_older_one_outlives_a_process_that_dies_meanwhile(zrc: Zrc, monkeypatch: pytest.MonkeyPatch) -> None:
    zrc.pytester.makeconftest(SLOW)
    report = zrc.submission / "scores" / "junit.xml"
    report.parent.mkdir()
    report.write_text("old", encoding="utf-8")
    monkeypatch.setenv("DIE", "1")
    assert zrc.run("--zrc-validate-only").ret == 9
    assert report.read_text(encoding="utf-8") == "old"


def test_so_does_one_elsewhere(zrc: Zrc, monkeypatch: pytest.MonkeyPatch) -> None:
    zrc.pytester.makeconftest(SLOW)
    report = zrc.pytester.path / "mine.xml"
    report.write_text("old", encoding="utf-8")
    (zrc.pytester.path / "link.xml").symlink_to(report)
    zrc.submission.joinpath("scores").mkdir()
    with monkeypatch.context() as dying:
        dying.setenv("DIE", "1")
        assert zrc.run("--zrc-validate-only", "--junitxml=link.xml").ret == 9
    assert report.read_text(encoding="utf-8") == "old"
    assert zrc.run("--zrc-validate-only", "--junitxml=link.xml").ret == 0
    assert report.read_text(encoding="utf-8").endswith("</testsuites>")
    assert not (zrc.submission / "scores" / "junit.xml").exists()


def test_what_is_no_file_is_left_to_pytest(zrc: Zrc) -> None:
    result = zrc.run("--zrc-validate-only", "--junitxml=/dev/stdout")
    assert "</testsuites>" in result.stdout.str()
