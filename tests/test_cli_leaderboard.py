"""The command pytest-zrc leaderboard."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.cli import main
from pytest_zrc.leaderboards.board import score_columns
from tests.leaderboards.test_own import RECORD, STORED


def _leaderboard(*args: str) -> Result:
    return CliRunner().invoke(main, ["leaderboard", *args])


def _own(folder: Path, profile: str = "librilight", score: float = 0.0405) -> str:
    path = folder / "scores.json"
    path.write_text(
        json.dumps({**STORED, "profile": profile, "scores": [{**RECORD, "score": score}]}), encoding="utf-8"
    )
    return f"--with={path}"


def test_the_leaderboards_are_listed() -> None:
    lines = _leaderboard().output.splitlines()
    assert [line.split()[0] for line in lines] == [
        name for name, benchmark in BENCHMARKS.items() if benchmark.leaderboard_profile
    ]
    assert lines[0] == "abxLS      36 systems, profile librilight"


def test_a_leaderboard_as_a_table() -> None:
    result = _leaderboard("abxls")
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "abxLS: 36 published systems, ABX error rates in percent, made with profile librilight"
    assert lines[3].split() == ["rank", "mean", *["within", "across"] * 3]
    assert lines[4].split()[:8] == ["1", "Cho21b", "5.08", "3.69", "5.39", "2.66", "4.08", "7.09"]
    assert lines[39].split()[:4] == ["-", "baseline21a", "-", "49.63"]
    assert lines[40] == "scores taken from github.com/zerospeech/leaderboard-archive@26189a4"
    assert max(map(len, lines)) <= 100


def test_it_is_ranked_by_any_score() -> None:
    lines = _leaderboard("abxLS", "--sort=triphone_within_dev_clean_across").output.splitlines()
    assert lines[1].endswith("ranked by triphone_within_dev_clean_across")
    assert lines[4].split()[:4] == ["1", "Gan21f", "3.52", "5.69"]
    assert max(map(len, lines)) <= 100


def test_csv_has_every_score_under_its_column() -> None:
    rows = list(csv.DictReader(_leaderboard("abxLS", "--csv").output.splitlines()))
    assert len(rows) == 36
    assert set(score_columns(BENCHMARKS["abxLS"]).values()) < set(rows[0])
    (baseline,) = [row for row in rows if row["model_id"] == "Baseline4-lg"]
    assert float(baseline["phoneme_any_test_other_across"]) == 10.4
    assert (baseline["rank"], baseline["frame_shift"]) == ("6", "0.01")
    assert baseline["url"] == "https://arxiv.org/abs/2011.11588"


def test_json_has_everything() -> None:
    board = json.loads(_leaderboard("abxLS", "--json").output)
    assert (board["profile"], board["unit"], board["ranked_by"]) == ("librilight", "percent error", "mean")
    best = board["entries"][0]
    assert (best["model_id"], best["rank"], best["mean"], len(best["scores"])) == ("Cho21b", 1, 5.08, 24)
    assert best["means"]["triphone_within_within"] == 3.69
    assert all(entry["source"] for entry in board["entries"])


def test_one_s_own_scores_stand_among_them(tmp_path: Path) -> None:
    lines = _leaderboard("abxLS", _own(tmp_path)).output.splitlines()
    (own,) = [line.split() for line in lines if "(yours)" in line]
    assert own[:4] == ["8", "(yours)", "4.05", "4.05"]
    assert lines[1].startswith("means of 1 score")


def test_scores_of_another_profile_are_shown_without_a_rank(tmp_path: Path) -> None:
    lines = _leaderboard("abxLS", _own(tmp_path, "exact")).output.splitlines()
    row, note = [line for line in lines if "(yours)" in line]
    assert row.split()[:3] == ["-", "(yours)", "4.05"]
    assert note == (
        "(yours): published scores were made with profile librilight, these with exact: "
        "they cannot be compared (--zrc-profile=librilight)"
    )


def test_scripts_are_told_so_too(tmp_path: Path) -> None:
    own = _own(tmp_path, "exact")
    stored = json.loads(_leaderboard("abxLS", own, "--json").stdout)
    result = _leaderboard("abxLS", own, "--csv")
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert "they cannot be compared" in stored["note"]
    assert "they cannot be compared" in result.stderr
    assert (stored["entries"][-1]["rank"], rows[-1]["rank"]) == (None, "")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["abx99"], "no benchmark is called 'abx99': choose one of "),
        (["demo"], "demo has no leaderboard: pytest-zrc leaderboard lists those that there are"),
        (["abxLS", "--sort=dev"], "no column is called 'dev': choose mean, triphone_within_within, "),
        (["abxLS", "--with=none.json"], "none.json cannot be read (no such file): give the scores.json of a run"),
        (["abxLS", "--csv", "--json"], "--json and --csv are two forms of the same: give one of them"),
        (["--csv"], "the options are for one leaderboard: give its benchmark, too"),
    ],
)
def test_wrong_use_is_one_sentence(args: list[str], error: str) -> None:
    result = _leaderboard(*args)
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith(f"Error: {error}")
