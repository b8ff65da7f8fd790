"""What registries and downloads are fetched with: GET, of safe addresses, with errors that say whether to try again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from pytest_zrc.errors import RemoteError, ZrcError, shown
from pytest_zrc.hosts import is_loopback

ALLOW_HTTP = "ZRC_ALLOW_HTTP"

_REDIRECTS = 10
_LONGEST = 300  # characters of an address or a phrase, in a sentence
_PIECE = 1 << 18  # bytes
_FAILURES = (OSError, urllib3.exceptions.HTTPError, requests.RequestException)


def named(text: str) -> str:
    """Return an address, or what a server says, as a sentence can hold it."""
    return shown(text, _LONGEST)


def require_safe(url: str) -> None:
    """Refuse an address that is neither https nor on this machine: whoever is on the way could change what comes.

    Raises:
        ZrcError: it is refused, or no address of the web at all.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise ZrcError(f"{named(url)!r} is not an address: give one that begins with https://")
    if parts.scheme == "http" and not is_loopback(host) and os.environ.get(ALLOW_HTTP) != "1":
        raise ZrcError(
            f"{named(url)} is not encrypted: use https, or set {ALLOW_HTTP}=1 if you trust the network in between"
        )


@contextmanager
def answer(url: str, headers: Mapping[str, str], timeout: tuple[float, float]) -> Iterator[requests.Response]:
    """Give the answer to a GET, whose body is not read yet; redirects are followed, but never from https to http.

    Args:
        url: asked for.
        headers: of the request, besides the usual ones.
        timeout: to connect, and between two pieces of the answer, in seconds.

    Raises:
        RemoteError: the server is not reached, or fails: the same may work later.
        ZrcError: an address that is not safe, or an endless redirection.
    """
    require_safe(url)
    asked = url
    for _ in range(_REDIRECTS):
        with _get(url, headers, timeout) as response:
            if not response.is_redirect:
                _require_working(response, url)
                yield response
                return
            url = _redirected(url, response.headers["Location"])
    raise ZrcError(f"{named(asked)} redirects again and again: is the address right?")


def _get(url: str, headers: Mapping[str, str], timeout: tuple[float, float]) -> requests.Response:
    plain = {"Accept-Encoding": "identity", **headers}
    try:
        return requests.get(url, headers=plain, auth=_nobody, stream=True, timeout=timeout, allow_redirects=False)
    except requests.Timeout:
        raise RemoteError(f"{named(url)} does not answer") from None
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
        raise RemoteError(f"{named(url)} cannot be reached{_reason(error)}") from None
    except (requests.RequestException, ValueError) as error:
        raise ZrcError(f"{named(url)} cannot be asked for: {named(str(error))}") from None


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no password. Without this, requests takes one out of ~/.netrc, for whatever host a registry names."""
    return request


def _redirected(url: str, target: str) -> str:
    try:
        found = urljoin(url, target)
    except ValueError:
        raise ZrcError(f"{named(url)} redirects to {named(target)}, which is no address: it is not followed") from None
    require_safe(found)
    if urlsplit(url).scheme == "https" and urlsplit(found).scheme == "http":
        raise ZrcError(f"{named(url)} redirects to {named(found)}, which is not encrypted: it is not followed")
    return found


def _require_working(response: requests.Response, url: str) -> None:
    status = response.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    ):
        raise RemoteError(f"{named(url)}: the server fails ({status} {named(response.reason)})")


def pieces(response: requests.Response, url: str) -> Iterator[bytes]:
    """Yield the body of an answer as it comes, so that all that came before a cut is had.

    Raises:
        RemoteError: it is cut off.
        ZrcError: it is compressed, though that was not asked for.
    """
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise ZrcError(f"{named(url)}: the server sends it compressed ({named(encoding)}), though it was not asked to")
    while True:
        try:
            piece: bytes = response.raw.read1(_PIECE, decode_content=False)
        except _FAILURES as error:
            raise RemoteError(f"{named(url)}: the connection was cut{_reason(error)}") from None
        if not piece:
            return
        yield piece


def _reason(error: BaseException) -> str:
    """Return in parentheses what the system says, which libraries wrap in errors of their own, or nothing."""
    causes = [error]
    while inner := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(inner)
    root = causes[-1]
    return f" ({root.strerror or root})" if isinstance(root, OSError) else ""
