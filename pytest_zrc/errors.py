"""The errors that users see: one sentence each, never a traceback."""

_MOST_SHOWN = 120  # characters


class ZrcError(Exception):
    """Something the user can mend; the message says what is wrong, where, and what to do.

    It is shown in one line, which controls no terminal and is no command to a CI system, whatever the names of files
    and fields in it are.
    """

    def __str__(self) -> str:
        """Return the message, with what cannot be printed escaped."""
        return printable(super().__str__())


class LinesError(ZrcError):
    """One whose message has lines, each made of what can be printed."""

    def __str__(self) -> str:
        """Return the lines."""
        return printable_lines(Exception.__str__(self))


class RemoteError(ZrcError):
    """A server that cannot be reached, or fails: the same may work later."""


def printable(text: str) -> str:
    """Escape what no terminal or file can hold: undecodable file names, control characters, line ends."""
    if text.isprintable():
        return text
    readable = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in readable)


def printable_lines(text: str) -> str:
    """Do the same in each line of a text of our own, whose line ends are meant."""
    return "\n".join(map(printable, text.split("\n")))


def shown(text: object, most: int = _MOST_SHOWN) -> str:
    """Return foreign text as a sentence can hold it: in one line, not too long, without control characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())
    return line if len(line) <= most else f"{line[:most]}..."
