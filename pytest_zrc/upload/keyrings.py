"""The keyring of the system, where the package keyring is installed and finds one that works."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")

_SERVICE = "pytest-zrc"


def read_key(name: str) -> str | None:
    """Return what is kept under a name; None where nothing is, or there is no keyring."""
    return _asked(lambda keyring: keyring.get_password(_SERVICE, name))


def write_key(name: str, text: str) -> str:
    """Keep something; return where, in words, or nothing where it is not kept."""
    _asked(lambda keyring: keyring.set_password(_SERVICE, name, text))
    if read_key(name) != text:  # there are keyrings that keep nothing, and do not say so
        return ""
    return _asked(lambda keyring: f"the keyring ({keyring.get_keyring().name})") or ""


def delete_key(name: str) -> bool:
    """Forget what is kept under a name; return whether there was something."""
    if read_key(name) is None:
        return False
    _asked(lambda keyring: keyring.delete_password(_SERVICE, name))
    return read_key(name) is None


def _asked(question: Callable[[ModuleType], T]) -> T | None:
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to load

        return question(keyring)
    except Exception:  # noqa: BLE001 - each of the many backends fails in its own way, and there is the file
        return None
