"""The command pytest-zrc datasets."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pytest_zrc.cli import main
from pytest_zrc.datasets.places import location
from pytest_zrc.datasets.registry import Entry
from tests.builders import TinyDataset, make_abx15_dataset
from tests.datasets.offers import list_in_registry, offer, zip_of
from tests.datasets.webserver import WebServer, web_server

NOWHERE = "http://127.0.0.1:9/repo.json"


@pytest.fixture(autouse=True)
def app_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APP_DIR", str(tmp_path / "zr-data"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("ZRC_REGISTRY", NOWHERE)
    return tmp_path / "zr-data"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, dataset: TinyDataset) -> Iterator[WebServer]:
    """Serve a registry with one benchmark's dataset, an external one, and a train set."""
    with web_server() as running:
        entries = (
            offer(running, zip_of(dataset.root, padding=1 << 20)),
            Entry("zr2015-buckeye", size=4_200_000_000, details_url="https://example.org"),
            offer(running, b"", "zrc2017-train-dataset"),
        )
        monkeypatch.setenv("ZRC_REGISTRY", list_in_registry(running, *entries))
        yield running


def datasets(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["datasets", *map(str, arguments)])


def columns(result: Result) -> list[list[str]]:
    return [line.split() for line in result.stdout.splitlines()]


@pytest.mark.parametrize("command", [[], ["list"]])
@pytest.mark.usefixtures("server")
def test_the_list(command: list[str]) -> None:
    assert columns(datasets(*command)) == [
        ["abxLS-dataset", "0.0", "GB", "abxLS", "not", "installed"],
        ["zrc2017-test-dataset", "abx17", "not", "installed"],
        ["abx15-dataset", "abx15", "not", "installed"],
        ["zr2015-buckeye", "4.2", "GB", "to", "be", "imported"],
        ["zrc2017-train-dataset", "not", "installed"],
    ]


def test_the_list_without_a_network(tmp_path: Path) -> None:
    make_abx15_dataset(tmp_path / "abx15")
    datasets("import", "abx15", tmp_path / "abx15")
    result = datasets()
    assert result.exit_code == 0
    assert result.stderr.startswith(f"note: {NOWHERE} cannot be reached")
    assert columns(result)[2] == ["abx15-dataset", "abx15", str(location("abx15-dataset"))]


def test_the_list_for_scripts(server: WebServer, dataset: TinyDataset) -> None:
    datasets("import", "abxLS-dataset", dataset.root)
    row, *_, train = json.loads(datasets("list", "--json").stdout)
    assert row == {
        "name": "abxLS-dataset",
        "benchmarks": ["abxLS"],
        "size": len(server.files["/abxLS-dataset.0"]),
        "source": "registry",
        "installed": True,
        "path": str(location("abxLS-dataset")),
        "problem": None,
        "description": None,
        "details_url": None,
        "install_config": None,
    }
    assert (train["name"], train["installed"], train["path"]) == ("zrc2017-train-dataset", False, None)


def test_the_list_says_what_is_damaged(dataset: TinyDataset) -> None:
    datasets("import", "abxLS", dataset.root)
    (location("abxLS-dataset") / "index.json").unlink()
    assert f"{location('abxLS-dataset')} (there is no index.json)\n" in datasets().stdout


def test_pull_path_and_rm(server: WebServer) -> None:
    result = datasets("pull", "abxLS-dataset")
    place = location("abxLS-dataset")
    assert (result.exit_code, result.stdout) == (0, f"{place}\n")
    lines = result.stderr.splitlines()
    assert lines[0] == f"downloading {server.address}/abxLS-dataset.0"
    tenths = lines[1 : lines.index("verifying")]
    assert set(tenths) <= {f"  {percent} %" for percent in range(10, 101, 10)}
    assert tenths[-1] == lines[-1] == "  100 %"
    assert datasets("path", "abxls").stdout == f"{place}\n"
    assert json.loads(datasets("path", "abxLS", "--json").stdout) == {"name": "abxLS-dataset", "path": str(place)}
    assert datasets("rm", "abxLS").stdout == f"removed {place}\n"
    assert not place.exists()


def test_the_path_of_what_is_not_there() -> None:
    result = datasets("path", "abxLS-dataset")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        "abxLS-dataset is not installed: 'pytest-zrc datasets' lists what is, and what can be pulled\n"
    )


def test_pull_force(server: WebServer) -> None:
    datasets("pull", "abxLS")
    assert datasets("pull", "abxLS").stderr == "abxLS-dataset is installed already\n"
    assert datasets("pull", "abxLS", "--force").stderr.startswith(f"downloading {server.address}")


@pytest.mark.usefixtures("server")
def test_a_registry_for_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    address = os.environ["ZRC_REGISTRY"]
    monkeypatch.setenv("ZRC_REGISTRY", NOWHERE)
    assert columns(datasets("--registry", address))[0][-2:] == ["not", "installed"]
    assert datasets("--registry", address, "pull", "abxLS").exit_code == 0
    assert datasets("pull", "abxLS", "--registry", address).exit_code == 0


def test_what_is_wrong_with_the_registry_is_noted(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZRC_REGISTRY", server.serve("/x.json", b'{"datasets": [7]}'))
    assert datasets().stderr.endswith("/x.json: entry 1 of its datasets is left out (it is not an object)\n")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["pull", "zr2015-buckeye"], 2, "must be had from its owners; https://example.org says how"),
        (["pull", "abx15"], 2, "has no dataset 'abx15-dataset': did you mean"),
        (["pull", "abxLS", "--registry", NOWHERE], 3, "cannot be reached (Connection refused)"),
        (["pull", "abxLS", "--registry", "http://example.org/repo.json"], 2, "is not encrypted"),
        (["import", "abxLS", "."], 2, "does not hold abxLS-dataset"),
        (["import", "abxLS", "nowhere"], 2, "nowhere is neither a folder nor a zip: give what holds abxLS-dataset"),
        (["rm", "../.."], 2, "'../..' is not the name of a dataset"),
    ],
)
@pytest.mark.usefixtures("server")
def test_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, sentence: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    result = datasets(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert sentence in result.stderr.splitlines()[-1]


def test_names_are_completed(dataset: TinyDataset) -> None:
    shutil.copytree(dataset.root, location("abx-mine"))
    environment = {
        "_PYTEST_ZRC_COMPLETE": "bash_complete",
        "COMP_WORDS": "pytest-zrc datasets path abx",
        "COMP_CWORD": "3",
    }
    result = CliRunner().invoke(main, [], env=environment, prog_name="pytest-zrc")
    assert [line.partition(",")[2] for line in result.output.splitlines()] == [
        "abxLS-dataset",
        "abx15-dataset",
        "abx-mine",
    ]
