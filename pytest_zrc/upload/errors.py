"""How a request can fail; each kind calls for something else."""

from __future__ import annotations

from pytest_zrc.errors import RemoteError, ZrcError


class UnreachableError(RemoteError):
    """The server was not reached: nothing was done, and the request may be sent again."""


class LostError(RemoteError):
    """No answer came: whether the server did what was asked is not known."""


class ServerError(RemoteError):
    """The server failed while it was at it (5xx): what it did until then is not known."""


class RefusedError(ZrcError):
    """The server refused (4xx); the message holds its reason.

    Attributes:
        status: of the answer.
    """

    def __init__(self, message: str, status: int) -> None:
        """Say what was refused, and why."""
        super().__init__(message)
        self.status = status


class LoginError(ZrcError):
    """There is no token for this server, or it takes it no more: log in (again)."""


class UntrustedError(UnreachableError):
    """The server's certificate is not valid; it is no use to try again at once."""


class OddAnswerError(ServerError):
    """The server answered "done" in words that are none of its own: what it did is not known."""
