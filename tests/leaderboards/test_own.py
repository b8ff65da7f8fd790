"""Reading scores.json for a leaderboard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.errors import ZrcError
from pytest_zrc.leaderboards.own import read_own_scores

RECORD = {
    "subset": "dev-clean",
    "granularity": "triphone",
    "context_mode": "within",
    "speaker_mode": "across",
    "score": 0.05,
}
STORED: dict[str, Any] = {"benchmark": "abxLS", "profile": "librilight", "scores": [RECORD]}


def _refusal(path: Path) -> str:
    with pytest.raises(ZrcError) as error:
        read_own_scores(path, ABXLS)
    return str(error.value)


def test_scores_are_read_in_percent(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text(json.dumps(STORED), encoding="utf-8")
    own = read_own_scores(path, ABXLS)
    assert (own.name, own.profile) == (str(path), "librilight")
    assert own.scores == {("dev-clean", "triphone-within-across"): 5.0}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a file of scores"),
        ("{}", "is not a file of scores"),
        (json.dumps({**STORED, "scores": 3}), "is not a file of scores"),
        (json.dumps({**STORED, "scores": [{**RECORD, "score": None}]}), "is not a file of scores"),
        (json.dumps({**STORED, "scores": [{**RECORD, "score": 5}]}), "is not a file of scores"),
        (json.dumps({**STORED, "scores": [{**RECORD, "score": float("nan")}]}), "is not a file of scores"),
        (json.dumps({**STORED, "scores": [{**RECORD, "speaker_mode": []}]}), "is not a file of scores"),
        (json.dumps({**STORED, "scores": [{**RECORD, "score": 10**400}]}), "is not a file of scores"),
        (json.dumps({**STORED, "scores": []}), "has no score"),
        (json.dumps({**STORED, "benchmark": "abx17"}), "has scores of abx17, not of abxLS"),
    ],
)
def test_other_files_are_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "scores.json"
    path.write_text(text, encoding="utf-8")
    refusal = _refusal(path)
    assert refusal.startswith(f"{path} {reason}: give the scores.json of a run")
    assert "\n" not in refusal


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    assert "cannot be read (a folder, not a file)" in _refusal(tmp_path)
    assert "cannot be read (no such file)" in _refusal(tmp_path / "none.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    assert "is not JSON" in _refusal(tmp_path / "bytes.json")
