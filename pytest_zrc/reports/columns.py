"""Tables of text: aligned for the terminal, and in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

from pytest_zrc.benchmarks.model import Condition

Rows: TypeAlias = Sequence[Sequence[str]]

_CELL = 10  # of a grid with a column for each condition

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$&]")
_BLOCK = re.compile(r"^(?:(?=[-+#]+(?: |$)|-[- ]+$)|(\d+)(?=[.)](?: |$)))")  # what would begin a list or a heading


def aligned(rows: Rows, sides: str) -> Iterator[str]:
    """Yield rows with their columns below each other.

    Args:
        rows: of one length, the headings first.
        sides: of each column, ``l`` or ``r``.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if side == "l" else cell.rjust(width)
            for cell, width, side in zip(row, widths, sides, strict=True)
        )
        yield "  ".join(cells).rstrip()


def condition_heads(conditions: Sequence[Condition], margin: int) -> Iterator[str]:
    """Yield the two lines over a grid with a column for each condition, after a margin for names."""
    kinds = [(kind, len(list(same))) for kind, same in groupby(condition.kind for condition in conditions)]
    yield (" " * margin + "".join(kind.rjust(_CELL * n) for kind, n in kinds)).rstrip()
    yield " " * margin + "".join(condition.speaker.rjust(_CELL) for condition in conditions)


def grid_row(label: str, cells: Sequence[str], margin: int) -> str:
    """Return a line of such a grid."""
    return label.ljust(margin) + "".join(cell.rjust(_CELL) for cell in cells)


def markdown_table(rows: Rows, sides: str) -> Iterator[str]:
    """Yield the same table in Markdown; cells are Markdown already."""
    head, *rest = rows
    rules = ("---:" if side == "r" else "---" for side in sides)
    for row in (head, rules, *rest):
        yield f"| {' | '.join(row)} |"


def as_markdown(text: str) -> str:
    """Return Markdown, without a line break, that shows a text as it is."""
    return _BLOCK.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", " ".join(text.split())))


def without_repeats(names: Sequence[str]) -> list[str]:
    """Return names with nothing in place of those that repeat the one before."""
    return [name for name, same in groupby(names) for name in (name, *[""] * (len(list(same)) - 1))]
