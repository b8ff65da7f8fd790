"""What the server remembers: users, benchmarks, models and submissions."""

from __future__ import annotations

import datetime as dt
import itertools
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class User:
    """A user; who is not active and verified cannot log in."""

    name: str
    password: str
    email: str = ""
    first_name: str | None = "Ada"
    last_name: str | None = "Martin"
    affiliation: str = "Test Lab"
    verified: bool = True
    active: bool = True

    def __post_init__(self) -> None:
        self.email = self.email or f"{self.name}@example.com"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark; both dates are inclusive."""

    label: str
    start: dt.date = dt.date(2021, 12, 12)
    end: dt.date | None = None
    active: bool = True

    def is_open(self, today: dt.date) -> bool:
        return self.active and self.start <= today and (self.end is None or today <= self.end)


@dataclass(frozen=True, slots=True)
class Model:
    """A model id, and the facts for which it was given."""

    id: str
    user: str
    created_at: dt.datetime
    facts: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A part that is to come; its hash is what it is recognised by."""

    name: str
    md5: str


@dataclass(slots=True)
class Submission:
    """A submission.

    Attributes:
        md5: of the whole archive.
        listed: the parts in the order in which they are joined; None: it comes at once.
        folder: where it is kept; None where its creation failed, and only a row of the database was left.
        received: the hashes of the parts that were taken, once for each time.
        failure: why it never becomes ``uploaded``, which only the server's log says.
    """

    id: str
    user: str
    benchmark: str
    model_id: str
    created_at: dt.datetime
    author_label: str = ""
    leaderboard: str | None = None
    md5: str = ""
    listed: tuple[ListedPart, ...] | None = None
    folder: Path | None = None
    received: list[str] = field(default_factory=list)
    status: str = "uploading"
    failure: str = ""

    @property
    def archive(self) -> Path:
        """The archive: where it is as soon as it is complete."""
        if self.folder is None:
            raise FileNotFoundError(f"{self.id} was never created")
        return self.folder / "archive.zip"


def new_model_id(author_name: str, year: int, taken: Mapping[str, object]) -> str:
    """Make an id of the start of a name, which nobody cleans, the year and the first letters that are free."""
    return next(
        candidate for ending in _endings() if (candidate := f"{author_name[:3]}{year % 100:02}{ending}") not in taken
    )


def new_submission_id(user: str, now: dt.datetime, taken: Mapping[str, object]) -> str:
    while (candidate := f"{now:%Y%m%d%H%M%S%f}_{user}") in taken:
        now += dt.timedelta(microseconds=1)
    return candidate


def _endings() -> Iterator[str]:
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_lowercase, repeat=length))
