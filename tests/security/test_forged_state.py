"""A state of an upload that came with a submission gets no other file, no other server and no token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.publishing.ready import require_ready
from pytest_zrc.publishing.submit import submit
from pytest_zrc.upload.credentials import find_token
from pytest_zrc.upload.errors import LoginError
from tests.publishing.submitting import Sender
from tests.upload.raw import http, raw_server


def _forge(sender: Sender, archive: str = "", **changes: Any) -> None:  # noqa: ANN401 - fields of any kind
    """Write a state that is in all else as ours."""
    part = {"name": "x.zip", "offset": 0, "size": 7, "md5": "0" * 32}
    state = {
        "version": 1,
        "address": sender.server.address,
        "username": "ada",
        "benchmark": "abx15",
        "digest": require_ready(sender.folder, sender.dataset).digest,
        "model": {"id": "", "before": None},
        "archive": {"filename": archive, "size": 7, "md5": "0" * 32, "parts": [part]} if archive else None,
        "submission": {"id": "", "before": None},
        "parts": [{"state": "unsent", "sent": 0}] if archive else [],
        "completed": False,
        "finished": False,
    }
    (sender.folder / ".zrc-submit").mkdir()
    (sender.folder / ".zrc-submit" / "state.json").write_text(json.dumps({**state, **changes}), encoding="utf-8")


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("form", ["{}", "../../private/id_rsa"])
def test_a_file_elsewhere_is_neither_uploaded_nor_removed(
    sender: Sender, secrets: Path, form: str, *, finished: bool
) -> None:
    _forge(sender, form.format(secrets / "id_rsa"), finished=finished)
    with pytest.raises(ZrcError, match="is not the state of an upload"):
        sender.submit()
    assert (secrets / "id_rsa").read_text() == "the key"
    assert sender.server.requests == []


def test_an_archive_that_is_a_link_is_not_uploaded(sender: Sender, secrets: Path) -> None:
    _forge(sender, "x.zip", model={"id": "Doe26a", "before": None})
    (sender.folder / ".zrc-submit" / "x.zip").symlink_to(secrets / "id_rsa")
    with pytest.raises(ZrcError, match=r"x\.zip is gone"):
        sender.submit()
    assert not sender.server.submissions


@pytest.mark.parametrize(
    "changes",
    [
        {"model": {"id": "../../new", "before": None}},
        {"submission": {"id": "a/../b", "before": None}},
        {"username": "\x1b[2Jada"},
        {"address": "http://evil.example"},
        {"address": "https://evil.example/?"},
    ],
)
def test_no_id_and_no_address_is_taken_that_could_not_be_ours(sender: Sender, changes: Mapping[str, Any]) -> None:
    _forge(sender, **changes)
    with pytest.raises(ZrcError, match="is not the state of an upload") as caught:
        sender.submit()
    assert str(caught.value).isprintable()


def test_a_server_that_it_names_gets_no_token(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_token(sender.server.address)
    monkeypatch.setenv("ZRC_TOKEN", "to.ke.n")
    monkeypatch.setenv("ZRC_USERNAME", "ada")
    with raw_server(http("200 OK", b"{}")) as evil:
        _forge(sender, address=evil.address)
        with pytest.raises(LoginError, match="not logged in to"):
            submit(sender.folder, dataset=sender.dataset)
    assert evil.heads == []


def test_beginning_anew_removes_what_was_planted_and_no_more(sender: Sender, secrets: Path) -> None:
    _forge(sender, "../../private/id_rsa")
    (sender.folder / ".zrc-submit" / "link").symlink_to(secrets / "id_rsa")
    (sender.folder / ".zrc-submit" / "folder").mkdir()
    sender.submit(restart=True)
    assert (secrets / "id_rsa").read_text() == "the key"
    assert sender.uploaded
