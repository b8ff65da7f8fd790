"""The errors that users see: one sentence each, never a traceback."""

_MOST_SHOWN = 120  # characters


class ZrcError(Exception):
    """Something the user can mend; the message says what is wrong, where, and what to do."""


class RemoteError(ZrcError):
    """A server that cannot be reached, or fails: the same may work later."""


def shown(text: object, most: int = _MOST_SHOWN) -> str:
    """Return foreign text as a sentence can hold it: in one line, not too long, without control characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())
    return line if len(line) <= most else f"{line[:most]}..."
