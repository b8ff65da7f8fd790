"""Parts of an archive."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import Archive, NewSubmission, Part, Token
from pytest_zrc.upload.errors import LoginError, LostError, RefusedError
from tests.server import Fault, UploadServer
from tests.upload.made import FACTS, make_archive


def _announce(ada: Client, archive: Archive) -> str:
    return ada.create_submission(NewSubmission(ada.create_model(FACTS, "Martin"), "abxLS", "", archive))


@pytest.mark.parametrize("count", [1, 3])
def test_an_archive_arrives(server: UploadServer, ada: Client, tmp_path: Path, count: int) -> None:
    archive = make_archive(tmp_path / "sub.zip", count)
    submission = _announce(ada, archive)
    names = [part.name for part in archive.parts]
    for number, part in enumerate(archive.parts, 1):
        received = ada.add_part(submission, part, tmp_path / "sub.zip")
        assert received.completed == (number == count)
        assert sorted(received.remaining) == names[number:]
    server.wait()
    assert ada.status(submission) == "uploaded"


def test_progress_is_told_by_bytes(ada: Client, tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "sub.zip", 2)
    told: list[int] = []
    ada.add_part(_announce(ada, archive), archive.parts[1], tmp_path / "sub.zip", told.append)
    assert told == sorted(set(told))
    assert told[-1] == archive.parts[1].size


def test_wrong_bytes_are_refused(ada: Client, tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "sub.zip")
    submission = _announce(ada, archive)
    (tmp_path / "sub.zip").write_bytes(bytes(archive.size))
    with pytest.raises(
        RefusedError, match=r"refused to take the part sub_0001\.zip: .*Hash does not match expected"
    ) as caught:
        ada.add_part(submission, archive.parts[0], tmp_path / "sub.zip")
    assert caught.value.status == 400


def test_an_archive_that_became_shorter_is_a_sentence(ada: Client, tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "sub.zip")
    submission = _announce(ada, archive)
    (tmp_path / "sub.zip").write_bytes(b"PK")
    with pytest.raises(ZrcError, match=r"sub\.zip cannot be read \(it is shorter than it was\)"):
        ada.add_part(submission, archive.parts[0], tmp_path / "sub.zip")
    (tmp_path / "sub.zip").unlink()
    with pytest.raises(ZrcError, match=r"sub\.zip cannot be read \(No such file or directory\)"):
        ada.add_part(submission, archive.parts[0], tmp_path / "sub.zip")


@pytest.mark.parametrize(
    ("fault", "taken"), [(Fault.REQUEST_LOST, 0), (Fault.REQUEST_CUT, 0), (Fault.ANSWER_LOST, 1), (Fault.ANSWER_CUT, 1)]
)
def test_a_part_is_sent_once(server: UploadServer, ada: Client, tmp_path: Path, fault: Fault, taken: int) -> None:
    archive = make_archive(tmp_path / "sub.zip", 2)
    submission = _announce(ada, archive)
    server.faults.add(fault, times=1)
    with pytest.raises(LostError):
        ada.add_part(submission, archive.parts[0], tmp_path / "sub.zip")
    assert len(server.submissions[submission].received) == taken


def test_a_token_that_expires_in_the_middle_calls_for_a_login(
    server: UploadServer, ada: Client, tmp_path: Path
) -> None:
    archive = make_archive(tmp_path / "sub.zip", 2)
    submission = _announce(ada, archive)
    server.faults.token_uses = 0
    with pytest.raises(LoginError, match="has expired"):
        ada.add_part(submission, archive.parts[0], tmp_path / "sub.zip")


def test_a_submission_of_another_user_s_is_refused(tmp_path: Path) -> None:
    with UploadServer(tmp_path / "server", {"ada": "secret", "bob": "hidden"}) as server:
        ada, bob = (Client(server.address, Token(server.address, each, server.token(each))) for each in ("ada", "bob"))
        archive = make_archive(tmp_path / "sub.zip")
        with pytest.raises(RefusedError, match="Operation not allowed") as caught:
            bob.add_part(_announce(ada, archive), archive.parts[0], tmp_path / "sub.zip")
    assert caught.value.status == 403


def test_an_unknown_submission_is_refused(ada: Client, tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "sub.zip")
    with pytest.raises(RefusedError, match="submission not found") as caught:
        ada.add_part("2026_ada", archive.parts[0], tmp_path / "sub.zip")
    assert caught.value.status == 404


def test_memory_does_not_grow_with_a_part(ada: Client, tmp_path: Path) -> None:
    size = 48 * 2**20
    with (tmp_path / "big.zip").open("wb") as file:
        file.truncate(size)
    part = Part("big_0001.zip", 0, size, "0" * 32)
    submission = _announce(ada, Archive("big.zip", size, part.md5, (part,)))
    told: list[tuple[int, int]] = []
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError):  # the bytes have another hash
            ada.add_part(
                submission,
                part,
                tmp_path / "big.zip",
                lambda sent: told.append((sent, tracemalloc.get_traced_memory()[1])),
            )
    finally:
        tracemalloc.stop()
    assert told[-1][0] == size
    assert told[-1][1] < 4 * 2**20  # of the client and of the server
