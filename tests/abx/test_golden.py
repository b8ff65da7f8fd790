"""The engine against what the official back ends computed."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.frames import cut_tokens
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.plan import plan
from tests.abx.golden import Condition, GoldenCase, cases_with, load
from tests.abx.near_ties import Flip, flips
from tests.abx.scoring import KERNELS, make_kernel, resident, score_golden

# What another order of float32 sums may turn round: a comparison that is decided by less.
NEAR_TIE = 3e-8


def _limits(case: GoldenCase) -> Limits:
    return Limits(case.params["max_size_group"], case.params["max_x_across"], case.params["seed"])


def _error_rate(case: GoldenCase, condition: Condition, kernel: str) -> float:
    return score_golden(case, condition, limits=_limits(case), kernel=kernel)


def _flips(case: GoldenCase, condition: Condition, kernel: str) -> list[Flip]:
    """Return the comparisons that a kernel decides unlike the NumPy kernel, whose scores equal the reference's."""
    by_id = {PurePosixPath(name).name: array for name, array in case.features.items()}
    with case.item_files[condition.item].open(encoding="utf-8") as lines:
        items = parse_items(lines)
    tokens = cut_tokens(items, {name: len(array) for name, array in by_id.items()}, case.params["feature_size"])
    works = plan(tokens, condition.context, condition.speaker, _limits(case), capacity=1 << 20)
    both = make_kernel("numpy"), make_kernel(kernel)
    return [flip for work in works for flip in flips(work, resident(by_id, tokens), both)]


@pytest.mark.parametrize("name", cases_with("zrc_abx2"))
def test_scores_equal_the_reference(name: str) -> None:
    case = load(name)
    for condition in case.conditions():
        expected = case.expected["zrc_abx2"][condition.key]
        assert _error_rate(case, condition, "numpy") == pytest.approx(expected, abs=1e-6), condition


@pytest.mark.parametrize("kernel", [kernel for kernel in KERNELS if kernel != "numpy"])
@pytest.mark.parametrize("name", cases_with("zrc_abx2"))
def test_other_kernels_equal_it_too_but_for_near_ties(name: str, kernel: str) -> None:
    case = load(name)
    for condition in case.conditions():
        expected = case.expected["zrc_abx2"][condition.key]
        if _error_rate(case, condition, kernel) != pytest.approx(expected, abs=1e-6):
            found = _flips(case, condition, kernel)
            assert len(found) == 1, condition
            assert abs(found[0].margin) < NEAR_TIE, condition
