"""What is uploaded is the submission, and no file of the user's to which a link in it leads."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.submission.layout import Submission
from pytest_zrc.upload.contents import contents
from tests.publishing.submitting import Sender


@pytest.mark.parametrize("name", ["params.yaml", "meta.yaml", "scores"])
def test_a_link_in_the_place_of_what_no_check_reads_as_features_is_refused(
    sender: Sender, tmp_path: Path, name: str
) -> None:
    os.rename(sender.folder / name, tmp_path / "elsewhere")  # valid all the same
    (sender.folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ZrcError, match=rf"{name} is a link out of the submission, and not uploaded"):
        sender.submit()
    assert sender.server.requests == []
    with pytest.raises(ZrcError, match="is a link out of the submission"):
        contents(Submission(sender.folder), ["english"])


def test_a_link_within_the_submission_is_no_harm(sender: Sender) -> None:
    os.rename(sender.folder / "params.yaml", sender.folder / "common.yaml")
    (sender.folder / "params.yaml").symlink_to("common.yaml")
    sender.submit()
    assert sender.uploaded


def test_the_archive_holds_the_submission_and_nothing_that_is_hidden(sender: Sender, secrets: Path) -> None:
    (sender.folder / ".zrc-submit").mkdir()
    (sender.folder / "scores" / "key").symlink_to(secrets / "id_rsa")
    (sender.folder / "english" / ".key.npy").symlink_to(secrets / "id_rsa")
    sender.submit()
    (name,) = sender.uploaded
    with zipfile.ZipFile(sender.server.submissions[name].archive) as archive:
        assert not [one for one in archive.namelist() if "key" in one or "/." in one or one.startswith(".")]
        token = sender.server.token("ada").encode()
        assert not any(token[:20] in archive.read(one) for one in archive.namelist())


def test_a_secret_that_meta_yaml_leads_to_is_not_shown(sender: Sender, secrets: Path) -> None:
    for name in ("id_rsa", "hosts.yml"):
        (sender.folder / "meta.yaml").unlink()
        (sender.folder / "meta.yaml").symlink_to(secrets / name)
        with pytest.raises(ZrcError) as caught:
            sender.submit()
        assert not any(secret in str(caught.value) for secret in ("the key", "gho_secret"))
