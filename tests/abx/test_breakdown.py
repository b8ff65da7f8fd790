"""Details are what averaging some of the cells alone comes to."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.abx.averaging import error_rate
from pytest_zrc.abx.breakdown import Names, Table, break_down
from pytest_zrc.abx.cells import SpeakerMode
from pytest_zrc.abx.items import parse_items
from pytest_zrc.abx.profiles import LIBRILIGHT, PROFILES
from tests.abx.cells import make_cells, random_cells, select

NAMES = Names(phones=("p0", "p1", "p2"), contexts=("c0", "c1", "c2"), speakers=("s0", "s1", "s2", "s3"))
ROLES = {"A and B": "speaker", "X": "x_speaker", "A, B and X": "speaker"}

every_profile = pytest.mark.parametrize("profile", list(PROFILES))
every_speaker_mode = pytest.mark.parametrize("speaker", ["within", "across"])
seeds = st.integers(0, 2**32)


def _rows(table: Table) -> list[tuple[object, ...]]:
    return list(zip(*table.as_dict().values(), strict=True))


def test_phone_pairs_by_hand() -> None:
    cells = make_cells([(0, 0, 1, 0, 1, 0.5), (1, 0, 2, 0, 1, 1.0), (0, 1, 0, 0, 1, 0.25), (0, 1, 0, 2, 1, 0.0)])
    table = break_down(cells, LIBRILIGHT.averaging, NAMES)["phone-pairs"]
    assert list(table.columns) == ["phone", "other_phone", "error_rate", "cells", "speakers"]
    assert _rows(table) == [("p0", "p1", 0.5, 3, 3), ("p2", "p1", 0.0, 1, 2)]


def test_speakers_by_hand() -> None:
    across = make_cells([(0, 0, 3, 0, 1, 0.5), (0, 0, 3, 1, 0, 0.0), (0, 3, 0, 0, 1, 1.0)])
    table = break_down(across, LIBRILIGHT.averaging, NAMES)["speakers"]
    assert list(table.columns) == ["speaker", "role", "error_rate", "cells"]
    assert _rows(table) == [
        ("s0", "A and B", 0.25, 2),
        ("s3", "A and B", 1, 1),
        ("s0", "X", 1, 1),
        ("s3", "X", 0.25, 2),
    ]
    within = make_cells([(0, 2, 2, 0, 1, 0.5)])
    assert _rows(break_down(within, LIBRILIGHT.averaging, NAMES)["speakers"]) == [("s2", "A, B and X", 0.5, 1)]


@every_profile
@every_speaker_mode
@given(seed=seeds)
def test_the_mean_over_phone_pairs_is_the_score(speaker: SpeakerMode, profile: str, seed: int) -> None:
    cells, averaging = random_cells(speaker, seed), PROFILES[profile].averaging
    columns = break_down(cells, averaging, NAMES)["phone-pairs"].columns
    assert np.mean(np.array(columns["error_rate"])) == error_rate(cells, averaging)
    pairs = zip(cells.phone.tolist(), cells.other_phone.tolist(), strict=True)
    counts = sorted(Counter(pairs).items())
    assert [(f"p{a}", f"p{b}", count) for (a, b), count in counts] == list(
        zip(columns["phone"], columns["other_phone"], columns["cells"], strict=True)
    )


@every_profile
@every_speaker_mode
@given(seed=seeds)
def test_speakers_and_contexts_have_the_scores_of_their_cells_alone(
    speaker: SpeakerMode, profile: str, seed: int
) -> None:
    cells, averaging = random_cells(speaker, seed), PROFILES[profile].averaging
    tables = break_down(cells, averaging, NAMES)
    rows = [(ROLES[str(role)], name, *rest) for name, role, *rest in _rows(tables["speakers"])]
    rows += [("context", *row) for row in _rows(tables["contexts"])]
    for column, name, error, count in rows:
        alone = select(cells, str(column), int(str(name)[1:]))
        assert count == len(alone)
        assert error == pytest.approx(error_rate(alone, averaging), abs=1e-12)
    columns = ["speaker", "x_speaker", "context"] if speaker == "across" else ["speaker", "context"]
    assert len(rows) == sum(len(np.unique(cells.names[column])) for column in columns)


def test_comparisons_in_any_context_have_no_contexts() -> None:
    items = parse_items(["#file onset offset #phone prev-phone next-phone speaker", "f 0 1 T AH N s"])
    assert Names.of(items, "within") == Names(("T",), ("AH+N",), ("s",))
    cells = make_cells([(0, 0, 0, 0, 1, 0.5)])
    table = break_down(cells, LIBRILIGHT.averaging, Names(("T", "D"), Names.of(items, "any").contexts, ("s",)))[
        "contexts"
    ]
    assert len(table) == 0
    assert table.as_dict() == {"context": [], "error_rate": [], "cells": []}


def test_tables_are_json() -> None:
    tables = break_down(random_cells("across", 1), LIBRILIGHT.averaging, NAMES)
    stored = {name: table.as_dict() for name, table in tables.items()}
    assert json.loads(json.dumps(stored)) == stored
