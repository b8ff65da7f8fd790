"""Imported by every Python that has this folder in PYTHONPATH, before anything else."""  # noqa: INP001

from __future__ import annotations

import locale
import os
import random
from collections.abc import Iterator
from typing import Any, Self

_list, _scan = os.listdir, os.scandir
_chance = random.Random(os.environ.get("ZRC_SHUFFLE"))  # noqa: S311 - of an order


class _Shuffled:
    """The entries of a folder, as os.scandir has them."""

    def __init__(self, *path: Any) -> None:  # noqa: ANN401
        with _scan(*path) as entries:
            found = list(entries)
        _chance.shuffle(found)
        self._entries = iter(found)

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        return self._entries

    def __next__(self) -> os.DirEntry[str]:
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def close(self) -> None:
        pass


def _shuffled(*path: Any) -> list[Any]:  # noqa: ANN401
    names: list[Any] = _list(*path)
    _chance.shuffle(names)
    return names


locale.setlocale(locale.LC_ALL, "")
if "ZRC_SHUFFLE" in os.environ:
    os.listdir, os.scandir = _shuffled, _Shuffled  # type: ignore[assignment]
