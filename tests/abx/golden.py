"""Load the golden cases: small submissions with the scores that the official back ends gave them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent / "golden"

CASES: list[str] = sorted(folder.parent.name for folder in ROOT.glob("*/params.json"))
"""The names of all cases."""


def cases_with(tool: str) -> list[str]:
    """Return the names of the cases that a tool has figures for."""
    return [name for name in CASES if tool in json.loads((ROOT / name / "expected.json").read_text(encoding="utf-8"))]


class Condition(NamedTuple):
    """One figure of a case: its key in ``expected``, the item file, and what context and speaker are."""

    key: str
    item: str
    context: Literal["within", "any"]
    speaker: Literal["within", "across"]

    @property
    def libriabx_key(self) -> str:
        """The key of the same figure in ``expected["libriabx"]``, which has no figures for any context."""
        return f"{Path(self.item).stem}-{self.speaker}speaker"


@dataclass(frozen=True)
class GoldenCase:
    """A case: arrays (frames, features) by relative path without suffix, item files by name, settings and scores.

    ``expected`` holds the scores (fractions) as tool -> key of the condition -> score.
    """

    name: str
    features: dict[str, NDArray[Any]]
    item_files: dict[str, Path]
    params: dict[str, Any]
    expected: dict[str, dict[str, float]]

    def conditions(self) -> Iterator[Condition]:
        """Yield the conditions of the case in the order of its settings."""
        for entry in self.params["conditions"]:
            item, context = entry["item"], entry["context"]
            for speaker in entry["speaker"]:
                key = f"{Path(item).stem}-{context}context-{speaker}speaker"
                yield Condition(key, item, context, speaker)


def load(case: str) -> GoldenCase:
    """Load one case."""
    folder = ROOT / case
    with np.load(folder / "features.npz", allow_pickle=False) as archive:
        features = {key: archive[key] for key in archive.files}
    return GoldenCase(
        name=case,
        features=features,
        item_files={path.name: path for path in sorted(folder.glob("*.item"))},
        params=json.loads((folder / "params.json").read_text(encoding="utf-8")),
        expected=json.loads((folder / "expected.json").read_text(encoding="utf-8")),
    )
