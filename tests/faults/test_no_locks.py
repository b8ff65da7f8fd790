"""File systems without locks, as some in networks are."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.model.manifest import Manifest
from pytest_zrc.scoring.store import Store
from pytest_zrc.upload.state import Journal


# ENOSYS is what Lustre says without its option flock: filelock then goes on with files that a killed process leaves.
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_they_are_told_before_anything_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(_file: int, _operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(ZrcError, match=r"cannot be locked in .* \(.*\): name a folder on another disk"):
        Store.below(tmp_path).require_writable()
    with pytest.raises(ZrcError, match=r"nothing can be written to .*\.zrc-submit \("), Journal(tmp_path).locked():
        pass
    with pytest.raises(OSError, match=re.escape(os.strerror(code))):
        Manifest(tmp_path, "dev-clean").add({})


def test_nothing_is_left_of_the_trial(tmp_path: Path) -> None:
    store = Store.below(tmp_path)
    store.require_writable()
    assert list(store.folder.iterdir()) == []


def test_no_hard_links_are_made() -> None:
    """They are what such file systems lack, too."""
    package = Path(__file__).parents[2] / "pytest_zrc"
    assert not [path.name for path in package.rglob("*.py") if "os.link" in path.read_text(encoding="utf-8")]
