"""One request over one new connection, and what became of it."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from http.client import responses
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests import exceptions
from requests.auth import AuthBase

from pytest_zrc.errors import ZrcError
from pytest_zrc.hosts import is_loopback
from pytest_zrc.upload.contract import Token
from pytest_zrc.upload.errors import LostError, OddAnswerError, UnreachableError, UntrustedError

_MOST_BYTES = 8 * 2**20  # of an answer: lists are the longest
_LONGEST = 300.0  # seconds, for an answer that trickles in: each byte of it is in time
_CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds.

    Attributes:
        connect: for a connection.
        answer: for the answer, or for its next bytes.
        upload: for the answer to a part of an archive, which the server reads through.
        stall: for the network to take the next bytes of a part.
    """

    connect: float = 10
    answer: float = 60
    upload: float = 300
    stall: float = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; its body is foreign data.

    Attributes:
        status: the HTTP status.
        phrase: what the status means.
        body: at most 8 MiB.
        location: where a redirection leads to.
    """

    status: int
    phrase: str
    body: bytes
    location: str = ""


class _Bearer(AuthBase):
    """The token, or nothing. Where there is no such object, requests takes a password out of ~/.netrc instead."""

    def __init__(self, token: Token | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token.value}"
        return request


def exchange(method: str, url: str, token: Token | None, timeout: tuple[float, float], **content: Any) -> Reply:  # noqa: ANN401 - what requests takes
    """Send a request, once, and read the answer, whatever its status is.

    The connection is a new one: a pooled one may have been closed by the server, and then nobody knows whether a
    request got through. Redirections are not followed: they could lead the token elsewhere.

    Args:
        method: of HTTP.
        url: with everything quoted.
        token: to be sent along.
        timeout: in seconds, for the connection and for the answer.
        content: ``params``, ``data``, ``json``, ``headers`` as requests takes them.

    Raises:
        UnreachableError: the request was certainly not sent.
        LostError: it may have been, and there is no whole answer.
        OddAnswerError: the answer is far too long.
        ZrcError: the environment's settings of proxies or certificates cannot be used.
    """
    host = urlsplit(url).hostname or ""
    proxies = {"no_proxy": host} if is_loopback(host) else {}  # a proxy would be told the token in the clear
    try:
        with (
            requests.Session() as session,
            session.request(
                method,
                url,
                auth=_Bearer(token),
                timeout=timeout,
                proxies=proxies,
                allow_redirects=False,
                stream=True,
                **content,
            ) as response,
        ):
            return _read(response)
    except requests.RequestException as error:
        raise _failure(error, host, timeout) from None
    except urllib3.exceptions.HTTPError as error:  # while the answer is read
        raise _failure(requests.ConnectionError(error), host, timeout) from None
    except OSError as error:
        raise ZrcError(
            f"{host} cannot be asked ({error}): mend REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE in the environment"
        ) from None


def _read(response: requests.Response) -> Reply:
    body, host, end = bytearray(), urlsplit(response.url).hostname, time.monotonic() + _LONGEST
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise OddAnswerError(f"{host} answered with more than {_MOST_BYTES >> 20} MiB")
        if time.monotonic() > end:
            raise LostError(f"{host} did not answer (no whole answer within {_LONGEST:g} s): try again")
    phrase = responses.get(response.status_code, "unknown status")
    return Reply(response.status_code, phrase, bytes(body), response.headers.get("Location", ""))


def _failure(error: requests.RequestException, host: str, timeout: tuple[float, float]) -> ZrcError:
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UntrustedError(
            f"{host} has no valid certificate ({cause.verify_message}): do not log in there, or name the "
            "certificates that you trust in REQUESTS_CA_BUNDLE"
        )
    if reason := _not_sent(cause, timeout[0]):
        by_proxy = " by the proxy that is set in the environment" if isinstance(error, exceptions.ProxyError) else ""
        return UnreachableError(f"{host} cannot be reached{by_proxy} ({reason}): check the address and the network")
    if isinstance(error, ValueError) and not isinstance(error, exceptions.JSONDecodeError):
        return ZrcError(f"{host} cannot be asked: a proxy that is set in the environment cannot be used")
    return LostError(f"{host} did not answer ({_lost(error, timeout[1])}): try again")


def _cause(error: requests.RequestException) -> object:
    """Return what went wrong below requests, as far as the error itself says so.

    Its ``__context__`` says nothing: errors of earlier requests may be in it. Nor does its being a ProxyError:
    urllib3 makes that of a connection that is cut after a tunnel was open, too.
    """
    cause = error.args[0] if error.args else None
    cause = getattr(cause, "reason", cause)
    if isinstance(cause, urllib3.exceptions.ProxyError):
        cause = cause.original_error
    if isinstance(cause, urllib3.exceptions.SSLError):
        cause = cause.args[0] if cause.args else None
    return cause


def _not_sent(cause: object, patience: float) -> str:
    """Say why a request was certainly not sent; nothing where it may have been."""
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return "no such host"
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return getattr(cause.__cause__, "strerror", None) or "no connection"
    if isinstance(cause, urllib3.exceptions.ConnectTimeoutError):
        return f"no connection within {patience:g} s"
    if isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed"):  # by http.client
        return "it does not let through"
    return ""


def _lost(error: requests.RequestException, patience: float) -> str:
    if isinstance(error, requests.Timeout):
        return f"nothing within {patience:g} s"
    if isinstance(error, exceptions.SSLError):
        return "the secure connection failed"
    return "the connection was cut"
