"""Installed without the compiled engine: everything works, the scores are the same, and the run says so once."""

from __future__ import annotations

import pytest

from tests.abx.compiled import needs_the_compiled_part
from tests.plugin.conftest import Zrc

WITHOUT = """
from pytest_zrc.abx import native

native.library = None
"""
SENTENCE = "*zrc: the compiled engine is not installed: scoring takes several times as long, with NumPy*"


def _kernels(zrc: Zrc) -> set[str]:
    return {record["kernel"] for record in zrc.scores()["scores"]}


@needs_the_compiled_part
@pytest.mark.parametrize("workers", ["0", "2"])
def test_it_says_so_once_and_scores_the_same(zrc: Zrc, workers: str) -> None:
    compiled = zrc.run("-n0")
    assert "compiled engine" not in compiled.stdout.str()
    assert all(kernel.startswith("compiled-") for kernel in _kernels(zrc))
    scores = [record["score"] for record in zrc.scores()["scores"]]

    zrc.pytester.makepyfile(without=WITHOUT)
    result = zrc.run("-n", workers, "-p", "without", "--zrc-fresh")
    assert result.ret == compiled.ret
    assert len([line for line in result.outlines if "the compiled engine is not installed" in line]) == 1
    result.stdout.fnmatch_lines([SENTENCE])
    assert _kernels(zrc) == {"numpy"}
    assert [record["score"] for record in zrc.scores()["scores"]] == pytest.approx(scores, abs=1e-6)
