"""A scored submission and a server to submit it to."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from pytest_zrc.publishing.submit import Submitted, submit
from tests.server import UploadServer

PART_SIZE = 20_000  # bytes: about ten parts


@dataclass
class Sender:
    """Submits a folder, as a user does who is logged in.

    Attributes:
        told: the steps that were told, each once.
    """

    folder: Path
    dataset: Path
    server: UploadServer
    told: list[str] = field(default_factory=list)

    def submit(self, *, restart: bool = False, part_size: int = PART_SIZE) -> Submitted:
        return submit(
            self.folder,
            dataset=self.dataset,
            address=self.server.address,
            part_size=part_size,
            restart=restart,
            tell=self._hear,
            pause=lambda _: self.server.wait(),
        )

    def _hear(self, step: str, share: float) -> None:  # noqa: ARG002 - as it is told
        if step not in self.told:
            self.told.append(step)

    @property
    def meta(self) -> dict[str, object]:
        content: dict[str, object] = yaml.safe_load((self.folder / "meta.yaml").read_text(encoding="utf-8"))
        return content

    @property
    def kept(self) -> list[str]:
        """What is kept of the upload, besides the lock."""
        return sorted(path.name for path in (self.folder / ".zrc-submit").iterdir() if path.name != "lock")

    def change(self, old: str, new: str) -> None:
        """Change the text of meta.yaml."""
        path = self.folder / "meta.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def uploaded(self) -> list[str]:
        """The ids of all submissions that the server has whole."""
        self.server.wait()
        return [name for name, one in self.server.submissions.items() if one.status == "uploaded"]

    def require_one(self) -> None:
        """Assert that the server has this submission, once, as one system, with the right bytes."""
        (name,) = self.uploaded
        assert [*self.server.models] == [self.server.submissions[name].model_id]
        assert self.meta["submission_id"] == name
        archive = self.server.submissions[name].archive
        assert archive.is_file()
        with zipfile.ZipFile(archive) as found:
            for path in self.folder.rglob("*.npy"):
                assert found.read(path.relative_to(self.folder).as_posix()) == path.read_bytes()
            assert yaml.safe_load(found.read("meta.yaml"))["model_info"]["model_id"] == next(iter(self.server.models))
        assert self.kept == ["state.json"]
