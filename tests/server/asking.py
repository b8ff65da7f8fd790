"""Asks the server as plainly as can be, for the tests of the server itself."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence

import requests

from tests.server import UploadServer

FACTS = {
    "description": "contrastive",
    "gpu_budget": "60",
    "train_set": "LibriSpeech",
    "authors": "Martin et al.",
    "institution": "Test Lab",
    "team": "",
}
FORM = {"username": "ada", "password": "secret", "grant_type": "password"}


def zipped(text: str = "0.5\n" * 500) -> bytes:
    """Make an archive of one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("features.txt", text)
    return stream.getvalue()


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def halves(data: bytes) -> list[bytes]:
    return [data[: len(data) // 2], data[len(data) // 2 :]]


def part_name(number: int) -> str:
    return f"sub_{number + 1:04}.zip"


def index_of(parts: Sequence[bytes]) -> list[dict[str, object]]:
    return [
        {"filename": part_name(number), "filesize": len(part), "filehash": md5(part)}
        for number, part in enumerate(parts)
    ]


class Asker(requests.Session):
    """A session of a user that is logged in; nothing is repeated, and no redirect followed."""

    def __init__(self, server: UploadServer, user: str = "ada") -> None:
        super().__init__()
        self.trust_env = False
        self.server = server
        self.user = user
        self.headers["Authorization"] = f"Bearer {server.token(user)}"

    def ask(self, method: str, path: str, **arguments: object) -> requests.Response:
        answer = self.request(
            method,
            self.server.address + path,
            allow_redirects=False,
            timeout=10,
            **arguments,  # type: ignore[arg-type]
        )
        if answer.status_code == 500:  # the server closes the connection, and nobody knows when
            self.close()
        return answer

    def new_model(self, author_name: str = "Martin", /, **facts: object) -> requests.Response:
        query = {"author_name": author_name}
        return self.ask("POST", f"/users/{self.user}/models/create", params=query, json={**FACTS, **facts})

    def create(self, data: bytes, **fields: object) -> requests.Response:
        """Announce an archive that comes at once, unless the fields say otherwise."""
        wanted = {
            "model_id": "Mar26a",
            "benchmark_id": "abxLS",
            "author_label": "Martin et al.",
            "filename": "sub.zip",
            "hash": md5(data),
            "has_scores": True,
            "leaderboard": "scores/leaderboard.json",
            "multipart": False,
            "index": None,
        }
        return self.ask("POST", f"/users/{self.user}/submissions/create", json={**wanted, **fields})

    def new_submission(self, data: bytes, parts: Sequence[bytes] | None = None, **fields: object) -> str:
        """Announce an archive under a new model id."""
        model_id = self.new_model().json()["model_id"]
        listed = {"multipart": True, "index": index_of(parts)} if parts else {}
        created = self.create(data, **({"model_id": model_id} | listed | fields))
        assert created.status_code == 200, created.text
        return str(created.json()["submission_id"])

    def add(self, submission_id: str, data: bytes, name: str = "sub.zip", *, field: str = "file") -> requests.Response:
        path = f"/submissions/{submission_id}/content/add"
        return self.ask("POST", path, params={"part_name": name}, files={field: (name, data)})

    def add_part(self, submission_id: str, parts: Sequence[bytes], number: int) -> tuple[bool, list[str]]:
        added = self.add(submission_id, parts[number], part_name(number))
        assert added.status_code == 200, added.text
        return added.json()["completed"], added.json()["remaining"]

    def status(self, submission_id: str) -> str:
        """Ask for the status when everything that is complete was joined."""
        self.server.wait()
        return str(self.ask("GET", f"/submissions/{submission_id}/content/status").json()["status"])
