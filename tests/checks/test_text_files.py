"""Text features: one finding for each file that is no table, or whose times are not those of frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.checks.catalogue import Finding
from tests.builders import TinyDataset, case_for, make_dataset, make_submission
from tests.checks.helpers import Array, findings, findings_of, only_finding, save_as_text, set_field, with_times

WHERE = "dev-clean/dc1-0.txt"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> TinyDataset:
    return make_dataset(tmp_path_factory.mktemp("data") / "dataset", subsets=("dev-clean",))


@pytest.fixture
def texts(tmp_path: Path, one: TinyDataset) -> Path:
    submission = make_submission(tmp_path / "submission", one)
    save_as_text(submission)
    return submission


@pytest.fixture
def timed(tmp_path: Path, one: TinyDataset) -> Path:
    submission = make_submission(tmp_path / "submission", one)
    save_as_text(submission, middles)
    return submission


def middles(frames: int) -> Array:
    return (np.arange(frames) + 0.5) / 100


def timed_findings(submission: Path, dataset: TinyDataset) -> list[Finding]:
    return findings_of(with_times(case_for(submission, dataset, benchmark="abxLS")))


def change_table(submission: Path, times: Array | None = None, frames: int | None = None) -> Array:
    """Replace the times of a file, or cut it off; return its table."""
    table: Array = np.loadtxt(submission / WHERE)[:frames]
    if times is not None:
        table[: len(times), 0] = times
    np.savetxt(submission / WHERE, table)
    return table


def test_nothing_wrong(texts: Path, one: TinyDataset) -> None:
    assert not findings(texts, one)


DAMAGE = pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n", b" 7\n"),
        (b"\n", b" x\n"),
        (b"\n", b"\xff\n"),
        (b"\n", b"\x00\n"),
        (b" ", b","),
        (b"e-01 ", b"e-01-"),
    ],
    ids=["column", "word", "no text", "NUL", "comma", "no number"],
)


@DAMAGE
@pytest.mark.parametrize("first", [0, 30_000], ids=["first", "middle"])
def test_damage(texts: Path, one: TinyDataset, old: bytes, new: bytes, first: int) -> None:
    content = (texts / WHERE).read_bytes()
    (texts / WHERE).write_bytes(content[:first] + content[first:].replace(old, new, 1))
    finding = only_finding(texts, one)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A01", WHERE, "dev-clean")
    assert finding.measured.startswith("not a table of numbers")


@DAMAGE
def test_damage_of_a_file_with_times(timed: Path, one: TinyDataset, old: bytes, new: bytes) -> None:
    content = (timed / WHERE).read_bytes()
    (timed / WHERE).write_bytes(content[:30_000] + content[30_000:].replace(old, new, 1))
    [finding] = timed_findings(timed, one)
    assert (finding.code, finding.where) == ("ZRC-A01", WHERE)


def test_cut_off(texts: Path, one: TinyDataset) -> None:
    content = (texts / WHERE).read_bytes()
    (texts / WHERE).write_bytes(content[:-30])
    assert only_finding(texts, one).code == "ZRC-A01"


@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-Infinity", "1e999"])
def test_values_that_are_not_finite(texts: Path, one: TinyDataset, value: str) -> None:
    lines = (texts / WHERE).read_text(encoding="utf-8").splitlines()
    lines[3] = " ".join([*lines[3].split()[:5], value, "1", "2"])
    (texts / WHERE).write_text("\n".join(lines), encoding="utf-8")
    finding = only_finding(texts, one)
    assert (finding.code, finding.where) == ("ZRC-A07", WHERE)
    assert finding.measured == "1 NaN or infinite value(s), the first in frame 3, column 5"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# frames\n"])
def test_no_frames(texts: Path, one: TinyDataset, content: bytes) -> None:
    (texts / WHERE).write_bytes(content)
    finding = only_finding(texts, one)
    assert (finding.code, finding.where, finding.measured) == ("ZRC-A05", WHERE, "0 frame(s)")


def test_no_frames_with_times(timed: Path, one: TinyDataset) -> None:
    (timed / WHERE).write_bytes(b"")
    assert [finding.code for finding in timed_findings(timed, one)] == ["ZRC-A05"]


def test_times_are_no_features(timed: Path, one: TinyDataset) -> None:
    assert not timed_findings(timed, one)
    case = with_times(case_for(timed, one))
    assert {dimension for _, dimension in case.shapes().values()} == {8}


def test_times_alone(timed: Path, one: TinyDataset) -> None:
    np.savetxt(timed / WHERE, middles(100))
    [finding] = timed_findings(timed, one)
    assert (finding.code, finding.where) == ("ZRC-A03", WHERE)
    assert finding.measured == "shape (100, 0) beside the times"


@pytest.mark.parametrize(
    ("times", "problem"),
    [
        ([0.1, 0.2, 0.2], "frame 2 is at 0.2 s, after 0.2 s"),
        ([0.1, 0.2, 0.15], "frame 2 is at 0.15 s, after 0.2 s"),
        ([np.nan], "frame 0 is at nan s"),
        ([0, np.inf], "frame 1 is at inf s, after 0.0 s"),
        ([-np.inf], "frame 0 is at -inf s"),
    ],
)
def test_times_that_do_not_increase(timed: Path, one: TinyDataset, times: list[float], problem: str) -> None:
    change_table(timed, times=np.array(times))
    [finding] = timed_findings(timed, one)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A13", WHERE, "dev-clean")
    assert finding.measured == problem


def test_forgotten_times(texts: Path, one: TinyDataset) -> None:
    """The first feature is taken for them: one finding a file."""
    found = timed_findings(texts, one)
    assert {finding.code for finding in found} == {"ZRC-A13"}
    assert len(found) == 4


def test_a_file_that_ends_before_its_last_item(timed: Path, one: TinyDataset) -> None:
    change_table(timed, frames=100)
    [finding] = timed_findings(timed, one)
    assert (finding.code, finding.where, finding.subset) == ("ZRC-A09", WHERE, "dev-clean")
    assert finding.measured == "100 frames, which end at 0.99 s by their times"
    assert f"the last item of this file ends at {one.utterance('dc1-0').last_offset:.2f} s" in finding.expected


def test_negative_times_end_before_all_items(timed: Path, one: TinyDataset) -> None:
    table = change_table(timed)
    change_table(timed, times=table[:, 0] - 1000)
    [finding] = timed_findings(timed, one)
    assert (finding.code, finding.where) == ("ZRC-A09", WHERE)


@pytest.mark.parametrize("left_out", [0.0, 0.04])
def test_windows_left_out_at_the_end_are_fine(timed: Path, one: TinyDataset, left_out: float) -> None:
    change_table(timed, frames=round(100 * (one.utterance("dc1-0").last_offset - left_out)))
    assert not timed_findings(timed, one)


@pytest.mark.parametrize("said", [0.005, 0.02, 0.1])
def test_times_go_before_the_frame_shift(timed: Path, one: TinyDataset, said: float) -> None:
    set_field(timed / "params.yaml", "feature_size", said)
    assert not timed_findings(timed, one)
