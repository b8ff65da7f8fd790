"""A submission that is interrupted goes on where it was, wherever that is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.publishing.submit import Submitted
from pytest_zrc.upload.state import Journal, State
from tests.publishing.submitting import Sender
from tests.server import Fault, Faults

FEW_PARTS = 60_000  # bytes: about three

RUN = """
import os, signal, sys
from pathlib import Path
from pytest_zrc.publishing.submit import submit
from pytest_zrc.upload.state import Journal

save, left = Journal.save, int(sys.argv[4])

def save_and_die(self, state):
    global left
    save(self, state)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

Journal.save = save_and_die
submit(Path(sys.argv[1]), dataset=Path(sys.argv[2]), address=sys.argv[3], part_size=20_000)
"""


class Killed(BaseException):
    """The process ends, as by SIGKILL: nothing of ours can catch it."""


@pytest.fixture
def saves(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How many more states may be kept: ``[2.5]`` ends the process before the third is, ``[2]`` after the second."""
    left = [float("inf")]
    original = Journal.save

    def save(journal: Journal, state: State) -> None:
        if left[0] == 0.5:
            raise Killed
        original(journal, state)
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    monkeypatch.setattr(Journal, "save", save)
    yield left
    left[0] = float("inf")


def _until_killed(sender: Sender, saves: list[float], moment: float) -> bool:
    """Submit, and tell whether that was ended at a moment."""
    saves[0] = moment
    try:
        sender.submit(part_size=FEW_PARTS)
    except Killed:
        return True
    finally:
        saves[0] = float("inf")
    return False


def _fresh(sender: Sender, original: Path) -> None:
    """Let there be a submission of which nothing is known anywhere."""
    shutil.rmtree(sender.folder)
    shutil.copytree(original, sender.folder)
    sender.server.api.models.clear()
    sender.server.api.submissions.clear()


def test_it_is_uploaded_once_wherever_the_process_was_ended(
    sender: Sender, scored_abx15: tuple[Path, Path], saves: list[float]
) -> None:
    moments = 0
    for half in range(1, 200):
        killed = _until_killed(sender, saves, half / 2)
        assert not sender.submit().already or not killed or len(sender.uploaded) == 1
        sender.require_one()
        if not killed:
            break
        moments += 1
        _fresh(sender, scored_abx15[0])
    assert moments > 20


def test_it_is_uploaded_once_if_the_process_is_ended_again_and_again(sender: Sender, saves: list[float]) -> None:
    for _ in range(20):
        if not _until_killed(sender, saves, 5):
            break
    sender.require_one()


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
@pytest.mark.parametrize("moment", [2, 7])
def test_it_goes_on_after_sigkill(sender: Sender, moment: int) -> None:
    arguments = [sender.folder, sender.dataset, sender.server.address, moment]
    killed = subprocess.run([sys.executable, "-c", RUN, *map(str, arguments)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert not sender.submit().already
    sender.require_one()


def _again_and_again(sender: Sender) -> Submitted:
    """Submit as users do: again where the server did not answer, and anew where they are told to."""
    restart = False
    for _ in range(20):
        try:
            return sender.submit(restart=restart)
        except RemoteError:
            restart = False
        except ZrcError as error:
            assert "--restart" in str(error)  # noqa: PT017 - that is how users learn of it
            restart = True
    raise AssertionError("it never ends")


def test_it_is_uploaded_once_whatever_is_lost(sender: Sender, scored_abx15: tuple[Path, Path]) -> None:
    for seed in range(6):
        sender.server.faults = sender.server.api.faults = Faults.lossy(0.15, 0.15, seed)
        _again_and_again(sender)
        sender.server.faults = sender.server.api.faults = Faults()
        sender.require_one()
        _fresh(sender, scored_abx15[0])


@pytest.mark.parametrize("fault", list(Fault))
def test_a_submission_that_may_have_been_created_is_not_uploaded_twice(sender: Sender, fault: Fault) -> None:
    for route in ("models/create", "submissions/create"):
        sender.server.faults.add(fault, route=route, times=1)
    sender.submit()
    sender.require_one()


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.FAILED_AFTER])
def test_what_lists_do_not_tell_is_not_guessed(sender: Sender, fault: Fault) -> None:
    sender.server.api.sparse_lists = True
    sender.server.faults.add(fault, route="submissions/create", times=1)
    sender.submit()
    sender.require_one()
    empty = [one for one in sender.server.submissions.values() if one.status == "uploading"]
    assert [one.received for one in empty] == [[]]
