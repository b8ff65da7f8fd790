"""One submission with many defects at once: the command finds each of them, nothing else, and runs nothing in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders import TinyDataset, make_dataset, make_submission, save_pickled
from tests.checks.helpers import Array, change, drop_field, line_of, set_field

NAME_WITH_SPACES = "dev-clean/été à la plage.npy"


@dataclass(frozen=True, slots=True)
class Place:
    """A submission and its dataset, both to be broken; all of it in one folder."""

    root: Path
    submission: Path
    dataset: TinyDataset

    @property
    def marker(self) -> Path:
        """The file that the payload would make."""
        return self.root / "marker"


@pytest.fixture
def place(pytester: pytest.Pytester) -> Place:
    dataset = make_dataset(pytester.path / "dataset", files=9)
    return Place(pytester.path, make_submission(pytester.path / "submission", dataset), dataset)


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("--zrc-submission=submission", "--zrc-dataset=dataset", *arguments)


def report(place: Place, name: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((place.submission / "scores" / name).read_text(encoding="utf-8"))
    return fields


@dataclass(frozen=True, slots=True)
class Defect:
    """What is done to the submission, and which findings it must have: code and place, ``{line}`` to be filled in."""

    spoil: Callable[[Place], object]
    findings: tuple[tuple[str, str], ...]


def feature_file(code: str, name: str, edit: Callable[[Array], Array]) -> Defect:
    return Defect(lambda place: change(place.submission / name, edit), ((code, name),))


def bytes_of(code: str, name: str, edit: Callable[[bytes], bytes]) -> Defect:
    def spoil(place: Place) -> None:
        path = place.submission / name
        path.write_bytes(edit(path.read_bytes()))

    return Defect(spoil, ((code, name),))


def field(code: str, file: str, name: str, value: object) -> Defect:
    return Defect(lambda place: set_field(place.submission / file, name, value), ((code, f"{file}:{{line}} {name}"),))


def rename(name: str, other: str) -> Defect:
    return Defect(
        lambda place: (place.submission / name).rename(place.submission / other),
        (("ZRC-S02", name), ("ZRC-S03", other)),
    )


def link(code: str, name: str, target: str) -> Defect:
    def spoil(place: Place) -> None:
        path = place.submission / name
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    return Defect(spoil, ((code, name),))


def copy(code: str, name: str, other: str) -> Defect:
    def spoil(place: Place) -> None:
        (place.submission / other).parent.mkdir(exist_ok=True)
        shutil.copy(place.submission / name, place.submission / other)

    return Defect(spoil, ((code, other),))


def damaged_item_file(subset: str) -> Defect:
    def spoil(place: Place) -> None:
        path = place.dataset.item_file(subset)
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[6] = lines[6].rpartition(" ")[0]
        path.write_text("\n".join(lines), encoding="utf-8")

    return Defect(spoil, (("ZRC-D01", f"dataset/{subset}/triphone-{subset}.item:7"),))


DEFECTS = (
    bytes_of("ZRC-A01", "dev-clean/dc0-0.npy", lambda _: b""),
    bytes_of("ZRC-A01", "dev-clean/dc0-1.npy", lambda content: content[: len(content) // 2]),
    bytes_of("ZRC-A01", "dev-clean/dc0-2.npy", lambda _: b"0.1 0.2\n0.3 0.4\n"),
    Defect(
        lambda place: save_pickled(place.submission / "dev-clean/dc1-0.npy", place.marker),
        (("ZRC-A02", "dev-clean/dc1-0.npy"),),
    ),
    copy("ZRC-S03", "dev-clean/dc2-0.npy", NAME_WITH_SPACES),
    link("ZRC-S04", "dev-clean/loop", "."),
    link("ZRC-A01", "dev-clean/dc1-1.npy", "nothing.npy"),
    feature_file("ZRC-A03", "dev-other/do0-0.npy", lambda array: array[:, 0]),
    feature_file("ZRC-A04", "dev-other/do0-1.npy", lambda array: array.astype(np.int64)),
    feature_file("ZRC-A05", "dev-other/do0-2.npy", lambda array: array[:1]),
    feature_file("ZRC-A06", "dev-other/do1-0.npy", lambda array: array.T),
    feature_file("ZRC-A06", "dev-other/do1-1.npy", lambda array: array[:, :3]),
    feature_file("ZRC-A09", "dev-other/do2-0.npy", lambda array: array[: len(array) // 2]),
    copy("ZRC-S05", "dev-other/do2-1.npy", "dev-other/twins/do2-1.npy"),
    rename("test-clean/tc0-0.npy", "test-clean/tc0_0.npy"),
    feature_file("ZRC-A07", "test-clean/tc0-1.npy", lambda array: np.where(array == array[3, 3], np.nan, array)),
    feature_file("ZRC-A08", "test-clean/tc1-0.npy", np.zeros_like),
    feature_file("ZRC-A12", "test-clean/tc1-1.npy", lambda array: array * np.float32(1e25)),
    damaged_item_file("test-clean"),
    Defect(lambda place: shutil.rmtree(place.submission / "test-other"), (("ZRC-S01", "test-other"),)),
    field("ZRC-P03", "params.yaml", "distance_mode", "manhattan"),
    field("ZRC-P02", "params.yaml", "max_group_size", 10),
    field("ZRC-M03", "meta.yaml", "publication.publication_year", "in press"),
    field("ZRC-M04", "meta.yaml", "model_info.train_set", "<the train set>"),
    field("ZRC-M07", "meta.yaml", "licence", "MIT"),
    Defect(
        lambda place: drop_field(place.submission / "meta.yaml", "publication.institution"),
        (("ZRC-M02", "meta.yaml publication.institution"),),
    ),
)


def seeded(place: Place) -> list[tuple[str, str]]:
    """Return the codes and places of all defects."""
    pairs = [pair for defect in DEFECTS for pair in defect.findings]
    return sorted((code, where_of(place, where)) for code, where in pairs)


def where_of(place: Place, where: str) -> str:
    if where.startswith("dataset/"):
        return str(place.root / where)
    file, _, name = where.partition(":{line} ")
    if not name:
        return where
    return f"{file}:{line_of(place.submission / file, name.rpartition('.')[2] + ':')} {name}"


def test_all_defects_at_once(pytester: pytest.Pytester, place: Place) -> None:
    for defect in DEFECTS:
        defect.spoil(place)
    result = run(pytester, "-rs")
    output = result.stdout.str() + result.stderr.str()
    assert "Traceback" not in output
    assert "INTERNALERROR" not in output
    assert not place.marker.exists()
    assert result.ret == pytest.ExitCode.TESTS_FAILED

    validation = report(place, "validation.json")
    found = [(one["code"], one["where"]) for one in validation["findings"]]
    assert sorted(found) == seeded(place)
    assert not validation["valid"]
    assert not validation["not_run"]
    assert (validation["errors"], validation["warnings"]) == (len(found) - 1, 1)

    # Errors in params.yaml keep all subsets from being scored.
    assert result.parseoutcomes()["skipped"] == 24
    assert not report(place, "scores.json")["scores"]
    assert {one["reason"].partition(" is not valid: ")[0] for one in report(place, "scores.json")["missing"]} == {
        "dev-clean",
        "dev-other",
        "test-clean",
        "test-other",
    }


def test_each_broken_subset_is_skipped_with_its_own_reason(pytester: pytest.Pytester, place: Place) -> None:
    reasons = {
        "dev-clean": "dev-clean is not valid: ZRC-A01 dev-clean/dc0-0.npy: an empty file (0 bytes)",
        "test-other": "test-other is not valid: ZRC-S01 test-other: there is no such folder",
    }
    (place.submission / "dev-clean" / "dc0-0.npy").write_bytes(b"")
    shutil.rmtree(place.submission / "test-other")
    drop_field(place.submission / "meta.yaml", "publication.institution")
    result = run(pytester, "-rs")
    assert "Traceback" not in result.stdout.str()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["skipped"]) == (3, 12)
    result.stdout.fnmatch_lines([f"SKIPPED*{reason}*" for reason in reasons.values()])

    scores = report(place, "scores.json")
    assert {(one["subset"], one["reason"]) for one in scores["missing"]} == set(reasons.items())
    assert len(scores["missing"]) == 12
    assert [one["subset"] for one in scores["scores"]] == ["dev-other"] * 6 + ["test-clean"] * 6
    assert all(0 <= one["score"] <= 1 for one in scores["scores"])
