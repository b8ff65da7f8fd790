"""With any number of workers: everything once, and the same results."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.plugin.conftest import Zrc

LOG_SCORES = """
    import os
    import time
    from pytest_zrc.scoring.scorer import Scorer

    score = Scorer.score

    def logged(self, subset, condition, *args):
        with open("log.txt", "a") as log:
            log.write(f"{subset}::{condition.name} {os.getpid()}\\n")
        time.sleep(float(os.environ.get("SECONDS_PER_SCORE", "0")))
        return score(self, subset, condition, *args)

    Scorer.score = logged
"""


def _files(zrc: Zrc, folder: str) -> dict[str, Any]:
    scores, root = zrc.scores(folder), zrc.pytester.path / folder
    for score in scores["scores"]:
        del score["seconds"], score["memory"]
    texts = {path.name: path.read_text(encoding="utf-8") for path in root.iterdir() if path.is_file()}
    del texts["scores.json"], texts["junit.xml"]  # it holds times
    return {"scores": scores, **texts}


def test_serial_and_parallel_runs_write_the_same(zrc: Zrc) -> None:
    for workers in ("0", "1", "2", "4"):
        zrc.run("-n", workers, f"--zrc-scores=out{workers}").assert_outcomes(passed=44)
    serial = _files(zrc, "out0")
    assert sorted(serial) == [
        "details.json",
        "score_all_phonetic.csv",
        "score_all_phonetic.raw.json",
        "scores",
        "summary.md",
        "validation.json",
    ]
    for workers in ("1", "2", "4"):
        assert _files(zrc, f"out{workers}") == serial


def test_every_score_is_computed_once(zrc: Zrc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDS_PER_SCORE", "0.2")  # so that both workers are there before all is done
    zrc.pytester.makeconftest(LOG_SCORES)
    zrc.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", range(4))
        def test_all(zrc_scores, n):
            assert len(zrc_scores) == 24
        """
    )
    zrc.run("-n", "2").assert_outcomes(passed=48)
    log = (zrc.pytester.path / "log.txt").read_text(encoding="utf-8").split()
    assert set(Counter(log[::2]).values()) == {1}
    assert len(log[::2]) == 24
    assert len(set(log[1::2])) == 2, "both workers take part"


def test_junit_holds_the_scores(zrc: Zrc) -> None:
    zrc.run("-n", "2")
    xml = (zrc.submission / "scores" / "junit.xml").read_text(encoding="utf-8")
    assert xml.count('name="abx_error_percent"') == 24
    assert 'classname="abxLS.dev-clean" name="phoneme-any-within"' in xml
