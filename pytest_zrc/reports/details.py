"""Error rates in detail, by pair of phones, speaker and context: a file for each, with all subsets and conditions."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections.abc import Sequence
from typing import Any, TypeAlias

from pytest_zrc.errors import ZrcError
from pytest_zrc.scoring.scores import Details

FOLDER = "details"

Columns: TypeAlias = dict[str, list[Any]]

_TYPES = {"error_rate": "double", "cells": "int64", "speakers": "int64"}  # the other columns are text


def require_format(kind: str) -> None:
    """Raise ZrcError where details cannot be written in a format."""
    if kind == "parquet" and importlib.util.find_spec("pyarrow") is None:
        raise ZrcError(
            "details cannot be written as Parquet without PyArrow: pip install 'pytest-zrc[parquet]', or choose csv"
        )


def details_files(details: Sequence[Details], kind: str) -> dict[str, bytes]:
    """Return the content of every file of details by its name; no files where there are no details.

    Args:
        details: of all scores.
        kind: ``csv`` or ``parquet``.

    Raises:
        ZrcError: Parquet was asked for, and PyArrow is not installed.
    """
    require_format(kind)
    encode = _csv if kind == "csv" else _parquet
    return {f"{FOLDER}/{name}.{kind}": encode(columns) for name, columns in merge(details).items()}


def merge(details: Sequence[Details]) -> dict[str, Columns]:
    """Put the tables of all scores one below the other, with what they belong to in the first columns."""
    merged: dict[str, Columns] = {}
    for one in details:
        for name, table in one.tables.items():
            rows = len(next(iter(table.values())))
            origin = {"subset": one.subset, "condition": one.condition, "profile": one.profile}
            columns = {**{column: [value] * rows for column, value in origin.items()}, **table}
            below = merged.setdefault(name, {column: [] for column in columns})
            for column, values in columns.items():
                below[column] += values
    return merged


def _csv(columns: Columns) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _parquet(columns: Columns) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - tens of megabytes that only this needs
    from pyarrow import parquet  # noqa: PLC0415

    schema = pa.schema([(name, _TYPES.get(name, "string")) for name in columns])
    content = io.BytesIO()
    parquet.write_table(pa.table(columns, schema=schema), content)
    return content.getvalue()
