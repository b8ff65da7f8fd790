"""How far is a submission?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_zrc.errors import ZrcError
from pytest_zrc.publishing.facts import text_of
from pytest_zrc.submission.layout import META
from pytest_zrc.submission.meta import SUBMISSION_ID
from pytest_zrc.submission.yamlfile import YamlFileError, read_yaml
from pytest_zrc.upload.address import default_address, normal_address
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.state import Journal, State
from pytest_zrc.upload.transfer import UPLOADED


@dataclass(frozen=True, slots=True)
class Status:
    """How far a submission is.

    Attributes:
        submission_id: on the server.
        status: what the server says.
        address: of the server.
        sent, parts: how many parts of the archive the server has, for all that is known here, and how many there are;
            both 0 where nothing is known.
    """

    submission_id: str
    status: str
    address: str
    sent: int = 0
    parts: int = 0

    @property
    def uploaded(self) -> bool:
        """Whether the server has all of it, joined and checked."""
        return self.status in UPLOADED


def find_status(submission: str | Path, address: str = "") -> Status:
    """Ask the server for the status of a submission; no login is needed.

    Args:
        submission: its id, or its folder.
        address: of the server; empty for the one that the folder was submitted to, or the default.

    Raises:
        RemoteError: the server does not answer, or knows no such submission.
        ZrcError: the folder was not submitted yet.
    """
    folder = Path(submission)
    if not folder.is_dir():
        place = normal_address(address or default_address())
        return Status(str(submission), Client(place).status(str(submission)), place)
    state = Journal(folder).load()
    place = normal_address(address or (state.address if state else default_address()))
    name = state.submission.id if state else _id_in_meta(folder)
    if not name:
        raise ZrcError(f"{folder} was not submitted yet: pytest-zrc submit {folder}")
    return Status(name, Client(place).status(name), place, *_sent(state))


def _id_in_meta(folder: Path) -> str:
    try:
        return text_of(read_yaml(folder / META).values, SUBMISSION_ID)
    except YamlFileError as error:
        raise ZrcError(f"{folder / META}: {error}") from None


def _sent(state: State | None) -> tuple[int, int]:
    if state is None:
        return 0, 0
    return sum(part.state == "received" for part in state.parts), len(state.parts)
