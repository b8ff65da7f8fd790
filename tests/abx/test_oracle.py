"""The oracle against figures derived by hand, and against the golden figures of the conditions that it does fast.

With the environment variable ``ORACLE_ALL`` set it does all golden conditions (about three minutes).
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.abx import golden, oracle

HEADER = "#file onset offset #phone prev-phone next-phone speaker"

EAST, NORTH, WEST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]
"""Frames whose cosine distances are exact: 0 to themselves, 1/2 to a neighbour, 1 between east and west."""
ZERO = [0.0, 0.0]


def make_token(*frames: list[float], phone: int = 0, context: int = 0, speaker: int = 0) -> oracle.Token:
    """Return a token of the given frames, normalised."""
    return oracle.Token(phone, context, speaker, oracle.normalise(np.array(frames, dtype=np.float32)))


def make_cell(
    a: Sequence[oracle.Token], b: Sequence[oracle.Token], x: Sequence[oracle.Token] | None = None
) -> oracle.Cell:
    """Return a cell of these tokens: within speaker, unless X is given."""
    return oracle.Cell(0, 0, 0 if x is None else 1, 0, 1, tuple(a), tuple(b), tuple(a if x is None else x))


def to_float32(rows: list[list[float]]) -> list[list[np.float32]]:
    """Return rows of numbers as float32 scalars."""
    return [[np.float32(value) for value in row] for row in rows]


# --- items and tokens -------------------------------------------------------------------------------------------------


def test_ids_count_up_from_the_first_appearance() -> None:
    lines = [HEADER, "f 0 1 T AH N s2", "f 1 2 AH N T s1", "g 2 3 T N T s2", ""]
    items = oracle.parse_items(lines)
    assert [(item.phone, item.context, item.speaker) for item in items] == [(0, 0, 0), (1, 1, 1), (0, 1, 0)]
    assert (items[1].file, items[1].onset, items[1].offset) == ("f", 1.0, 2.0)


@pytest.mark.parametrize(
    ("onset", "offset", "n_frames", "expected"),
    [
        (0.0025, 0.3325, 100, (0, 32)),  # ceil(0.25 - 0.5) = 0, floor(33.25 - 0.5) = 32
        (0.1225, 0.1825, 100, (12, 17)),  # ceil(11.75) = 12, floor(17.75) = 17
        (0.1225, 0.1825, 15, (12, 15)),  # clipped to the 15 frames that exist
        (0.1225, 0.1825, 12, None),  # begins behind the last frame
        (0.1225, 0.1324, 100, None),  # floor(12.74) = 12: no frame
        # 100 * 0.145 is 14.499999999999998, so the end is floor(13.99...); 0.145 / 0.01 would be 14.5 and give 14.
        (0.0025, 0.145, 100, (0, 13)),
    ],
)
def test_frames_of_a_token(onset: float, offset: float, n_frames: int, expected: tuple[int, int] | None) -> None:
    item = oracle.Item("f", onset, offset, phone=0, context=0, speaker=0)
    assert oracle.token_slice(item, n_frames, 0.01) == expected


def test_tokens_come_by_file_id_then_by_line() -> None:
    # Files: "a" lies in folder z and still comes first; "b" has two lines; "c" has no features, "extra" no lines.
    lines = [HEADER, "b 0.5 1.5 P0 x y s", "c 0 1 P1 x y s", "a 0 1 P2 x y s", "b 0 1 P3 x y s"]
    array = np.ones((2, 2), dtype=np.float32)
    features = {"b": array, "z/a": array, "extra": array}
    # At one frame a second the onset 0.5 is frame ceil(0) = 0 and the offset 1.5 ends before frame 1: one frame.
    tokens = oracle.cut_tokens(features, oracle.parse_items(lines), 1.0)
    assert [(token.phone, len(token.frames)) for token in tokens] == [(0, 1)]
    # At half a second a frame the offset 1 is frame floor(1.5) = 1.
    tokens = oracle.cut_tokens(features, oracle.parse_items(lines), 0.5)
    assert [(token.phone, len(token.frames)) for token in tokens] == [(2, 1), (0, 1), (3, 1)]


def test_two_files_with_one_id_are_refused() -> None:
    array = np.ones((2, 2), dtype=np.float32)
    with pytest.raises(ValueError, match="share a file id"):
        oracle.cut_tokens({"a": array, "z/a": array}, [], 0.01)


# --- normalisation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_frames_have_norm_one_and_a_border(dtype: type[np.floating[Any]]) -> None:
    # |(3, 4)| = 5; a zero frame of 4 values becomes 1 / sqrt(4) everywhere.
    frames = oracle.normalise(np.array([[3, 4, 0, 0], [0, 0, 0, 0]], dtype=dtype))
    assert frames.dtype == np.float32
    assert frames == pytest.approx(np.array([[0.6, 0.8, 0, 0, 1e-12], [0.5, 0.5, 0.5, 0.5, -2e12]]), rel=1e-6)


def test_whole_numbers_are_refused() -> None:
    with pytest.raises(TypeError, match="int64"):
        oracle.normalise(np.ones((2, 2), dtype=np.int64))


# --- distances --------------------------------------------------------------------------------------------------------


def test_cosine_is_the_angle_in_units_of_pi() -> None:
    frames = make_token(EAST, NORTH, WEST, ZERO).frames
    # A zero frame is at the maximal angle from the others, because its product with them is about -2, and at 0 from
    # itself, its product with itself being 4e24: both are cut to [-1, 1].
    expected = [[0, 0.5, 1, 1], [0.5, 0, 0.5, 1], [1, 0.5, 0, 1], [1, 1, 1, 0]]
    assert oracle.frame_distances(frames, frames, "cosine").tolist() == expected


def test_euclidean() -> None:
    frames = make_token(EAST, WEST, ZERO).frames
    # Opposite unit vectors are 2 apart; the border column puts a zero frame at 2e12 from the others.
    far = np.float32(2e12)
    assert oracle.frame_distances(frames, frames, "euclidean").tolist() == [[0, 2, far], [2, 0, far], [far, far, 0]]


def test_kl_by_hand() -> None:
    x, y = make_token([3.0, 4.0]).frames, make_token([4.0, 3.0]).frames
    # 0.6 log(0.6/0.8) + 0.8 log(0.8/0.6) = 0.2 log(4/3) = 0.0575364; mirrored values, so the same both ways.
    assert oracle.frame_distances(x, y, "kl")[0, 0] == pytest.approx(0.0575364, abs=1e-6)
    assert oracle.frame_distances(x, y, "kl_symmetric")[0, 0] == pytest.approx(0.0575364, abs=1e-6)
    east, slanted = make_token(EAST).frames, make_token([4.0, 3.0]).frames
    # One way 1 log(1/0.8) = 0.2231; the other way 0.8 log(0.8) + 0.6 log(0.6/1e-6) = 7.8043; their mean is 4.0137.
    assert oracle.frame_distances(east, slanted, "kl")[0, 0] == pytest.approx(0.2231, abs=1e-4)
    assert oracle.frame_distances(slanted, east, "kl")[0, 0] == pytest.approx(7.8043, abs=1e-4)
    assert oracle.frame_distances(east, slanted, "kl_symmetric")[0, 0] == pytest.approx(4.0137, abs=1e-4)


def test_path_costs() -> None:
    # The first row and column add up; the rest: 5 + min(1, 3, 5) = 6, then 6 + min(3, 6, 6) = 9.
    distances = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32)
    assert oracle.path_costs(distances) == [[1, 3, 6], [5, 6, 9]]


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ([[7]], 1),
        ([[1, 2, 3, 4]], 4),  # along the border
        ([[1, 1], [1, 1]], 2),  # all equal: the diagonal
        # From the end, left (1) and up (1) tie below the diagonal (9): left, and from there the diagonal (0).  Going
        # up would have led along the border: 4.
        ([[0, 9, 1], [9, 1, 1]], 3),
        # The same on its side: left (1) leads to the border below the start: 4.  Going up would have given 3.
        ([[0, 9], [9, 1], [1, 1]], 4),
        # The diagonal (1) ties with left (1) and goes first, to the border: 3 pairs.
        ([[0, 1, 9], [9, 1, 9]], 3),
        # Up (1) is smallest: 1 below, then the diagonal.
        ([[0, 9], [9, 1], [9, 1]], 3),
    ],
)
def test_path_length(costs: list[list[float]], expected: int) -> None:
    assert oracle.path_length(to_float32(costs)) == expected


def test_dtw_is_divided_by_the_path_length() -> None:
    x, y = make_token(EAST, NORTH, WEST), make_token(EAST, NORTH)
    distances = oracle.frame_distances(x.frames, y.frames, "cosine")
    assert distances.tolist() == [[0, 0.5], [0.5, 0], [1, 0.5]]
    # The costs add up to [[0, .5], [.5, 0], [1.5, .5]]; from the end up to 0, then the diagonal: three pairs.
    assert oracle.dtw(x, y, "cosine") == np.float32(0.5) / np.float32(3)


def test_only_the_upper_half_is_computed() -> None:
    tokens = [make_token(EAST), make_token([4.0, 3.0])]
    matrix = oracle.mirrored_distances(tokens, "kl")
    assert matrix[0][1] == matrix[1][0] == oracle.dtw(tokens[0], tokens[1], "kl")
    assert matrix[1][0] != oracle.dtw(tokens[1], tokens[0], "kl")


# --- cells ------------------------------------------------------------------------------------------------------------


class FirstOnes(random.Random):
    """Draws the first ones, and notes from how many it drew how many."""

    def __init__(self) -> None:
        """Start with no draw noted."""
        super().__init__(0)
        self.draws: list[tuple[int, int]] = []

    def sample(self, population: Sequence[Any], k: int, *, counts: Any = None) -> list[Any]:  # noqa: ANN401
        """Return the first k."""
        assert counts is None
        self.draws.append((len(population), k))
        return list(population[:k])


def make_groups(sizes: dict[tuple[int, int, int], int]) -> oracle.Groups:
    """Return groups of that many tokens for each (context, speaker, phone)."""
    tokens = [
        make_token(EAST, context=context, speaker=speaker, phone=phone)
        for (context, speaker, phone), size in sizes.items()
        for _ in range(size)
    ]
    return oracle.group_tokens(tokens, "within")


def test_draws_within_speaker() -> None:
    rng = FirstOnes()
    # Context 0: phones of 5, 4 and 1 tokens by speaker 0; speaker 1 has one phone only; context 1: one token of A.
    groups = make_groups({(0, 0, 0): 5, (0, 0, 1): 4, (0, 0, 2): 1, (0, 1, 0): 9, (1, 0, 0): 1, (1, 0, 1): 8})
    cells = list(oracle.within_cells(groups, 3, rng))
    found = [(c.context, c.phone_a, c.phone_b, len(c.a), len(c.b)) for c in cells]
    assert found == [(0, 0, 1, 3, 3), (0, 0, 2, 3, 1), (0, 1, 0, 3, 3), (0, 1, 2, 3, 1), (1, 1, 0, 3, 1)]
    # For each cell B is drawn, then A; phone 2 and context 1's phone 0 have one token and are no A: nothing is drawn.
    assert rng.draws == [(4, 3), (5, 3), (5, 3), (5, 3), (4, 3), (4, 3), (8, 3)]


def test_draws_across_speakers() -> None:
    rng = FirstOnes()
    # Phone 0 is said by speakers 0 to 3, phone 1 by speaker 1 alone.
    groups = make_groups({(0, 0, 0): 4, (0, 1, 0): 5, (0, 1, 1): 6, (0, 2, 0): 2, (0, 3, 0): 7})
    cells = list(oracle.across_cells(groups, 3, 2, rng))
    # Speakers 0, 2 and 3 have no B: no cell and no draw.  Nobody else says phone 1: no cell with A = 1.
    assert [(c.speaker, c.x_speaker, c.phone_a, c.phone_b) for c in cells] == [(1, 0, 0, 1), (1, 2, 0, 1)]
    # Two of three X-speakers; then A, B, X, of which the second X is small enough to be used whole.
    assert rng.draws == [(3, 2), (5, 3), (6, 3), (4, 3), (5, 3), (6, 3)]
    assert [len(c.x) for c in cells] == [3, 2]


def test_error_within_speaker() -> None:
    # X = east: a = north at 1/2, b = east at 0: lost.  X = north: a = east at 1/2, b at 1/2: a tie.
    # Of 2 * 1 * 1 comparisons 0.5 are won.
    cell = make_cell([make_token(EAST), make_token(NORTH)], [make_token(EAST)])
    assert oracle.within_error(cell, "cosine") == 0.75


def test_error_across_speakers() -> None:
    # X = east; a: east at 0 and west at 1; b: north at 1/2.  One of two won.
    cell = make_cell([make_token(EAST), make_token(WEST)], [make_token(NORTH)], x=[make_token(EAST)])
    assert oracle.across_error(cell, "cosine") == 0.5


def test_nan_neither_wins_nor_ties() -> None:
    bad = make_token([float("nan"), 1.0])
    assert oracle.across_error(make_cell([make_token(EAST)], [make_token(WEST)], x=[bad]), "cosine") == 1
    assert oracle.across_error(make_cell([bad], [bad], x=[make_token(EAST)]), "cosine") == 1
    # Within speaker: X = the good one, a = the bad one: not won; X = the bad one: not won.
    assert oracle.within_error(make_cell([make_token(EAST), bad], [make_token(WEST)]), "cosine") == 1


def test_the_diagonal_ties_with_a_zero_frame_under_euclidean() -> None:
    # Both X are at 2e12 from b and nearer to a: 2 comparisons of 2 won.  The diagonal, 2e12 + 1, is 2e12 in float32:
    # two ties more.  1 - 3 / 2 = -1/2.
    cell = make_cell([make_token(EAST), make_token(NORTH)], [make_token(ZERO)])
    assert oracle.within_error(cell, "euclidean") == -0.5
    assert oracle.within_error(cell, "cosine") == 0


# --- scores -----------------------------------------------------------------------------------------------------------


def test_averaging_goes_by_levels() -> None:
    def error_of(
        phones: tuple[int, int], speaker: int, place: tuple[int, int], error: float
    ) -> tuple[oracle.Cell, np.float32]:
        context, x_speaker = place
        return oracle.Cell(context, speaker, x_speaker, *phones, (), (), ()), np.float32(error)

    errors = [
        # A, B = 0, 1.  Speaker 0: one mean over all contexts and X-speakers, (0 + 1 + 1 + 1) / 4 = 0.75, and not the
        # mean of contexts first, (2/3 + 1) / 2.  Speaker 1: 0.25.  So 0.5.
        error_of((0, 1), 0, (0, 5), 0.0),
        error_of((0, 1), 0, (0, 6), 1.0),
        error_of((0, 1), 0, (0, 7), 1.0),
        error_of((0, 1), 0, (1, 5), 1.0),
        error_of((0, 1), 1, (0, 5), 0.25),
        # A, B = 1, 0: 0.
        error_of((1, 0), 0, (0, 5), 0.0),
    ]
    assert oracle.average(errors) == 0.25


ACROSS_LINES = [
    HEADER,
    "one 0 1.5 A x y s1",
    "one 1 2.5 B x y s1",
    "two 0 1.5 A x y s2",
    "three 0 1.5 A x y s3",
]
ACROSS_FEATURES = {
    "one": np.array([EAST, NORTH], dtype=np.float32),
    "two": np.array([WEST], dtype=np.float32),
    "three": np.array([EAST], dtype=np.float32),
}


@pytest.mark.parametrize("context", ["within", "any"])
def test_score_across_speakers(context: oracle.Context) -> None:
    # A = east, B = north by s1.  X by s2 = west: to A 1, to B 1/2, lost.  X by s3 = east: won.  Their mean is 1/2.
    # s2 and s3 have no B, and nobody but s1 says B: no other cells.
    found = oracle.score(ACROSS_FEATURES, ACROSS_LINES, context=context, speaker="across", feature_size=1.0)
    assert found == 0.5


def test_a_condition_without_cells_has_no_score() -> None:
    # Nobody has two tokens of a phone.
    found = oracle.score(ACROSS_FEATURES, ACROSS_LINES, context="any", speaker="within", feature_size=1.0)
    assert found is None


def test_contexts_count_only_within_context() -> None:
    # Two tokens of A by one speaker in two contexts; B in the first.  Within context nothing has two tokens; in any
    # context X = east: a = north at 1/2, b = west at 1: won; X = north: both at 1/2: a tie.  1 - 1.5 / 2.
    lines = [HEADER, "f 0 1.5 A x y s", "f 1 2.5 A z y s", "f 2 3.5 B x y s"]
    features = {"f": np.array([EAST, NORTH, WEST], dtype=np.float64)}
    assert oracle.score(features, lines, context="within", speaker="within", feature_size=1.0) is None
    assert oracle.score(features, lines, context="any", speaker="within", feature_size=1.0) == 0.25


# --- golden figures ---------------------------------------------------------------------------------------------------

TOLERANCE = 1e-6
SETTINGS = ("distance", "feature_size", "max_size_group", "max_x_across", "seed")
FAST_CASES = {"abx17_plain", "abx17_sub", "short_tokens", "single_frame", "subfolders"}
FAST_KEY = "phoneme-withincontext-withinspeaker"
CASES = golden.cases_with("zrc_abx2")
ALL_CONDITIONS = [(case, condition) for case in CASES for condition in golden.load(case).conditions()]
CONDITIONS = [
    pytest.param(case, condition, id=f"{case}-{condition.key}")
    for case, condition in ALL_CONDITIONS
    if os.environ.get("ORACLE_ALL") or case in FAST_CASES or condition.key == FAST_KEY
]


@pytest.mark.parametrize(("name", "condition"), CONDITIONS)
def test_golden_figures(name: str, condition: golden.Condition) -> None:
    case = golden.load(name)
    found = oracle.score(
        case.features,
        case.item_files[condition.item],
        context=condition.context,
        speaker=condition.speaker,
        **{setting: case.params[setting] for setting in SETTINGS},
    )
    assert found == pytest.approx(case.expected["zrc_abx2"][condition.key], rel=0, abs=TOLERANCE)
    if condition.context == "within":
        assert found == pytest.approx(case.expected["libriabx"][condition.libriabx_key], rel=0, abs=TOLERANCE)


def test_there_are_100_golden_conditions() -> None:
    assert len(CASES) == 18
    assert len(ALL_CONDITIONS) == 100
    assert all(condition.key in golden.load(case).expected["zrc_abx2"] for case, condition in ALL_CONDITIONS)
