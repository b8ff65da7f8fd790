"""``--zrc-profile``: another science, named beside every score."""

from __future__ import annotations

import csv
from xml.etree import ElementTree as ET

import pytest

from pytest_zrc.abx.profiles import PROFILES
from tests.plugin.conftest import Zrc

ONE = ("--zrc-sets=dev", "--zrc-tasks=clean", "-k", "phoneme-any-across")


def _values(zrc: Zrc) -> dict[str, float]:
    return {one["profile"]: one["score"] for one in zrc.scores()["scores"]}


def test_every_profile_is_named_wherever_its_scores_are(zrc: Zrc) -> None:
    for profile in PROFILES:
        result = zrc.run_here(f"--zrc-profile={profile}", *ONE)
        assert result.ret == 0
        result.stdout.fnmatch_lines([f"zrc: abxLS*profile {profile};*", f"*error rates in percent, profile {profile}*"])
        assert zrc.scores()["profile"] == profile
        assert list(_values(zrc)) == [profile]
        with (zrc.submission / "scores" / "score_all_phonetic.csv").open(encoding="utf-8") as file:
            assert {row["profile"] for row in csv.DictReader(file)} == {profile}
        assert {one["profile"] for one in zrc.read("score_all_phonetic.raw.json")} == {profile}
        junit = ET.parse(zrc.submission / "scores" / "junit.xml")  # noqa: S314 - our own
        properties = [item.get("value") for item in junit.iter("property") if item.get("name") == "profile"]
        assert properties == [profile]


def test_scores_of_one_profile_are_not_taken_for_another(zrc: Zrc) -> None:
    zrc.run_here(*ONE)
    librilight = _values(zrc)["librilight"]
    zrc.run_here("--zrc-profile=exact", *ONE)
    exact = _values(zrc)["exact"]
    assert exact != librilight
    result = zrc.run_here(*ONE)
    result.stdout.fnmatch_lines(["*1 scores were there already*"])
    assert _values(zrc)["librilight"] == librilight


def test_without_subsampling_no_limit_is_reported(zrc: Zrc) -> None:
    zrc.run_here("--zrc-profile=exact", *ONE)
    assert zrc.scores()["parameters"]["max_size_group"] is None
    assert zrc.scores()["parameters"]["max_x_across"] is None


def test_published_scores_of_another_profile_are_not_compared(zrc: Zrc) -> None:
    result = zrc.run_here("--zrc-profile=exact", *ONE)
    result.stdout.fnmatch_lines(["*published (librilight)*", "*cannot be compared*--zrc-profile=librilight*"])
    result.stdout.no_fnmatch_line("*standing:*")


def test_the_help_names_every_profile(pytester: pytest.Pytester) -> None:
    lines = " ".join(pytester.runpytest_inprocess("--help").stdout.lines)
    assert f"scoring profile: {', '.join(PROFILES)} (default" in " ".join(lines.split())


@pytest.mark.parametrize("name", ["exakt", "Exact"])
def test_an_unknown_profile_is_refused(zrc: Zrc, name: str) -> None:
    result = zrc.run_here(f"--zrc-profile={name}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: no scoring profile is called '{name}': choose one of librilight, exact, *"])
