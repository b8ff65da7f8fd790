"""What is between the client and the server: netrc, proxies, redirections, certificates."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.errors import LostError, RefusedError, UnreachableError, UntrustedError
from pytest_zrc.upload.transport import Timeouts
from tests.server import UploadServer
from tests.upload.made import FACTS
from tests.upload.raw import CERTIFICATE, free_port, http, raw_server

EMPTY = http("200 OK", b'{"items": []}')


def _client(address: str) -> Client:
    return Client(address, Token(address, "ada", "to.ke.n"), attempts=1)


@pytest.fixture
def netrc(home: Path) -> None:
    """A ~/.netrc that knows a password for this machine."""
    path = home / ".netrc"
    path.write_text("machine 127.0.0.1 login eve password hunter2\ndefault login eve password hunter2\n")
    path.chmod(0o600)


@pytest.mark.usefixtures("netrc")
def test_the_token_is_sent_and_not_what_netrc_says(ada: Client) -> None:
    assert ada.profile().username == "ada"
    with raw_server(EMPTY) as raw:
        _client(raw.address).models()
    assert b"\r\nAuthorization: Bearer to.ke.n\r\n" in raw.heads[0]


@pytest.mark.usefixtures("netrc")
def test_netrc_adds_nothing_where_no_token_is_sent() -> None:
    with raw_server(http("404 Not Found", b'{"message": "no"}')) as raw:
        assert Client(raw.address).benchmark("abxLS") is None
        assert _client(raw.address).benchmark("abxLS") is None
    assert not any(b"authorization" in head.lower() for head in raw.heads)


def _use_proxy(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, address)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_proxy_is_asked_for_a_tunnel_and_told_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(http("502 Bad Gateway", b"")) as proxy:
        _use_proxy(monkeypatch, proxy.address)
        with pytest.raises(
            UnreachableError, match=r"by the proxy that is set in the environment \(it does not let through\)"
        ):
            _client("https://upload.example").create_model(FACTS, "Martin")
    assert proxy.heads[0].startswith(b"CONNECT upload.example:443 ")
    assert b"to.ke.n" not in proxy.heads[0]


def test_a_request_goes_through_the_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with raw_server(EMPTY, secure=True, tunnel=True) as proxy:
        _use_proxy(monkeypatch, proxy.address)
        assert _client("https://upload.example").models() == []
    assert b"\r\nAuthorization: Bearer to.ke.n\r\n" in proxy.heads[1]


@pytest.mark.parametrize("answer", [b"", None])
def test_what_is_lost_in_the_tunnel_may_have_arrived(monkeypatch: pytest.MonkeyPatch, answer: bytes | None) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with raw_server(answer, secure=True, tunnel=True) as proxy:
        _use_proxy(monkeypatch, proxy.address)
        token = Token("https://upload.example", "ada", "to.ke.n")
        with pytest.raises(LostError):
            Client(token.address, token, timeout=Timeouts(answer=0.3)).create_model(FACTS, "Martin")
    assert len(proxy.heads) == 2


def test_a_proxy_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    _use_proxy(monkeypatch, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UnreachableError, match=r"by the proxy that is set in the environment \(Connection refused\)"):
        _client("https://upload.example").create_model(FACTS, "Martin")


@pytest.mark.parametrize("address", ["http://eve:hunter2@proxy:port", "http://eve:hunter2@[", "socks9://eve:hunter2@x"])
def test_what_is_no_proxy_is_a_sentence_without_its_password(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    _use_proxy(monkeypatch, address)
    with pytest.raises(ZrcError, match="a proxy that is set in the environment") as caught:
        _client("https://upload.example").models()
    assert "hunter2" not in str(caught.value)


def test_requests_to_this_machine_never_go_through_a_proxy(monkeypatch: pytest.MonkeyPatch, ada: Client) -> None:
    with raw_server(EMPTY) as proxy:
        _use_proxy(monkeypatch, proxy.address)
        assert ada.profile().username == "ada"
    assert proxy.heads == []


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_redirections_are_not_followed(status: str) -> None:
    with (
        raw_server(EMPTY) as elsewhere,
        raw_server(http(status, b"", f"Location: {elsewhere.address}/x")) as raw,
    ):
        for ask in (_client(raw.address).models, lambda: _client(raw.address).create_model(FACTS, "Martin")):
            with pytest.raises(RefusedError, match=f"sends to {elsewhere.address}/x .*: give the server's own address"):
                ask()
    assert elsewhere.heads == []


def test_a_certificate_that_nobody_vouches_for(pauses: list[float]) -> None:
    with raw_server(EMPTY, secure=True) as raw:
        client = Client(raw.address, pause=pauses.append)
        with pytest.raises(UntrustedError, match=r"127\.0\.0\.1 has no valid certificate \(self.signed certificate\)"):
            client.login("ada", "secret")
    assert (raw.heads, pauses) == ([], [])


@pytest.mark.usefixtures("netrc")
def test_certificates_can_be_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with raw_server(EMPTY, secure=True) as raw:
        assert _client(raw.address).models() == []
    assert b"\r\nAuthorization: Bearer to.ke.n\r\n" in raw.heads[0]


def test_certificates_that_are_not_there_are_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(ZrcError, match="mend REQUESTS_CA_BUNDLE"):
        _client("https://upload.example").models()


def test_a_server_without_tls_is_not_spoken_to(server: UploadServer) -> None:
    with pytest.raises(LostError, match="the secure connection failed"):
        _client(server.address.replace("http:", "https:")).models()


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", b""]
)
def test_what_is_no_answer_is_a_lost_one(answer: bytes) -> None:
    with raw_server(answer) as raw, pytest.raises(LostError):
        _client(raw.address).create_model(FACTS, "Martin")
