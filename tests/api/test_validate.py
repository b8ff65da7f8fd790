"""``validate`` finds what the checks of pytest find, and scores nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import pytest_zrc as zrc
from tests.builders import TinyDataset


def test_a_valid_submission(submission: Path, dataset: TinyDataset, temporary: Path) -> None:
    found = zrc.validate(submission, "abxLS", dataset=dataset.root)
    assert found.valid
    assert not found.errors
    assert not found.warnings
    found.raise_if_invalid()
    assert [name for name in found.findings if "dev-clean" in name] == [
        "dev-clean::items",
        "dev-clean::files",
        "dev-clean::frames",
        "dev-clean::arrays-01of01",
    ]
    assert not list(temporary.iterdir())
    assert not (submission / "scores").exists()


def test_an_invalid_one(submission: Path, dataset: TinyDataset) -> None:
    for name in ("dc0-0", "dc1-0"):
        path = submission / "dev-clean" / f"{name}.npy"
        np.save(path, np.load(path).astype(np.int64))
    found = zrc.validate(submission, dataset=dataset.root)
    assert not found.valid
    assert [(one.code, one.where) for one in found.errors] == [
        ("ZRC-A04", "dev-clean/dc0-0.npy"),
        ("ZRC-A04", "dev-clean/dc1-0.npy"),
    ]
    with pytest.raises(zrc.ZrcError, match=r"not valid: ZRC-A04 dev-clean/dc0-0\.npy: .* \(and 1 more error\)$"):
        found.raise_if_invalid()


def test_recommendations_leave_it_valid() -> None:
    found = zrc.validate(benchmark="demo")
    assert found.valid
    assert len(found.warnings) == 3


def test_findings_are_those_of_pytest(pytester: pytest.Pytester, submission: Path, dataset: TinyDataset) -> None:
    (submission / "dev-other" / "do0-0.npy").unlink()
    (submission / "meta.yaml").write_text("benchmark_name: abxLS\nopen_source: maybe\n", encoding="utf-8")
    pytester.runpytest_subprocess(
        f"--zrc-submission={submission}", f"--zrc-dataset={dataset.root}", "--zrc-validate-only"
    )
    theirs = json.loads((submission / "scores" / "validation.json").read_text(encoding="utf-8"))
    ours = zrc.validate(submission, dataset=dataset.root)
    assert [one.code for found in ours.findings.values() for one in found] == [
        one["code"] for one in theirs["findings"]
    ]
    assert (len(ours.errors), len(ours.warnings)) == (theirs["errors"], theirs["warnings"])


def test_wrong_arguments_are_one_sentence(submission: Path) -> None:
    with pytest.raises(zrc.ZrcError, match=r"no dataset at .*nowhere"):
        zrc.validate(submission, dataset="nowhere")
