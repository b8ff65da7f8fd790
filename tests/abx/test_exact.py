"""Profile exact against fastabx without subsampling."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from pytest_zrc.abx.frames import cut_tokens, frame_range
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.profiles import EXACT
from tests.abx.golden import cases_with, load
from tests.abx.scoring import ONE_OF_EACH, score, score_golden

# One comparison each that fastabx's float32 decides otherwise: in double precision it has a margin of 5e-8.
NEAR_TIES = {("kl_symmetric", "phoneme-anycontext-withinspeaker"): 2e-6}
HEADER = "#file onset offset #phone prev-phone next-phone speaker"


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
@pytest.mark.parametrize("name", cases_with("exact"))
def test_scores_equal_those_of_fastabx(name: str, kernel: str) -> None:
    case = load(name)
    for condition in case.conditions():
        if condition.key not in case.expected["exact"]:
            continue  # fastabx refuses tokens without a frame
        found = score_golden(case, condition, profile=EXACT, kernel=kernel)
        expected = case.expected["exact"][condition.key]
        tolerance = NEAR_TIES.get((name, condition.key), 1e-6)
        assert found == pytest.approx(expected, abs=tolerance), condition


def test_a_frame_on_the_edge_is_taken_by_the_decimal_time() -> None:
    onset = offset = np.array([0.145])  # 14.5 frames, but 100 * 0.145 is less
    assert 100 * 0.145 - 0.5 < 14
    start, end = frame_range(onset, offset, 0.01, last_frame=True)
    assert (start.tolist(), end.tolist()) == ([14], [15])


@pytest.mark.parametrize("feature_size", [0.01, 0.02])
def test_frames_of_a_token_are_those_whose_middle_is_in_it(feature_size: float) -> None:
    lines = [HEADER, "f 0.05 0.11 A P T s", "f 0.071 0.0711 B P T s"]
    tokens = cut_tokens(parse_items(lines), {"f": 100}, feature_size, profile=EXACT)
    middles = (np.arange(100) + 0.5) * feature_size
    expected = np.flatnonzero((middles >= 0.05) & (middles <= 0.11))
    assert tokens.start.tolist() == [expected[0]]
    assert tokens.end.tolist() == [expected[-1] + 1]


@pytest.mark.parametrize("speaker", ["within", "across"])
def test_nothing_is_drawn(speaker: Literal["within", "across"]) -> None:
    case = load("sub_default")
    with case.item_files["phoneme.item"].open(encoding="utf-8") as file:
        lines = file.readlines()
    drawn = score(case.features, lines, context="any", speaker=speaker)
    exact = score(case.features, lines, context="any", speaker=speaker, profile=EXACT)
    assert drawn is not None
    assert exact is not None
    assert len(exact.cells) >= len(drawn.cells)


def test_euclidean_distances_are_of_the_features_as_they_are() -> None:
    lines = [HEADER, *(f"f {t / 10} {t / 10 + 0.1} {phone} P T s" for t, phone in enumerate("AAB"))]
    loud = np.repeat(np.array([[1.0, 0.0], [9.0, 0.0], [5.0, 1.0]]), 10, axis=0)  # by angle the As are alike
    by_angle = score({"f": loud}, lines, context="within", speaker="within", profile=EXACT)
    by_distance = score({"f": loud}, lines, context="within", speaker="within", distance="euclidean", profile=EXACT)
    assert by_angle is not None
    assert by_distance is not None
    assert (by_angle.error_rate, by_distance.error_rate) == (0, 1)
