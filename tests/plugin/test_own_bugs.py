"""A bug of ours shows where it is, and not pages of pytest's own frames."""

from __future__ import annotations

from tests.plugin.conftest import Zrc


def test_a_short_traceback(zrc: Zrc) -> None:
    zrc.pytester.makeconftest(
        """
        from pytest_zrc.scoring.scorer import Scorer

        def score(*args):
            raise RuntimeError("a bug")

        Scorer.score = score
        """
    )
    result = zrc.run("abxLS::dev-clean::triphone-within-across")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["conftest.py:4: in score", "E   RuntimeError: a bug"])
    assert "pluggy/" not in result.stdout.str()
    assert len(result.outlines) < 60
