"""A download ends with the right bytes, whatever happens to the connection, or with a sentence and nothing."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_zrc.datasets import download as downloads
from pytest_zrc.datasets import web
from pytest_zrc.datasets.download import Listener, download, verify
from pytest_zrc.errors import RemoteError, ZrcError
from tests.datasets.webserver import Fault, WebServer

CONTENT = np.random.default_rng(0).bytes(300_000)
OTHER = np.random.default_rng(1).bytes(300_000)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def fetch(server: WebServer, target: Path, **options: object) -> list[float]:
    """Download /a.zip, and return the pauses."""
    pauses: list[float] = []
    wanted: dict[str, object] = {"size": len(CONTENT), "md5": md5(CONTENT), "pause": pauses.append, "attempts": 4}
    download(f"{server.address}/a.zip", target, **{**wanted, **options})  # type: ignore[arg-type]
    return pauses


@pytest.fixture
def target(server: WebServer, tmp_path: Path) -> Path:
    server.serve("/a.zip", CONTENT)
    return tmp_path / "downloads" / "a.zip"


def only(target: Path) -> bool:
    """Tell whether there is the right file, and nothing beside it."""
    return target.read_bytes() == CONTENT and list(target.parent.iterdir()) == [target]


def nothing(target: Path) -> bool:
    return not target.parent.exists() or not list(target.parent.iterdir())


def test_a_file(server: WebServer, target: Path) -> None:
    told: list[tuple[int, int | None]] = []
    assert fetch(server, target, listener=Listener(progress=lambda *done: told.append(done))) == []
    assert only(target)
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert server.asked[0][1]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_a_cut_is_gone_on_from(server: WebServer, target: Path, validator: str) -> None:
    server.validators = (validator,)
    server.faults = [Fault(cut=100_000), Fault(cut=50_000)]
    said: list[str] = []
    assert len(fetch(server, target, listener=Listener(said.append))) == 2
    assert said[0].startswith(f"{server.address}/a.zip: the connection was cut; going on in 1 s")
    assert said[-1] == "verifying"
    assert server.ranges == ["", "bytes=100000-", "bytes=150000-"]
    assert server.asked[1][1]["If-Range"] == server.tags(CONTENT)[validator]
    assert only(target)


def test_the_next_call_goes_on(server: WebServer, target: Path) -> None:
    server.faults = [Fault(cut=100_000), *[Fault(status=503)] * 3]
    with pytest.raises(RemoteError, match=r"503.*the same command later goes on from here \(100,000 bytes are kept\)"):
        fetch(server, target)
    assert not target.exists()
    fetch(server, target)
    assert server.ranges[-1] == "bytes=100000-"
    assert only(target)


def test_what_came_whole_is_not_asked_for_again(server: WebServer, target: Path) -> None:
    part = target.with_name("a.zip.part")
    fetch(server, target)
    target.rename(part)
    note = {"url": f"{server.address}/a.zip", "validator": '"x"', "total": len(CONTENT)}
    part.with_name("a.zip.part.json").write_text(json.dumps(note), encoding="utf-8")
    fetch(server, target)
    assert len(server.asked) == 1
    assert only(target)


@pytest.mark.parametrize("note", [None, "", "{", "[]", '{"url": "https://example.org/a.zip", "validator": "\\"x\\""}'])
def test_a_part_of_unknown_origin_begins_again(server: WebServer, target: Path, note: str | None) -> None:
    target.parent.mkdir()
    target.with_name("a.zip.part").write_bytes(OTHER[:1000])
    if note is not None:
        target.with_name("a.zip.part.json").write_text(note, encoding="utf-8")
    fetch(server, target)
    assert server.ranges == [""]
    assert only(target)


def test_a_file_that_was_changed_begins_again(server: WebServer, target: Path) -> None:
    server.serve("/a.zip", OTHER)
    server.faults = [Fault(cut=100_000), Fault(body=CONTENT)]
    fetch(server, target)
    assert only(target)


def test_a_file_that_got_shorter_begins_again(server: WebServer, target: Path) -> None:
    server.faults = [Fault(cut=200_000), Fault(status=416)]
    fetch(server, target)
    assert server.ranges == ["", "bytes=200000-", ""]
    assert only(target)


def test_a_server_that_ignores_ranges(server: WebServer, target: Path) -> None:
    server.faults = [Fault(cut=200_000), Fault(whole=True, cut=100_000), Fault(whole=True)]
    fetch(server, target)
    assert only(target)


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_without_a_validator_it_begins_again(server: WebServer, target: Path, headers: dict[str, str]) -> None:
    server.validators = ()
    server.faults = [Fault(cut=100_000, headers=headers)]
    fetch(server, target)
    assert server.ranges == ["", ""]
    assert only(target)


@pytest.mark.parametrize(
    "content_range", ["bytes 0-299999/300000", "bytes 100000-299999/300001", "bytes 5-4/*", "pages 1-2/3"]
)
def test_another_range_than_asked_for_begins_again(server: WebServer, target: Path, content_range: str) -> None:
    server.faults = [Fault(cut=100_000), Fault(content_range=content_range)]
    fetch(server, target)
    assert server.ranges == ["", "bytes=100000-", ""]
    assert only(target)


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_server_that_fails_is_asked_again_ever_more_slowly(server: WebServer, target: Path, status: int) -> None:
    server.faults = [Fault(status=status)] * 3
    first, second, third = fetch(server, target)
    assert 0.5 <= first <= 1 <= second <= 2 <= third <= 4
    assert only(target)


def test_a_server_that_falls_silent(server: WebServer, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "TIMEOUT", (5.0, 0.1))
    server.faults = [Fault(cut=100_000, stall=True)]
    assert len(fetch(server, target)) == 1
    assert server.ranges == ["", "bytes=100000-"]
    assert only(target)


def test_no_server(tmp_path: Path) -> None:
    pauses: list[float] = []
    with pytest.raises(RemoteError, match=r"^http://127\.0\.0\.1:9/a\.zip cannot be reached \(Connection refused\); "):
        download("http://127.0.0.1:9/a.zip", tmp_path / "a.zip", attempts=3, pause=pauses.append)
    assert len(pauses) == 2
    assert not list(tmp_path.iterdir())


def test_what_is_not_there_is_not_asked_for_again(server: WebServer, target: Path) -> None:
    server.files.clear()
    with pytest.raises(ZrcError, match=r"/a\.zip cannot be fetched \(404 Not Found\)"):
        fetch(server, target)
    assert len(server.asked) == 1


def test_wrong_bytes(server: WebServer, target: Path) -> None:
    server.serve("/a.zip", OTHER)
    with pytest.raises(ZrcError, match=rf"its MD5 is {md5(OTHER)}, not {md5(CONTENT)}\), so it was removed"):
        fetch(server, target)
    assert nothing(target)


def test_another_size_is_refused_before_it_comes(server: WebServer, target: Path) -> None:
    server.serve("/a.zip", CONTENT[:-1])
    with pytest.raises(ZrcError, match=r"has 299,999 bytes, not the 300,000 that it should have"):
        fetch(server, target)
    assert nothing(target)


def test_more_than_there_may_be_is_refused_before_it_comes(server: WebServer, target: Path) -> None:
    with pytest.raises(ZrcError, match=r"has 300,000 bytes, more than the 1,000 that it may have"):
        fetch(server, target, size=None, limit=1000)
    assert nothing(target)


def test_a_server_that_does_not_stop_is_stopped(server: WebServer, target: Path) -> None:
    server.serve("/a.zip", CONTENT + OTHER)
    server.faults = [Fault(claims=-1)]
    told: list[int] = []
    with pytest.raises(ZrcError, match="the server sends more than it should, so it was stopped"):
        fetch(server, target, listener=Listener(progress=lambda done, _: told.append(done)))
    assert max(told) <= len(CONTENT)
    assert nothing(target)


def test_too_little_without_a_length(server: WebServer, target: Path) -> None:
    server.faults = [Fault(claims=-1, cut=1000)]
    with pytest.raises(ZrcError, match="has 1,000 bytes, not the 300,000"):
        fetch(server, target)
    assert nothing(target)


def test_a_length_that_never_comes(server: WebServer, target: Path) -> None:
    server.faults = [Fault(claims=400_000), *[Fault(status=416), Fault(claims=400_000)] * 10]
    with pytest.raises(RemoteError, match="the same command later"):
        fetch(server, target, size=None)
    assert not target.exists()


def test_a_length_that_is_too_small(server: WebServer, target: Path) -> None:
    server.faults = [Fault(claims=1000)]
    with pytest.raises(ZrcError, match="MD5"):
        fetch(server, target, size=None)
    assert nothing(target)


def test_compressed_on_the_way(server: WebServer, target: Path) -> None:
    server.faults = [Fault(headers={"Content-Encoding": "gzip"})]
    with pytest.raises(ZrcError, match=r"sends it compressed \(gzip\)"):
        fetch(server, target)


def test_redirections_are_followed(server: WebServer, target: Path) -> None:
    server.serve("/b.zip", CONTENT)
    server.faults = [Fault(status=302, location="/b.zip")]
    fetch(server, target)
    assert [path for path, _ in server.asked] == ["/a.zip", "/b.zip"]
    assert only(target)


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("/a.zip", "redirects again and again"),
        ("http://example.org/a.zip", "http://example.org/a.zip is not encrypted: use https"),
        ("ftp://example.org/a.zip", "is not an address"),
        ("file:///etc/passwd", "is not an address"),
    ],
)
def test_redirections_that_are_not_followed(server: WebServer, target: Path, location: str, sentence: str) -> None:
    server.faults = [Fault(status=302, location=location)] * 20
    with pytest.raises(ZrcError, match=sentence):
        fetch(server, target)


def test_https_is_not_left_for_http() -> None:
    with pytest.raises(
        ZrcError, match=r"^https://example.org/a redirects to http://localhost/b, which is not encrypted"
    ):
        web._redirected("https://example.org/a", "http://localhost/b")
    assert web._redirected("https://example.org/a", "/b") == "https://example.org/b"


def test_parts_are_verified_together(tmp_path: Path) -> None:
    paths = [tmp_path / "1", tmp_path / "2"]
    for path, content in zip(paths, (CONTENT[:1000], CONTENT[1000:]), strict=True):
        path.write_bytes(content)
    verify(paths, len(CONTENT), md5(CONTENT), "it", Listener())
    with pytest.raises(ZrcError, match="MD5"):
        verify(paths[::-1], len(CONTENT), md5(CONTENT), "it", Listener())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    faults=st.lists(
        st.builds(
            Fault,
            cut=st.none() | st.integers(0, 3000),
            status=st.sampled_from([0, 0, 0, 500, 416]),
            whole=st.booleans(),
            body=st.none() | st.just(CONTENT[:2500]) | st.just(OTHER[:2500]),
        ),
        max_size=6,
    )
)
def test_whatever_happens_it_ends_with_the_right_bytes(server: WebServer, faults: list[Fault]) -> None:
    """The file may be replaced by another one, and back; at last it is what it should be."""
    wanted = CONTENT[:2500]
    server.serve("/a.zip", OTHER[:2500])
    server.faults = [*faults, Fault(status=500, body=wanted)]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "a.zip"
        for _ in range(len(faults) + 2):
            try:
                fetch(server, target, size=2500, md5=md5(wanted))
                break
            except ZrcError:
                assert not target.exists()
        assert target.read_bytes() == wanted


@pytest.mark.parametrize("location", ["http://[", "https://[::1"])
def test_a_redirection_to_what_is_no_address(server: WebServer, target: Path, location: str) -> None:
    server.faults = [Fault(status=302, location=location)]
    with pytest.raises(ZrcError, match="cannot be asked for"):  # requests looks at it first
        fetch(server, target)
    with pytest.raises(ZrcError, match="which is no address: it is not followed"):
        web._redirected("https://example.org/a", location)


def test_a_long_address_makes_no_long_sentence(server: WebServer, target: Path) -> None:
    server.faults = [Fault(status=302, location="https://" + "a" * 5000 + "]/")]
    with pytest.raises(ZrcError) as error:
        fetch(server, target)
    assert len(str(error.value)) < 1000


def test_a_range_of_thousands_of_digits_is_another_one(server: WebServer, target: Path) -> None:
    server.faults = [Fault(cut=1000), Fault(content_range=f"bytes 1000-2000/{'9' * 5000}")]
    fetch(server, target)
    assert only(target)


def test_a_length_of_thousands_of_digits_is_none() -> None:
    response = requests.Response()
    response.headers["Content-Length"] = "9" * 5000
    assert downloads._length(response) is None
