"""Every code of a submission can be provoked alone, and its texts can be read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.checks.catalogue import CATALOGUE, Finding, Rule, finding
from tests.builders import (
    TinyDataset,
    case_for,
    make_abx17_dataset,
    make_dataset,
    make_submission,
    save_pickled,
)
from tests.checks.helpers import (
    Array,
    change,
    change_all,
    drop_field,
    findings_of,
    save_as_text,
    set_field,
    with_times,
)

Break = Callable[[Path, TinyDataset], object]


def one(edit: Callable[[Array], Array]) -> Break:
    return lambda submission, _: change(submission / "dev-clean" / "dc1-0.npy", edit)


def every(edit: Callable[[Array], Array]) -> Break:
    return lambda submission, _: change_all(submission, edit)


def add(name: str, text: str) -> Break:
    def append(submission: Path, _: TinyDataset) -> None:
        with (submission / name).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return append


def turn_times_round(submission: Path, _: TinyDataset) -> None:
    save_as_text(submission, lambda frames: np.arange(frames) / 100)
    path = submission / "dev-clean" / "dc1-0.txt"
    np.savetxt(path, np.loadtxt(path)[::-1])


def frames_of_75_ms(submission: Path, _: TinyDataset) -> None:
    """Leave the frame shift of the template where frames are too many for it, but not by far."""
    set_field(submission / "params.yaml", "feature_size", 0.1)
    for path in submission.glob("german/*/*.npy"):
        change(path, lambda array: array[: len(array) * 2 // 15])


PROVOKED: dict[str, Break] = {
    "ZRC-S01": lambda submission, _: shutil.rmtree(submission / "dev-clean"),
    "ZRC-S02": lambda submission, _: (submission / "dev-clean" / "dc1-0.npy").unlink(),
    "ZRC-S03": lambda submission, _: (submission / "dev-clean" / "other.npy").touch(),
    "ZRC-S04": lambda submission, _: (submission / "dev-clean" / "loop").symlink_to("."),
    "ZRC-S06": lambda submission, _: shutil.copytree(submission / "german", submission / "LANG1"),
    "ZRC-S05": lambda submission, _: shutil.copytree(submission / "dev-clean", submission / "dev-clean" / "sub"),
    "ZRC-A01": lambda submission, _: (submission / "dev-clean" / "dc1-0.npy").write_bytes(b""),
    "ZRC-A02": lambda submission, _: save_pickled(submission / "dev-clean" / "dc1-0.npy", submission / "marker"),
    "ZRC-A03": one(lambda array: array[:, 0]),
    "ZRC-A04": one(lambda array: array.astype(int)),
    "ZRC-A05": one(lambda array: array[:1]),
    "ZRC-A06": one(lambda array: array[:, :5]),
    "ZRC-A07": one(lambda array: array * np.nan),
    "ZRC-A08": one(np.zeros_like),
    "ZRC-A09": one(lambda array: array[:100]),
    "ZRC-A10": lambda submission, _: set_field(submission / "params.yaml", "feature_size", 0.02),
    "ZRC-A11": every(lambda array: array.T),
    "ZRC-A12": one(lambda array: array * np.float32(1e30)),
    "ZRC-A13": turn_times_round,
    "ZRC-A14": lambda submission, _: set_field(submission / "params.yaml", "distance_mode", "kl"),
    "ZRC-M01": lambda submission, _: (submission / "meta.yaml").unlink(),
    "ZRC-M02": lambda submission, _: drop_field(submission / "meta.yaml", "open_source"),
    "ZRC-M03": lambda submission, _: set_field(submission / "meta.yaml", "open_source", "yes"),
    "ZRC-M04": lambda submission, _: set_field(submission / "meta.yaml", "open_source", "<true or false>"),
    "ZRC-M05": lambda submission, _: set_field(submission / "meta.yaml", "benchmark_name", "demo"),
    "ZRC-M06": add("meta.yaml", "open_source: true\n"),
    "ZRC-M07": add("meta.yaml", "colour: red\n"),
    "ZRC-M08": lambda submission, _: drop_field(submission / "meta.yaml", "code_url"),
    "ZRC-P01": add("params.yaml", "- a\n"),
    "ZRC-P02": add("params.yaml", "colour: red\n"),
    "ZRC-P03": add("params.yaml", "seed: red\n"),
    "ZRC-P04": add("params.yaml", "cuda: false\n"),
    "ZRC-P05": frames_of_75_ms,
    "ZRC-P06": add("params.yaml", "max_size_group: 10\n"),
    "ZRC-D01": lambda _, dataset: dataset.item_file("dev-clean").write_bytes(b""),
}
WARNINGS = {"ZRC-M07", "ZRC-M08", "ZRC-P05", "ZRC-P06"}
WITH_TIMES = {"ZRC-A13"}
EXACT = {"ZRC-P06"}
OF_ABX17 = {"ZRC-S06", "ZRC-P05"}


def test_every_code_is_here() -> None:
    of_encoders = {code for code in CATALOGUE if code.startswith("ZRC-E")}  # in tests/model/test_contract_defects.py
    assert set(PROVOKED) == set(CATALOGUE) - of_encoders


@pytest.mark.parametrize("code", PROVOKED)
def test_code_is_found_alone(tmp_path: Path, code: str) -> None:
    dataset = (
        make_abx17_dataset(tmp_path / "dataset", subsets=("german/1s",))
        if code in OF_ABX17
        else make_dataset(tmp_path / "dataset", subsets=("dev-clean",))
    )
    submission = make_submission(tmp_path / "submission", dataset)
    PROVOKED[code](submission, dataset)
    case = case_for(submission, dataset, benchmark=dataset.benchmark, profile="exact" if code in EXACT else "")
    found = findings_of(with_times(case) if code in WITH_TIMES else case)
    assert {finding.code for finding in found} == {code}
    for text in map(str, found):
        assert re.fullmatch(rf"{code} \S.*: \S.*; expected \S.*\. [A-Z].*[^.]\.", text)
        assert "{" not in text


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.code)
def test_severity_says_whether_it_blocks(rule: Rule) -> None:
    assert rule.severity == ("warning" if rule.code in WARNINGS else "error")


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.code)
def test_texts_are_said_once(rule: Rule) -> None:
    assert [other.code for other in CATALOGUE.values() if other.title == rule.title] == [rule.code]
    assert not rule.fix.endswith(".")


def test_only_errors_block() -> None:
    def some(code: str, subset: str | None) -> Finding:
        return finding(code, "place", subset=subset, problem="", similar="", file_id="", suffix="", expected="")

    assert some("ZRC-S03", "dev-clean").blocks("dev-clean")
    assert not some("ZRC-S03", "dev-clean").blocks("dev-other")
    assert some("ZRC-P01", None).blocks("dev-other")
    assert not some("ZRC-M02", "").blocks("dev-clean")
    assert not some("ZRC-M08", None).blocks("dev-clean")


def test_foreign_text_is_shown_not_filled_in() -> None:
    made = finding("ZRC-M01", "a\x1b[31m{problem}\udce9", subset="", problem="{problem} {0}\r\n\x07")
    assert made.measured == r"{problem} {0}\r\n\x07"
    assert made.where == r"a\x1b[31m{problem}\udce9"


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("meta.yaml:3 code_url", ("meta.yaml", 3)),
        ("params.yaml feature_size", ("params.yaml", None)),
        ("meta.yaml", ("meta.yaml", None)),
        ("dev-clean/a b.npy", ("dev-clean/a b.npy", None)),
        ("/data set/x.item:12", ("/data set/x.item", 12)),
        ("dev-clean", ("dev-clean", None)),
    ],
)
def test_a_place_is_a_file_and_a_line(where: str, place: tuple[str, int | None]) -> None:
    assert finding("ZRC-A01", where, subset="", problem="").place == place
