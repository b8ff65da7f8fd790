"""The errors that users see: one sentence each, never a traceback."""


class ZrcError(Exception):
    """Something the user can mend; the message says what is wrong, where, and what to do."""


class RemoteError(ZrcError):
    """A server that cannot be reached, or fails: the same may work later."""
