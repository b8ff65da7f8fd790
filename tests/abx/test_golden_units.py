"""Golden cases of few different frames, scored by the table of their distances."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytest_zrc.abx.cells import Limits
from pytest_zrc.abx.distances import distance_table
from pytest_zrc.abx.engine import score_condition
from pytest_zrc.abx.frames import Form, Tokens, cut_tokens
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.kernel import Units
from pytest_zrc.abx.profiles import EXACT, LIBRILIGHT
from pytest_zrc.abx.speech import Resident
from pytest_zrc.abx.units import Codebook
from tests.abx.golden import Condition, GoldenCase, load
from tests.abx.scoring import ONE_OF_EACH, all_frames, make_kernel

PROFILES = {"zrc_abx2": LIBRILIGHT, "exact": EXACT}
CASES = [("zrc_abx2", "onehot_ties"), ("exact", "onehot_ties"), ("zrc_abx2", "constant"), ("exact", "constant")]


def _tokens(case: GoldenCase, condition: Condition, tool: str) -> Tokens:
    counts = {PurePosixPath(name).name: len(array) for name, array in case.features.items()}
    with case.item_files[condition.item].open(encoding="utf-8") as lines:
        items = parse_items(lines)
    return cut_tokens(items, counts, case.params["feature_size"], profile=PROFILES[tool])


def _units(arrays: list[npt.NDArray[Any]], distance: str, form: Form) -> Units:
    frames = all_frames(arrays, form)
    book = Codebook(frames.dimension)
    ids = book.ids(frames)
    assert ids is not None
    return Units(ids, None if distance == "identical" else distance_table(book.frames(), distance), len(book))


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
@pytest.mark.parametrize(("tool", "name"), [*CASES, ("exact", "units")])
def test_scores_equal_the_reference(tool: str, name: str, kernel: str) -> None:
    case, profile = load(name), PROFILES[tool]
    distance = case.params["distance"]
    by_id = {PurePosixPath(path).name: array for path, array in case.features.items()}
    for condition in case.conditions():
        tokens = _tokens(case, condition, tool)
        arrays = [by_id[file] for file in tokens.files]
        first = np.cumsum([0, *map(len, arrays)])[:-1]
        result = score_condition(
            tokens,
            make_kernel(kernel),
            Resident(_units(arrays, distance, Form.of(profile, distance)), first, tokens),
            context=condition.context,
            speaker=condition.speaker,
            distance=distance,
            profile=profile,
            limits=Limits(None, None),
        )
        assert result is not None
        assert result.error_rate == pytest.approx(case.expected[tool][condition.key], abs=1e-6), condition
