"""Sizes of memory, as people write them."""

from __future__ import annotations

import re

from pytest_zrc.errors import ZrcError, shown

LEAST = 16 << 20  # bytes: the features of a few seconds, and room to read them
_MOST = float(1 << 60)  # of any unit: more than any machine has
_UNITS = "KMGT"
_SIZE = re.compile(rf"(\d+(?:\.\d+)?) *(?:([{_UNITS}])(?:i?B)?|B)?", re.IGNORECASE)


def parse_size(text: str, name: str, least: int = LEAST) -> int:
    """Return how many bytes a text like ``4G``, ``512M`` or ``800 MiB`` means; a thousand is 1024.

    Args:
        text: the size.
        name: what it is given for, to be named in messages.
        least: bytes that it must be.

    Raises:
        ZrcError: it is no size, or too small to work with.
    """
    match = _SIZE.fullmatch(text.strip())
    text = shown(text)
    if match is None:
        raise ZrcError(f"{name}={text}: give a size, as 4G, 512M or 800 MiB")
    number, unit = match.groups()
    size = int(min(float(number), _MOST) * 1024 ** (1 + _UNITS.index(unit.upper()) if unit else 0))
    if size < least:
        means = "" if unit else " is so many bytes, which"
        raise ZrcError(f"{name}={text}{means} is too little: give at least {_written(least)}, as 4G, 512M or 800 MiB")
    return size


def _written(size: int) -> str:
    return f"{size >> 20}M" if size >> 20 else str(size)
