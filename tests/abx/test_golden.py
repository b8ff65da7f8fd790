"""The engine against what the official back ends computed."""

from __future__ import annotations

import pytest

from pytest_zrc.abx.cells import Limits
from tests.abx.golden import CASES, load
from tests.abx.scoring import KERNELS, score


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("name", CASES)
def test_scores_equal_the_reference(name: str, kernel: str) -> None:
    case = load(name)
    params = case.params
    limits = Limits(params["max_size_group"], params["max_x_across"], params["seed"])
    for condition in case.conditions():
        with case.item_files[condition.item].open(encoding="utf-8") as lines:
            result = score(
                case.features,
                lines,
                context=condition.context,
                speaker=condition.speaker,
                distance=params["distance"],
                feature_size=params["feature_size"],
                limits=limits,
                kernel=kernel,
            )
        assert result is not None
        assert result.error_rate == pytest.approx(case.expected["zrc_abx2"][condition.key], abs=1e-6), condition
