"""The registry is foreign data: read, kept for times without a network, and never trusted."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.datasets.registry import Entry, parse_registry, read_registry
from pytest_zrc.errors import RemoteError, ZrcError
from tests.datasets.webserver import Fault, WebServer

MD5 = "0" * 32
INTERNAL: dict[str, Any] = {
    "name": "abxLS-dataset",
    "type": "internal",
    "zip_url": "https://example.org/abxLS.zip",
    "zip_parts": None,
    "install_config": None,
    "md5sum": MD5.upper(),
    "total_size": 2_200_000_000,
    "details_url": "https://example.org/abxLS",
    "description": "the\nbenchmark",
}
EXTERNAL = {"name": "zr2015-buckeye", "type": "external", "install_config": "https://example.org/b.json", "md5sum": ""}


def content(*datasets: object, **others: object) -> dict[str, object]:
    return {"last_modified": "2023-01-01", "datasets": list(datasets), "checkpoints": [], "samples": [], **others}


def parsed(**changes: object) -> Entry:
    [entry] = parse_registry(content({**INTERNAL, **changes}), "here").datasets
    return entry


def serve(server: WebServer, *datasets: object) -> str:
    return server.serve("/repo.json", json.dumps(content(*datasets)).encode())


def copy_file(tmp_path: Path) -> Path:
    return tmp_path / "zr-data" / ".pytest-zrc" / "registry.json"


def make_old(tmp_path: Path, seconds: float) -> None:
    path = copy_file(tmp_path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**kept, "checked": time.time() - seconds}), encoding="utf-8")


def test_an_entry() -> None:
    assert parsed() == Entry(
        "abxLS-dataset",
        ("https://example.org/abxLS.zip",),
        MD5,
        2_200_000_000,
        "https://example.org/abxLS",
        "the benchmark",
    )


def test_an_external_entry() -> None:
    [entry] = parse_registry(content(EXTERNAL), "here").datasets
    assert entry.external
    assert (entry.urls, entry.size, entry.install_config) == ((), None, "https://example.org/b.json")


def test_an_entry_without_a_type_is_internal() -> None:
    assert not parsed(type=None, future="field").external


@pytest.mark.parametrize(
    ("given_size", "size"),
    [("2200", 2200), (" 7 ", 7), ("2.2 GB", None), (0, None), (-1, None), (True, None), ("9" * 40, None), (None, None)],
)
def test_sizes(given_size: object, size: int | None) -> None:
    assert parsed(total_size=given_size).size == size


def test_parts() -> None:
    parts = [f"https://example.org/{number}" for number in range(3)]
    assert parsed(zip_url=None, zip_parts=parts).urls == tuple(parts)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "../../.ssh"}, r"its name, '\.\./\.\./\.ssh', cannot be that of a folder"),
        ({"name": "a/b"}, "cannot be that of a folder"),
        ({"name": "a\\b"}, "cannot be that of a folder"),
        ({"name": ".pytest-zrc"}, "cannot be that of a folder"),
        ({"name": "a."}, "cannot be that of a folder"),
        ({"name": "a\n"}, "cannot be that of a folder"),
        ({"name": ""}, "cannot be that of a folder"),
        ({"name": "a" * 101}, "cannot be that of a folder"),
        ({"name": 7}, "cannot be that of a folder"),
        ({"type": "eternal"}, "the type of abxLS-dataset, 'eternal', is neither internal nor external"),
        ({"zip_url": None}, "has neither a zip_url nor zip_parts"),
        ({"zip_url": None, "zip_parts": []}, "has neither a zip_url nor zip_parts"),
        ({"zip_url": 7}, "has neither a zip_url nor zip_parts"),
        ({"zip_url": None, "zip_parts": ["https://example.org/a", 7]}, "has neither a zip_url nor zip_parts"),
        ({"md5sum": "abc"}, "the md5sum of abxLS-dataset, 'abc', is none"),
    ],
)
def test_a_broken_entry_is_left_out_and_noted(changes: dict[str, object], problem: str) -> None:
    registry = parse_registry(content({**INTERNAL, **changes}, EXTERNAL), "here")
    assert [entry.name for entry in registry.datasets] == ["zr2015-buckeye"]
    with pytest.raises(ZrcError, match=rf"^here: entry 1 of its datasets is left out \(.*{problem}"):
        raise ZrcError(*registry.notes)


def test_an_entry_that_is_there_twice() -> None:
    registry = parse_registry(content(INTERNAL, {**INTERNAL, "total_size": 1}), "here")
    assert [entry.size for entry in registry.datasets] == [2_200_000_000]
    assert registry.notes == ("here: entry 2 of its datasets is left out (abxLS-dataset is there twice)",)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*INTERNAL, "datasets"]), inner),
    max_leaves=12,
)


@given(whatever=_JSON | st.builds(content, _JSON, _JSON))
def test_whatever_is_in_it(whatever: object) -> None:
    try:
        registry = parse_registry(whatever, "here")
    except ZrcError as error:
        assert "is not a registry of datasets" in str(error)  # noqa: PT017 - it need not be raised
    else:
        assert all("/" not in entry.name for entry in registry.datasets)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("abxls-dataset", "https://x has no dataset 'abxls-dataset': did you mean abxLS-dataset?"),
        ("cpc", "cpc is a checkpoint, not a dataset"),
        ("else", "'pytest-zrc datasets' lists those there are. One that you have yourself .* import else DIR"),
    ],
)
def test_what_is_not_there(name: str, sentence: str) -> None:
    registry = parse_registry(content(INTERNAL, checkpoints=[{"name": "cpc"}, 7]), "https://x")
    assert registry.find("abxLS-dataset").size == 2_200_000_000
    with pytest.raises(ZrcError, match=sentence):
        registry.find(name)


def test_it_is_fetched_once_an_hour(server: WebServer, tmp_path: Path) -> None:
    address = serve(server, INTERNAL)
    for _ in range(2):
        assert [entry.name for entry in read_registry(address).datasets] == ["abxLS-dataset"]
    assert len(server.asked) == 1
    make_old(tmp_path, 3700)
    server.faults = [Fault(status=304)]
    assert read_registry(address).datasets
    assert server.asked[1][1]["If-None-Match"] == server.tags(server.files["/repo.json"])["ETag"]
    assert read_registry(address).datasets
    assert len(server.asked) == 2


def test_a_new_one_is_seen(server: WebServer, tmp_path: Path) -> None:
    address = serve(server, INTERNAL)
    read_registry(address)
    serve(server, EXTERNAL)
    assert read_registry(address).datasets[0].name == "abxLS-dataset"
    assert read_registry(address, refresh=True).datasets[0].name == "zr2015-buckeye"
    make_old(tmp_path, -1000)  # the clock was put back
    serve(server, INTERNAL)
    assert read_registry(address).datasets[0].name == "abxLS-dataset"


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(status=404), Fault(body=b"<html>log in</html>")])
def test_without_the_server_the_copy_does(server: WebServer, tmp_path: Path, fault: Fault) -> None:
    address = serve(server, INTERNAL)
    read_registry(address)
    make_old(tmp_path, 3 * 86400)
    server.faults = [fault, fault]
    registry = read_registry(address)
    assert registry.datasets[0].name == "abxLS-dataset"
    assert registry.notes[0].endswith("; this is what it said 3 days ago")
    with pytest.raises(ZrcError):
        read_registry(address, refresh=True)


def test_the_copy_of_another_registry_does_not(server: WebServer) -> None:
    read_registry(serve(server, INTERNAL))
    with pytest.raises(RemoteError, match=r"http://127\.0\.0\.1:9/repo\.json cannot be reached \(Connection refused\)"):
        read_registry("http://127.0.0.1:9/repo.json")


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"address": "x"}', "[" * 100_000])
def test_a_damaged_copy_is_fetched_again(server: WebServer, tmp_path: Path, kept: str) -> None:
    address = serve(server, INTERNAL)
    copy_file(tmp_path).parent.mkdir(parents=True)
    copy_file(tmp_path).write_text(kept, encoding="utf-8")
    assert read_registry(address).datasets


def test_a_copy_that_cannot_be_kept_is_none(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "zr-data").write_text("a file, not a folder", encoding="utf-8")
    assert read_registry(serve(server, INTERNAL)).datasets


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "it has no list 'datasets'"),
        (b'{"datasets": {}}', "it has no list 'datasets'"),
        (b" " * (5 << 20), "more than 4 MiB, which no registry has"),
    ],
    ids=["empty", "bytes", "deep", "list", "object", "large"],
)
def test_something_else(server: WebServer, body: bytes, sentence: str) -> None:
    with pytest.raises(ZrcError, match=rf"repo\.json .*{sentence}.*: give the address of another one with --registry"):
        read_registry(server.serve("/repo.json", body))


def test_the_environment_names_another_one(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZRC_REGISTRY", serve(server, INTERNAL))
    assert read_registry().address == os.environ["ZRC_REGISTRY"]


@pytest.mark.parametrize("address", ["repo.json", "file:///etc/passwd", "ftp://example.org/x", "https://", "http://[/"])
def test_no_address(address: str) -> None:
    with pytest.raises(ZrcError, match="is not an address: give one that begins with https://"):
        read_registry(address)


def test_http_is_for_this_machine_only_unless_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "http://registry.invalid/repo.json"
    with pytest.raises(ZrcError, match="is not encrypted: use https, or set ZRC_ALLOW_HTTP=1"):
        read_registry(address)
    monkeypatch.setenv("ZRC_ALLOW_HTTP", "1")
    with pytest.raises(RemoteError, match="cannot be reached"):
        read_registry(address)


@pytest.mark.parametrize("checked", ["9" * 400, "1e300", "-1e300", "NaN", "Infinity", "null", '"a"'])
def test_a_copy_of_no_possible_time_is_fetched_again(server: WebServer, tmp_path: Path, checked: str) -> None:
    address = serve(server, INTERNAL)
    read_registry(address)
    copy = json.loads(copy_file(tmp_path).read_text(encoding="utf-8"))
    text = json.dumps({**copy, "checked": "HERE"}).replace('"HERE"', checked)
    copy_file(tmp_path).write_text(text, encoding="utf-8")
    assert read_registry(address).datasets
    assert len(server.asked) == 2
