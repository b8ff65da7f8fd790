"""What was submitted is not submitted a second time by mistake."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from pytest_zrc.errors import RemoteError, ZrcError
from pytest_zrc.upload.client import Client
from pytest_zrc.upload.credentials import find_token
from pytest_zrc.upload.state import Journal
from tests.publishing.submitting import Sender
from tests.server import Fault
from tests.upload.made import FACTS


def test_what_is_uploaded_is_recognised_without_asking_the_server(sender: Sender) -> None:
    first = sender.submit()
    sender.server.requests.clear()
    again = sender.submit()
    assert again == replace(first, already=True)
    assert not sender.server.requests


def test_an_archive_that_was_left_is_removed(sender: Sender) -> None:
    done = sender.submit()
    left = sender.folder / ".zrc-submit" / f"{done.model_id}-abx15.zip"
    left.touch()
    sender.submit()
    assert sender.kept == ["state.json"]


def test_what_has_changed_is_another_submission_of_the_same_system(sender: Sender) -> None:
    first = sender.submit()
    sender.change("noise around", "more noise around")
    with pytest.raises(ZrcError, match=rf"changed since it was uploaded as {first.submission_id}: with --restart"):
        sender.submit()
    second = sender.submit(restart=True)
    assert second.submission_id != first.submission_id
    assert second.model_id == first.model_id
    assert sender.uploaded == [first.submission_id, second.submission_id]
    assert len(sender.server.models) == 1


def test_what_changes_before_it_is_announced_is_taken_as_it_is(sender: Sender) -> None:
    sender.server.faults.add(Fault.REQUEST_LOST, route="submissions/create", times=6)
    with pytest.raises(RemoteError):
        sender.submit()
    sender.change("Jane Doe, John Doe", "Jane Doe")
    sender.submit()
    sender.require_one()


def test_a_folder_that_names_its_submission_is_not_submitted_again(sender: Sender) -> None:
    done = sender.submit()
    shutil.rmtree(sender.folder / ".zrc-submit")  # as in a clone of a repository
    with pytest.raises(ZrcError, match=rf"was submitted as {done.submission_id}: with --restart it becomes another"):
        sender.submit()
    assert sender.submit(restart=True).model_id == done.model_id


def test_an_upload_that_arrived_after_all_is_not_made_anew(sender: Sender) -> None:
    sender.server.faults.add(Fault.REQUEST_LOST, route="content/status", times=6)
    with pytest.raises(RemoteError):
        sender.submit()
    state = Journal(sender.folder).load()
    assert state
    assert state.completed
    assert not state.finished
    with pytest.raises(ZrcError, match=f"{state.submission.id} is uploaded after all: submit again without --restart"):
        sender.submit(restart=True)
    assert sender.submit().already
    sender.require_one()


def test_a_damaged_state_is_one_sentence_and_a_restart_mends_it(sender: Sender) -> None:
    (sender.folder / ".zrc-submit").mkdir()
    (sender.folder / ".zrc-submit" / "state.json").write_text('{"version": 1}', encoding="utf-8")
    with pytest.raises(ZrcError, match=r"state\.json is not the state of an upload, .*: begin anew with --restart$"):
        sender.submit()
    sender.submit(restart=True)
    sender.require_one()


def test_two_processes_do_not_submit_the_same(sender: Sender) -> None:
    with Journal(sender.folder).locked(), pytest.raises(ZrcError, match="is being submitted by another process"):
        sender.submit()


def test_a_model_id_of_somebody_else_is_refused(sender: Sender) -> None:
    sender.change("model_id: ''", "model_id: Eve26a")
    with pytest.raises(ZrcError, match=r"model_id is Eve26a, which is none of ada's on http"):
        sender.submit()
    assert not sender.server.submissions


def test_a_model_id_that_was_corrected_before_it_is_announced_is_the_one_that_is_uploaded(sender: Sender) -> None:
    sender.server.faults.add(Fault.REQUEST_LOST, route="submissions/create", times=6)
    with pytest.raises(RemoteError):
        sender.submit()
    [first] = sender.server.models
    other = Client(sender.server.address, find_token(sender.server.address)).create_model(FACTS, "Doe")
    sender.change(first, other)
    assert sender.submit().model_id == other
    [submission] = sender.server.submissions.values()
    assert submission.model_id == other
