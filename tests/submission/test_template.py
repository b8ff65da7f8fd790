"""An empty submission: what it holds, and that its files say what the checks ask for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.case import Case
from pytest_zrc.checks.catalogue import Finding
from pytest_zrc.checks.meta import check_meta
from pytest_zrc.checks.params import check_params
from pytest_zrc.datasets.dataset import Dataset
from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.edit import set_fields
from pytest_zrc.submission.layout import Submission
from pytest_zrc.submission.meta import FIELDS
from pytest_zrc.submission.params import LIMITS, describe_parameters, parse_parameters
from pytest_zrc.submission.template import init_submission
from tests.builders import META

ALL = pytest.mark.parametrize("name", BENCHMARKS)
OPEN = {
    "model_info.system_description",
    "model_info.train_set",
    "model_info.gpu_budget",
    "publication.author_label",
    "publication.authors",
    "publication.paper_title",
    "publication.paper_url",
    "publication.institution",
    "open_source",
    "code_url",
}


def init(name: str, folder: Path, like: Path | None = None) -> list[str]:
    return init_submission(BENCHMARKS[name], folder, like=like)


def check(name: str, folder: Path) -> list[Finding]:
    case = Case(BENCHMARKS[name], Submission(folder), Dataset(folder, {}), BENCHMARKS[name].subsets)
    return [*check_meta(case), *check_params(case)]


def meta(folder: Path) -> Any:  # noqa: ANN401 - whatever it holds
    return yaml.safe_load((folder / "meta.yaml").read_text(encoding="utf-8"))


def fill_in(folder: Path) -> None:
    set_fields(folder / "meta.yaml", {item.name: item.example for item in FIELDS if item.name in OPEN})


@ALL
def test_what_it_holds(name: str, tmp_path: Path) -> None:
    made = init(name, tmp_path / "new" / "my submission")
    folder = tmp_path / "new" / "my submission"
    folders = [subset.name for subset in BENCHMARKS[name].subsets]
    assert made == ["meta.yaml", "params.yaml", *(f"{one}/" for one in folders)]
    assert all((folder / one).is_dir() for one in folders)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"meta.yaml", "params.yaml"}


@ALL
def test_every_placeholder_is_found_and_nothing_else(name: str, tmp_path: Path) -> None:
    init(name, tmp_path)
    found = check(name, tmp_path)
    assert {(finding.code, finding.where.split()[1]) for finding in found} == {("ZRC-M04", field) for field in OPEN}
    assert len(found) == len(OPEN)


@ALL
def test_nothing_is_wrong_once_they_are_filled_in(name: str, tmp_path: Path) -> None:
    init(name, tmp_path)
    fill_in(tmp_path)
    assert check(name, tmp_path) == []


@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_a_placeholder_can_be_replaced_by_an_editor(quote: str, tmp_path: Path) -> None:
    """Between the quotes that are there, or with them."""
    init("abxLS", tmp_path)
    path = tmp_path / "meta.yaml"
    text = path.read_text(encoding="utf-8").replace("open_source: <true or false>", "open_source: true")
    text = re.sub(r'"<.*>"', f"{quote}https://example.org{quote}", text)
    path.write_text(re.sub(r"<.*>(?=\n)", "60", text), encoding="utf-8")
    assert [finding.where for finding in check("abxLS", tmp_path)] == []


@ALL
def test_what_is_known_is_filled_in(name: str, tmp_path: Path) -> None:
    init(name, tmp_path)
    values = meta(tmp_path)
    assert values["benchmark_name"] == name
    assert values["publication"]["publication_year"] == datetime.now(UTC).year
    assert (values["model_info"]["model_id"], values["username"], values["submission_id"]) == ("", "", "")


@ALL
def test_every_parameter_is_there_with_its_default_and_what_it_may_be(name: str, tmp_path: Path) -> None:
    init(name, tmp_path)
    benchmark, params = BENCHMARKS[name], Submission(tmp_path).params
    unused = LIMITS if name == "abx15" else ()  # whose profile compares all
    assert list(params.values) == [field for field in describe_parameters(benchmark) if field not in unused]
    assert parse_parameters(benchmark, params) == (benchmark.defaults, [])
    assert params.values["feature_size"] == 0.01
    text = (tmp_path / "params.yaml").read_text(encoding="utf-8")
    for field, expected in describe_parameters(benchmark).items():
        assert re.search(rf"# .+\n# Value: {re.escape(expected)}\n(# Profile .+\n# )?{field}: ", text)


@ALL
def test_every_field_has_a_comment_above_it(name: str, tmp_path: Path) -> None:
    init(name, tmp_path)
    lines = (tmp_path / "meta.yaml").read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 120
    for item in FIELDS:
        field = item.name.rpartition(".")[2]
        place = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{field}:"))
        assert item.expected[1:] in lines[place - 1]
        assert item.need in lines[place - 1] or "filled in at the upload" in lines[place - 1]


@pytest.mark.parametrize("item", FIELDS, ids=lambda item: item.name)
def test_examples_are_what_the_fields_hold(item: Any) -> None:  # noqa: ANN401
    assert item.holds(item.example)


def test_another_benchmark_of_the_same_system(tmp_path: Path) -> None:
    init("abxLS", tmp_path / "a")
    facts = {"model_info": META["model_info"], "publication": META["publication"]}
    about = {**META, **facts, "submission_id": "1_ada", "username": "ada", "mine": 1}
    about["model_info"] = {**about["model_info"], "model_id": "Mar26a"}  # type: ignore[dict-item]
    (tmp_path / "a" / "meta.yaml").write_text(yaml.safe_dump(about), encoding="utf-8")
    init("abx17", tmp_path / "b", like=tmp_path / "a")
    values = meta(tmp_path / "b")
    assert values.pop("benchmark_name") == "abx17"
    assert (values.pop("username"), values.pop("submission_id")) == ("", "")
    assert values == {name: about[name] for name in ("model_info", "publication", "open_source", "code_url")}
    assert check("abx17", tmp_path / "b") == []


def test_what_the_other_one_leaves_open_stays_open(tmp_path: Path) -> None:
    init("abxLS", tmp_path / "a")
    set_fields(tmp_path / "a" / "meta.yaml", {"publication.authors": "A\nB", "code_url": "", "open_source": None})
    init("abx15", tmp_path / "b", like=tmp_path / "a")
    values = meta(tmp_path / "b")
    assert values["publication"]["authors"] == "A\nB"
    assert values["code_url"] == ""
    assert values["open_source"] == "<true or false>"


def test_an_empty_folder_stays_the_same_folder(tmp_path: Path) -> None:
    before = tmp_path.stat().st_ino
    init("demo", tmp_path)
    assert tmp_path.stat().st_ino == before


@pytest.mark.parametrize(
    ("folder", "like", "message"),
    [
        ("full", None, "full is not empty: name a folder that is not there yet"),
        ("full/file", None, "full/file is a file: name a folder that is not there yet"),
        ("full/file/new", None, "no submission could be made in full/file/new (File exists): name another folder"),
        ("new", "none", "none/meta.yaml cannot be read (no such file): name the folder of a submission"),
        ("new", "full", "full/meta.yaml cannot be read (no such file): name the folder of a submission"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    folder: str, like: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full", "file").touch()
    with pytest.raises(ZrcError) as error:
        init("abxLS", Path(folder), Path(like) if like else None)
    assert str(error.value) == message
    assert sorted(map(str, Path().rglob("*"))) == ["full", "full/file"]


def test_half_a_submission_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(ZrcError, match="No space left on device"):
        init("abxLS", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_features_can_be_put_there(tmp_path: Path) -> None:
    made = init("abx17", tmp_path)
    np.save(tmp_path / made[2] / "file.npy", np.zeros((2, 3)))
    assert Submission(tmp_path).listing("english/1s").files == ("file.npy",)
