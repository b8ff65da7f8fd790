"""Addresses of servers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.errors import ZrcError
from pytest_zrc.hosts import is_loopback
from pytest_zrc.upload.address import OFFICIAL, default_address, login_command, normal_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://api.cognitive-ml.fr/", "https://api.cognitive-ml.fr"),
        ("HTTPS://API.Cognitive-ML.fr:443//", "https://api.cognitive-ml.fr"),
        ("https://example.org:8443/vocolab/", "https://example.org:8443/vocolab"),
        (" http://localhost:8000 ", "http://localhost:8000"),
        ("http://127.3.2.1:80", "http://127.3.2.1"),
        ("http://[::1]:9000/", "http://[::1]:9000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    assert normal_address(text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://api.cognitive-ml.fr", "in the clear"),
        ("http://localhost.example.org", "in the clear"),
        ("http://127.1", "in the clear"),  # some resolvers take it for 127.0.0.1; we cannot know
        ("http://10.0.0.1", "in the clear"),
        ("ftp://example.org", "must start with https://"),
        ("api.cognitive-ml.fr", "must start with https://"),
        ("https://example.org?a=b", "must end before"),
        ("https://example.org#top", "must end before"),
        ("https://", "names no host"),
        ("https://exa mple.org", "names no host"),
        ("https://bücher.example", "xn--"),
        ("https://example.org:port", "is not a URL"),
        ("https://example.org:99999", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("https://example.org/a/../b", "a path that no server has"),
        ("https://example.org/a\x1b[2J", "a path that no server has"),
    ],
)
def test_other_addresses_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ZrcError, match=reason) as caught:
        normal_address(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text", ["https://ada:pa55word@example.org", "https://ada:pa55[word@example.org", "ada:pa55@x"]
)
def test_a_password_in_an_address_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ZrcError, match="no user name and no password") as caught:
        normal_address(text)
    assert "pa55" not in str(caught.value)


@given(st.text(max_size=40) | st.from_regex(r"https?://[a-z0-9.\[\]:/%-]*", fullmatch=True))
def test_the_form_of_an_address_is_final_and_anything_else_a_sentence(text: str) -> None:
    try:
        address = normal_address(text)
    except ZrcError as error:
        shown = str(error)
    else:
        shown = normal_address(address)
        assert shown == address
        assert shown.isascii()
    assert shown.isprintable()


def test_the_environment_names_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZRC_SERVER", raising=False)
    assert default_address() == OFFICIAL
    monkeypatch.setenv("ZRC_SERVER", "")
    assert default_address() == OFFICIAL
    monkeypatch.setenv("ZRC_SERVER", "http://localhost:8000/")
    assert default_address() == "http://localhost:8000"


def test_loopback_goes_by_the_name_alone() -> None:
    assert [host for host in ("localhost", "127.9.9.9", "::1", "128.0.0.1", "localhost.", "") if is_loopback(host)] == [
        "localhost",
        "127.9.9.9",
        "::1",
    ]


def test_what_to_type_names_the_server_only_if_it_is_another() -> None:
    assert login_command(OFFICIAL) == "pytest-zrc login"
    assert login_command("http://localhost") == "pytest-zrc login --server http://localhost"
