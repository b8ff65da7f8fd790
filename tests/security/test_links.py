"""Nothing is written through links that a submission came with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import pytest_zrc
from pytest_zrc import files
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.model.manifest import Manifest
from pytest_zrc.scoring.store import Job, Store
from tests.publishing.submitting import Sender


def _content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("place", ["scores", "scores/details"])
def test_a_run_does_not_write_through_a_link(
    pytester: pytest.Pytester, sender: Sender, secrets: Path, place: str
) -> None:
    before = _content(secrets)
    link = sender.folder / place
    os.rename(sender.folder / "scores", sender.folder / "old")
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(secrets)
    result = pytester.runpytest_subprocess(
        f"--zrc-submission={sender.folder}", f"--zrc-dataset={sender.dataset}", "--zrc-validate-only", "--zrc-details"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {link} is a link, and nothing is written through it: remove the link*"])
    assert _content(secrets) == before


def test_neither_does_the_python_api(sender: Sender, secrets: Path) -> None:
    results = sender.folder / "kept"
    results.mkdir()
    (results / ".zrc").symlink_to(secrets)
    with pytest.raises(ZrcError, match="is a link, and nothing is written through it"):
        pytest_zrc.evaluate(sender.folder, dataset=sender.dataset, scores=results)


def test_nor_does_an_extraction(sender: Sender, secrets: Path) -> None:
    before = _content(secrets)
    (sender.folder / ".zrc-features").symlink_to(secrets)
    with pytest.raises(ZrcError, match="is a link, and nothing is written through it"):
        Manifest(sender.folder, "english").add({"e0-0": {}})
    assert _content(secrets) == before


def test_a_result_that_is_a_link_is_replaced_and_what_it_leads_to_is_left_alone(tmp_path: Path, secrets: Path) -> None:
    before = _content(secrets)
    (tmp_path / "scores.json").symlink_to(secrets / "id_rsa")
    write_atomically(tmp_path / "scores.json", "{}")
    assert not (tmp_path / "scores.json").is_symlink()
    assert _content(secrets) == before


@pytest.mark.parametrize("mode", [None, 0o600])
def test_so_is_a_link_with_the_name_of_the_temporary_file(
    tmp_path: Path, secrets: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None
) -> None:
    before = _content(secrets)
    planted = tmp_path / ".scores.json.1-0.tmp"
    planted.symlink_to(secrets / "id_rsa")
    monkeypatch.setattr(files, "temporary_for", lambda _: planted)
    write_atomically(tmp_path / "scores.json", "{}", mode=mode)
    assert (tmp_path / "scores.json").read_text() == "{}"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["scores.json"]
    assert _content(secrets) == before


def test_looking_whether_one_can_write_makes_no_file_elsewhere(tmp_path: Path, secrets: Path) -> None:
    store = Store(tmp_path / "store")
    store.folder.mkdir()
    (store.folder / "job.lock").symlink_to(secrets / "new")
    store.require_writable()
    with pytest.raises(ZrcError, match="results cannot be written"):
        store.get(Job("job", dict))
    assert not (secrets / "new").exists()


def test_an_upload_neither_writes_nor_removes_through_a_link(sender: Sender, secrets: Path) -> None:
    before = _content(secrets)
    (sender.folder / ".zrc-submit").symlink_to(secrets)
    with pytest.raises(ZrcError, match=r"\.zrc-submit is a link, and nothing is written through it"):
        sender.submit(restart=True)
    assert _content(secrets) == before


def test_a_lock_that_is_a_link_empties_no_file(sender: Sender, secrets: Path) -> None:
    before = _content(secrets)
    (sender.folder / ".zrc-submit").mkdir()
    (sender.folder / ".zrc-submit" / "lock").symlink_to(secrets / "id_rsa")
    with pytest.raises(ZrcError, match="nothing can be written to"):
        sender.submit()
    assert _content(secrets) == before


def test_an_archive_is_not_written_through_a_link(sender: Sender, secrets: Path) -> None:
    before = _content(secrets)
    (sender.folder / ".zrc-submit").mkdir()
    for number in range(100):  # the server's names of models begin with the year
        name = f".Doe{number:02}a-abx15.zip.part"
        (sender.folder / ".zrc-submit" / name).symlink_to(secrets / "id_rsa")
    sender.submit()
    assert next(iter(sender.server.models))[:3] == "Doe"
    assert _content(secrets) == before
