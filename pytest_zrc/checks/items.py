"""Can the item files of the dataset be read?"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding


def check_items(case: Case, subset: str) -> Iterator[Finding]:
    """Say what is wrong with the item files of a subset."""
    for where, measured, expected in case.item_damage(subset):
        yield finding("ZRC-D01", where, subset=subset, problem=measured, expected=expected)
