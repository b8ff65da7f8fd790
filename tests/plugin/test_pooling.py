"""``pooling`` in params.yaml: tokens as one vector each."""

from __future__ import annotations

import csv

import pytest

from tests.plugin.conftest import Zrc

CLEAN = ("--zrc-sets=dev", "--zrc-tasks=clean", "-k", "phoneme-any")


def _scores(zrc: Zrc, pooling: str) -> list[float]:
    (zrc.submission / "params.yaml").write_text(f"pooling: {pooling}\n", encoding="utf-8")
    assert zrc.run_here(*CLEAN).ret == 0
    with (zrc.submission / "scores" / "score_all_phonetic.csv").open(encoding="utf-8", newline="") as file:
        assert {row["pooling"] for row in csv.DictReader(file)} == {pooling}
    return [one["score"] for one in zrc.scores()["scores"]]


def test_it_is_reported_and_changes_the_scores(zrc: Zrc) -> None:
    found = [_scores(zrc, pooling) for pooling in ("none", "mean", "hamming")]
    assert all(len(scores) == 2 for scores in found)
    assert found[0] not in found[1:]


def test_an_unknown_one_is_refused(zrc: Zrc) -> None:
    (zrc.submission / "params.yaml").write_text("pooling: max\n", encoding="utf-8")
    result = zrc.run_here(*CLEAN, "-k", "params")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["ZRC-P03 params.yaml:1 pooling: 'max'; expected one of none, mean, hamming.*"])
