"""Can the item files of the dataset be read?"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_zrc.abx.items import ItemFileError
from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding, finding
from pytest_zrc.errors import ZrcError


def check_items(case: Case, subset: str) -> Iterator[Finding]:
    """Parse every item file of a subset."""
    for granularity, path in case.dataset.subsets[subset].item_files.items():
        try:
            case.items(subset, granularity)
        except ItemFileError as error:
            where = f"{path}:{error.line}"
            yield finding("ZRC-D01", where, subset=subset, problem=error.measured, expected=error.expected)
        except ZrcError as error:
            yield finding("ZRC-D01", str(path), subset=subset, problem=error, expected="a readable item file")
