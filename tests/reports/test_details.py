"""Details as files: CSV and Parquet."""

from __future__ import annotations

import csv
import io
import sys

import pytest
from pyarrow import parquet

from pytest_zrc.errors import ZrcError
from pytest_zrc.reports.details import details_files
from pytest_zrc.scoring.scores import Details

NO_CONTEXTS: dict[str, list[object]] = {"context": [], "error_rate": [], "cells": []}


def _details(subset: str, error: float) -> Details:
    speakers: dict[str, list[object]] = {
        "speaker": ["s1", "s,2"],
        "role": ["A and B", "X"],
        "error_rate": [error, 0.5],
        "cells": [3, 4],
    }
    return Details(subset, "triphone-within-across", "exact", {"speakers": speakers, "contexts": NO_CONTEXTS})


DETAILS = [_details("dev-clean", 0.1 + 0.2), _details("dev-other", 0.0)]
ROWS = [
    ("dev-clean", "triphone-within-across", "exact", "s1", "A and B", 0.30000000000000004, 3),
    ("dev-clean", "triphone-within-across", "exact", "s,2", "X", 0.5, 4),
    ("dev-other", "triphone-within-across", "exact", "s1", "A and B", 0.0, 3),
    ("dev-other", "triphone-within-across", "exact", "s,2", "X", 0.5, 4),
]
COLUMNS = ["subset", "condition", "profile", "speaker", "role", "error_rate", "cells"]


def test_csv_holds_all_scores_unrounded() -> None:
    files = details_files(DETAILS, "csv")
    assert list(files) == ["details/speakers.csv", "details/contexts.csv"]
    header, *rows = csv.reader(io.StringIO(files["details/speakers.csv"].decode()))
    assert header == COLUMNS
    assert rows == [[str(value) for value in row] for row in ROWS]
    assert files["details/contexts.csv"] == b"subset,condition,profile,context,error_rate,cells\n"


def test_parquet_holds_the_same_with_types() -> None:
    files = details_files(DETAILS, "parquet")
    assert list(files) == ["details/speakers.parquet", "details/contexts.parquet"]
    table = parquet.read_table(io.BytesIO(files["details/speakers.parquet"]))
    assert table.column_names == COLUMNS
    assert list(zip(*table.to_pydict().values(), strict=True)) == ROWS
    empty = parquet.read_table(io.BytesIO(files["details/contexts.parquet"]))
    assert [str(kind) for kind in empty.schema.types] == ["string", "string", "string", "string", "double", "int64"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_was_stored_is_not_changed(kind: str) -> None:
    assert details_files(DETAILS, kind) == details_files(DETAILS, kind)
    assert DETAILS[0].tables["speakers"]["cells"] == [3, 4]


def test_no_details_no_files() -> None:
    assert details_files([], "parquet") == {}


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ZrcError, match=r"pip install 'pytest-zrc\[parquet\]'"):
        details_files(DETAILS, "parquet")
