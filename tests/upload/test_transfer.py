"""Uploads in parts, to the real interface of the server, with whatever is lost."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.archive import measure
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.contract import ModelFacts, NewSubmission, Part, Received, Token
from pytest_zrc.upload.errors import LoginError, LostError
from pytest_zrc.upload.state import Creation, PartProgress, State
from pytest_zrc.upload.transfer import Transfer, await_uploaded, send
from tests.server import Fault, Faults, UploadServer

FACTS = ModelFacts("noise", "", "none", "Jane Doe", "Example University", "")


@dataclass
class Upload:
    """An archive on its way."""

    server: UploadServer
    transfer: Transfer
    saved: list[State]

    def run(self) -> str:
        """Upload it, from where it was saved last."""
        done = send(self.transfer, self.saved[-1])
        return await_uploaded(self.transfer, done, 60)

    @property
    def status(self) -> str:
        self.server.wait()
        return self.server.submissions[self.saved[0].submission.id].status

    @property
    def posts(self) -> int:
        return sum(request.path.endswith("/content/add") for request in self.server.requests)


@pytest.fixture
def upload(server: UploadServer, tmp_path: Path) -> Callable[[int], Upload]:
    """Make an archive, announced to the server, of about so many parts."""

    def announce(parts: int) -> Upload:
        path = tmp_path / "sub.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.txt", bytes(range(250)) * 20)
        size = path.stat().st_size
        measured = measure(path, size if parts == 1 else size // parts + parts)
        assert len(measured.parts) == parts
        client = Client(server.address, Token(server.address, "ada", server.token("ada")), pause=lambda _: None)
        model = client.create_model(FACTS, "Doe")
        submission = client.create_submission(NewSubmission(model, "abxLS", "", measured))
        state = State(
            *(server.address, "ada", "abxLS", "digest"),
            archive=measured,
            submission=Creation(submission),
            parts=(PartProgress(),) * parts,
        )
        saved = [state]
        return Upload(server, Transfer(client, path, saved.append, lambda _: server.wait(), lambda _: None), saved)

    return announce


def _interrupted(saved: list[State], moment: int) -> Callable[[State], None]:
    """Return what keeps states, and is interrupted right after one of them."""

    def save(state: State) -> None:
        saved.append(state)
        if len(saved) == moment:
            raise KeyboardInterrupt

    return save


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_each_part_is_sent_once(upload: Callable[[int], Upload], parts: int) -> None:
    sub = upload(parts)
    assert sub.run() == sub.status == "uploaded"
    assert sub.posts == parts
    assert sub.saved[-1].completed


@pytest.mark.parametrize("parts", [1, 7])
@pytest.mark.parametrize("fault", list(Fault))
def test_no_part_is_counted_twice_whatever_happens_to_one(
    upload: Callable[[int], Upload], parts: int, fault: Fault
) -> None:
    for which in range(parts):
        sub = upload(parts)
        sub.server.faults.add(fault, route="content/add", after=which, times=1)
        assert sub.run() == sub.status == "uploaded", (which, sub.saved[-1])
        sub.server.faults.clear()


def _again_and_again(sub: Upload) -> str:
    """Upload it as users do: again where the server did not answer. Return the status, or what there is to say."""
    for _ in range(5):
        try:
            return sub.run()
        except RemoteError as error:
            said = str(error)
        except ZrcError as error:
            return str(error)
    return said


def test_most_uploads_outlive_heavy_losses_and_the_others_say_so(upload: Callable[[int], Upload]) -> None:
    ends = []
    for seed in range(40):
        sub = upload(7)
        sub.server.faults = sub.server.api.faults = Faults.lossy(0.15, 0.15, seed)
        ends.append(_again_and_again(sub))
        sub.server.faults = sub.server.api.faults = Faults()
        assert sub.status == ("uploaded" if ends[-1] == "uploaded" else "uploading")
    others = [end for end in ends if end != "uploaded"]
    assert len(others) <= 3
    assert all("with --restart" in end for end in others)


def test_an_interrupted_upload_goes_on_and_counts_nothing_twice(upload: Callable[[int], Upload]) -> None:
    for moment in range(2, 16):
        sub = upload(7)
        original = sub.transfer
        sub.transfer = replace(original, save=_interrupted(sub.saved, moment))
        with pytest.raises(KeyboardInterrupt):
            sub.run()
        sub.transfer = original
        assert sub.run() == sub.status == "uploaded", moment


def test_an_expired_token_keeps_what_is_known(upload: Callable[[int], Upload]) -> None:
    sub = upload(5)
    sub.server.faults.token_uses = 4  # two for what was created
    with pytest.raises(LoginError):
        sub.run()
    assert [part.state for part in sub.saved[-1].parts].count("received") == 2
    assert "unsure" not in [part.state for part in sub.saved[-1].parts]
    sub.server.faults.token_uses = None
    assert sub.run() == "uploaded"
    assert sub.posts == 6


def test_a_server_that_never_joins_is_not_taken_for_success(upload: Callable[[int], Upload]) -> None:
    sub = upload(3)
    sub.server.faults.joining_fails = True
    with pytest.raises(RemoteError, match="did not say within 60 s that it is in order"):
        sub.run()
    assert sub.saved[-1].completed
    assert sub.posts == 3


def test_a_server_that_stays_away_ends_the_upload_for_now(upload: Callable[[int], Upload]) -> None:
    sub = upload(3)
    sub.server.faults.add(Fault.REQUEST_LOST, route="content/add")
    with pytest.raises(RemoteError):
        sub.run()
    sub.server.faults.clear()
    assert sub.run() == sub.status == "uploaded"


def test_an_archive_that_has_changed_is_not_sent(upload: Callable[[int], Upload]) -> None:
    sub = upload(2)
    with sub.transfer.path.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"!")
    with pytest.raises(ZrcError, match=r"sub\.zip is no longer what the server was told to expect: .*--restart"):
        sub.run()
    assert sub.posts == 1
    assert [part.state for part in sub.saved[-1].parts] == ["received", "unsent"]


def test_a_body_that_was_cut_off_is_known_not_to_have_been_taken(upload: Callable[[int], Upload]) -> None:
    sub = upload(2)
    add_part = sub.transfer.client.add_part

    def cut(submission_id: str, part: Part, path: Path, progress: Callable[[int], None] | None = None) -> Received:
        """Read the file up to its middle, as a connection does that breaks there."""
        if len(sub.saved) > 2:
            return add_part(submission_id, part, path, progress)
        assert progress
        progress(part.size // 2)
        raise LostError("the connection broke")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sub.transfer.client, "add_part", cut)
        assert sub.run() == sub.status == "uploaded"
    assert [state.parts[0].state for state in sub.saved[:3]] == ["unsent", "unsure", "unsent"]
