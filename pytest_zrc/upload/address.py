"""Which server is asked."""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.parse import SplitResult, urlsplit

from pytest_zrc.errors import ZrcError
from pytest_zrc.hosts import is_loopback

OFFICIAL = "https://api.cognitive-ml.fr"
VARIABLE = "ZRC_SERVER"
_PORTS = {"https": 443, "http": 80}
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")
_PATH = re.compile(r"(/[A-Za-z0-9._~%-]+)*")


def default_address() -> str:
    """Return the base URL of the server: what ``ZRC_SERVER`` says, or the official one."""
    return normal_address(os.environ.get(VARIABLE) or OFFICIAL)


def normal_address(text: str) -> str:
    """Return a base URL in the one form in which tokens are kept for it.

    Raises:
        ZrcError: it is no base URL, holds a password, or would send a token over a network in the clear.
    """
    if "@" in text:  # not shown: it may be a password
        raise ZrcError("the server's address must hold no user name and no password: pytest-zrc login asks for them")
    try:
        url = urlsplit(text.strip())
        host, port = (url.hostname or "").lower(), url.port
    except ValueError:
        raise ZrcError(f"the server's address {_shown(text)} is not a URL: write it as {OFFICIAL}") from None
    _require_base(url, text)
    _require_host(host, text)
    if url.scheme == "http" and not is_loopback(host):
        raise ZrcError(
            f"the server's address {_shown(text)} would send passwords in the clear: write https (http is for this "
            "machine only: localhost, 127.0.0.1)"
        )
    return f"{url.scheme}://{_authority(host, port, url.scheme)}{url.path.rstrip('/')}"


def login_command(address: str) -> str:
    """Return what to type in order to log in to a server."""
    return "pytest-zrc login" if address == OFFICIAL else f"pytest-zrc login --server {address}"


def _require_base(url: SplitResult, text: str) -> None:
    if url.scheme not in _PORTS:
        raise ZrcError(f"the server's address {_shown(text)} must start with https:// (as {OFFICIAL})")
    if "?" in text or "#" in text:
        raise ZrcError(f"the server's address {_shown(text)} must end before '?' and '#'")
    if not _PATH.fullmatch(url.path.rstrip("/")) or {".", ".."} & set(url.path.split("/")):
        raise ZrcError(f"the server's address {_shown(text)} has a path that no server has: write it as {OFFICIAL}")


def _require_host(host: str, text: str) -> None:
    if not host.isascii():
        raise ZrcError(f"the server's address {_shown(text)} must be in ASCII: write the name's form that has xn--")
    if not _HOST_NAME.fullmatch(host) and not _is_ip(host):
        raise ZrcError(f"the server's address {_shown(text)} names no host: write it as {OFFICIAL}")


def _authority(host: str, port: int | None, scheme: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, _PORTS[scheme]) else f"{name}:{port}"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _shown(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}...")
