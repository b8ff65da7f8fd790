"""The embedded demo: no submission, no dataset, no download."""

from __future__ import annotations

import json

import pytest


def test_the_demo_is_scored_in_an_empty_folder(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--zrc-benchmark=demo")
    assert result.ret == 0
    records = json.loads((pytester.path / "zrc-demo" / "scores.json").read_text(encoding="utf-8"))["scores"]
    scores = {(one["granularity"], one["context_mode"], one["speaker_mode"]): one["score"] for one in records}
    assert len(scores) == 6
    assert all(score < 0.3 for score in scores.values())
    for kind in (("triphone", "within"), ("phoneme", "within"), ("phoneme", "any")):
        assert scores[*kind, "within"] < scores[*kind, "across"]
