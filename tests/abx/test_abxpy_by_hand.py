"""Profiles abxpy2015 and abxpy2017: cases that were computed by hand.

Frames stand at angles of the plane: two of them that are 90 degrees apart are at distance 1/2. The
frame shift is 1 s: frame i is at i + 0.5.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest

from pytest_zrc.abx.profiles import ABXPY2015, ABXPY2017, Profile
from tests.abx.scoring import ONE_OF_EACH, score

HEADER = "#file onset offset #phone context talker"
SpeakerMode = Literal["within", "across"]
Features = npt.NDArray[np.float64]


def _at(*degrees: float | None) -> Features:
    """Return frames at these angles; None is a frame of zeros."""
    return np.array([_frame(angle) for angle in degrees])


def _frame(degrees: float | None) -> tuple[float, float]:
    if degrees is None:
        return 0.0, 0.0
    if degrees % 45 == 0:  # exactly, so that ties are ties
        turns = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)]
        return turns[int(degrees // 45)]
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def _score(
    profile: Profile, kernel: str, tokens: list[tuple[str, str, str, Features]], speaker: SpeakerMode
) -> float | None:
    """Score tokens, each with phone, context, talker and frames, in a file of its own."""
    lines = [
        f"f{number} 0 {len(frames)} {phone} {context} {talker}"
        for number, (phone, context, talker, frames) in enumerate(tokens)
    ]
    features = {f"f{number}": frames if len(frames) else _at(0.0) for number, (*_, frames) in enumerate(tokens)}
    result = score(
        features,
        [HEADER, *lines],
        context="within",
        speaker=speaker,
        feature_size=1,
        profile=profile,
        kernel=kernel,
    )
    return None if result is None else result.error_rate


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
def test_the_path_of_2015_is_a_sum_and_that_of_2017_a_mean(kernel: str) -> None:
    tokens = [
        ("A", "c", "t", _at(0, 0, 0)),
        ("A", "c", "t", _at(45, 45, 45)),
        ("B", "c", "t", _at(90)),
    ]
    # Sums: X = first: to A 3/4, to B 3 * 1/2; X = second: to A 3/4, to B 3 * 1/4, a tie. Means: 1/4, 1/2; 1/4, 1/4.
    assert _score(ABXPY2015, kernel, tokens, "within") == pytest.approx(0.25, abs=1e-12)
    assert _score(ABXPY2017, kernel, tokens, "within") == pytest.approx(0.25, abs=1e-12)
    # Of tokens of different lengths the sum may make B the nearer one, where the mean does not.
    tokens = [("A", "c", "t", _at(0)), ("A", "c", "t", _at(40, 40)), ("B", "c", "t", _at(60))]
    # In degrees: X = first: to A 2 * 40, to B 60, wrong by the sum only; X = second: to A 2 * 40, to B 2 * 20, wrong.
    assert _score(ABXPY2015, kernel, tokens, "within") == pytest.approx(1, abs=1e-12)
    assert _score(ABXPY2017, kernel, tokens, "within") == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
@pytest.mark.parametrize("profile", [ABXPY2015, ABXPY2017])
def test_a_frame_of_zeros_is_at_1_from_others_and_at_0_from_its_like(kernel: str, profile: Profile) -> None:
    opposite = [("A", "c", "t", _at(None)), ("A", "c", "t", _at(0)), ("B", "c", "t", _at(180))]
    # X = zeros: both at 1, a tie. X = 0 deg: A (zeros) at 1, B at 1: a tie.
    assert _score(profile, kernel, opposite, "within") == pytest.approx(0.5, abs=1e-12)
    alike = [("A", "c", "t", _at(None)), ("A", "c", "t", _at(None)), ("B", "c", "t", _at(0))]
    assert _score(profile, kernel, alike, "within") == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
@pytest.mark.parametrize("profile", [ABXPY2015, ABXPY2017])
def test_tokens_without_a_frame_are_infinitely_far_from_others(kernel: str, profile: Profile) -> None:
    features = {"f": _at(0, 0, 90, 90)}
    lines = [HEADER, "f 0 1 A c t", "f 1.6 1.9 A c t", "f 2 3 B c t", "f 1.7 1.8 B c t"]  # the second of each has none
    result = score(features, lines, context="within", speaker="within", feature_size=1, profile=profile, kernel=kernel)
    assert result is not None
    # Phone A: X = first: A at infinity, B at 1/2 (wrong), B at infinity (a tie). X = empty: A at infinity, B likewise
    # (a tie), B at 0 (wrong). Phone B is the same.
    assert result.error_rate == pytest.approx(0.75, abs=1e-12)


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
def test_the_order_of_the_averages(kernel: str) -> None:
    # Within talker, phone pair (A, B): in context c talkers s and t are all right, in context d talker s is all wrong.
    right = [("A", 0.0), ("A", 1.0), ("B", 90.0)]
    wrong = [("A", 0.0), ("A", 90.0), ("B", 45.0)]
    tokens = [
        (phone, context, talker, _at(angle))
        for context, talker, group in (("c", "s", right), ("c", "t", right), ("d", "s", wrong))
        for phone, angle in group
    ]
    # 2015: talkers first: c 0, d 1, the mean 1/2. 2017: contexts first: s 1/2, t 0, the mean 1/4.
    assert _score(ABXPY2015, kernel, tokens, "within") == pytest.approx(1 / 2, abs=1e-12)
    assert _score(ABXPY2017, kernel, tokens, "within") == pytest.approx(1 / 4, abs=1e-12)


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
@pytest.mark.parametrize("profile", [ABXPY2015, ABXPY2017])
def test_across_talkers_x_is_by_another_one(kernel: str, profile: Profile) -> None:
    tokens = [
        ("A", "c", "s", _at(0)),
        ("B", "c", "s", _at(90)),
        ("A", "c", "t", _at(60)),  # nearer to s's B
        ("B", "c", "t", _at(100)),
    ]
    # A and B by s: X = t's A (60): A at 60, B at 30: wrong; X = t's B (100): A at 100, B at 10: right.
    # A and B by t: X = s's A (0): A at 60, B at 100: right; X = s's B (90): A at 30, B at 10: right.
    assert _score(profile, kernel, tokens, "across") == pytest.approx((1 / 2 + 0) / 2, abs=1e-12)


@pytest.mark.parametrize("kernel", ONE_OF_EACH)
def test_a_frame_on_the_edge_belongs_to_both_tokens(kernel: str) -> None:
    features = {"f": _at(0, 45, 90, 0)}  # at 0.5, 1.5, 2.5, 3.5
    lines = [HEADER, "f 0.5 1.5 A c t", "f 3.5 3.5 A c t", "f 1.5 2.5 B c t"]
    result = score(
        features, lines, context="within", speaker="within", feature_size=1, profile=ABXPY2015, kernel=kernel
    )
    assert result is not None
    # X = (0, 45): A (0) at 0 + 45; B (45, 90): the best path 45, 0, 45 is 90: right. X = (0): A 45; B 45 + 90: right.
    assert result.error_rate == 0
