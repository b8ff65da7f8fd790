"""What is sent to the server, and what it answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Token:
    """Lets a user upload.

    Attributes:
        address: the base URL of the only server that it is sent to.
        username: whose it is.
        value: the secret; not shown.
        expires: when it expires, as far as it says so.
    """

    address: str
    username: str
    value: str = field(repr=False)
    expires: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the server is told of a system when it gets its model id; the URLs are absolute, or None."""

    description: str
    gpu_budget: str
    train_set: str
    authors: str
    institution: str
    team: str
    paper_url: str | None = None
    code_url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model id of the user's; the description is as it was sent, for comparing rather than for showing."""

    id: str
    description: str
    created_at: str


@dataclass(frozen=True, slots=True)
class BenchmarkInfo:
    """What the server says of a benchmark; dates are inclusive."""

    label: str
    active: bool
    start: dt.date | None
    end: dt.date | None

    def is_open(self, today: dt.date) -> bool:
        """Tell whether it takes submissions."""
        return self.active and (self.start is None or self.start <= today) and (self.end is None or today <= self.end)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an archive.

    Attributes:
        name: its file name for the server.
        offset, size: where in the archive it is, in bytes.
        md5: of these bytes, in lower-case hex.
    """

    name: str
    offset: int
    size: int
    md5: str


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip as it is uploaded: at once where it has one part.

    Attributes:
        filename: of the whole.
        size: in bytes.
        md5: of the whole, in lower-case hex.
        parts: in the order in which they are joined.
    """

    filename: str
    size: int
    md5: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A submission that the server is to expect.

    Attributes:
        model_id: of the system.
        benchmark: its label on the server.
        author_label: a short name of the authors, or empty.
        archive: that is going to be uploaded.
        leaderboard: the path of the leaderboard entry in it.
    """

    model_id: str
    benchmark: str
    author_label: str
    archive: Archive
    leaderboard: str = "scores/leaderboard.json"


@dataclass(frozen=True, slots=True)
class KnownSubmission:
    """A submission of the user's, with what the server says of it; a field that it leaves out is empty."""

    id: str
    status: str
    model_id: str = ""
    benchmark: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What the server says when it got a part: whether all are there, else which names it waits for."""

    completed: bool
    remaining: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A user."""

    username: str
    email: str
    first_name: str
    last_name: str
    affiliation: str
    verified: bool
