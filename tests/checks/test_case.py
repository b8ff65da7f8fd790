"""What a case says where no check has looked at the submission before."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from tests.builders import TinyDataset, case_for


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "params.yaml: a list, not"),
        ("seed: red\n", "params.yaml, seed: 'red'; expected a whole number"),
        ("sed: 1\n", "params.yaml, sed: 1; expected one of cuda,"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(
    submission: Path, dataset: TinyDataset, text: str, message: str
) -> None:
    (submission / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ZrcError) as error:
        case_for(submission, dataset).require_parameters()
    assert str(error.value).startswith(f"{submission}/{message}")


def test_parameters_that_can_be_used(submission: Path, dataset: TinyDataset) -> None:
    case = case_for(submission, dataset)
    case.require_parameters()
    assert not case.parameters.cuda


def test_length_of_a_file_is_that_of_its_last_item(submission: Path, dataset: TinyDataset) -> None:
    last = case_for(submission, dataset).last_offsets("dev-clean")
    assert sorted(last) == dataset.ids("dev-clean")
    for name, offset in last.items():
        assert offset == pytest.approx(dataset.utterance(name).last_offset, abs=1e-4)
