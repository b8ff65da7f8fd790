"""What tests upload."""

from __future__ import annotations

import io
import zipfile
from hashlib import md5
from pathlib import Path

from pytest_zrc.upload.contract import Archive, ModelFacts, Part

FACTS = ModelFacts(
    description="A small\n  system.",
    gpu_budget="",
    train_set="LibriSpeech 100",
    authors="Martin et al.",
    institution="Test Lab",
    team="",
    code_url="https://example.com/code",
)


def make_archive(path: Path, parts: int = 1) -> Archive:
    """Make a zip, in parts of about the same size."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("meta.yaml", "model_info: {}\n")
        archive.writestr("dev-clean/1.npy", bytes(range(256)) * 40)
    data = content.getvalue()
    path.write_bytes(data)
    step = -(-len(data) // parts)
    pieces = [(offset, data[offset : offset + step]) for offset in range(0, len(data), step)]
    listed = (
        Part(f"{path.stem}_{number:04}.zip", offset, len(piece), _hash(piece))
        for number, (offset, piece) in enumerate(pieces, 1)
    )
    return Archive(path.name, len(data), _hash(data), tuple(listed))


def _hash(data: bytes) -> str:
    return md5(data, usedforsecurity=False).hexdigest()
