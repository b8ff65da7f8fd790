"""Datasets as zips on a web server, and the registry that offers them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from pytest_zrc.datasets.registry import Entry
from tests.datasets.webserver import WebServer


def zip_of(folder: Path, top: str = "", padding: int = 0) -> bytes:
    """Pack a folder, below one more if its name is given, with so many bytes that do not shrink."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{top}{path.relative_to(folder).as_posix()}")
        if padding:
            archive.writestr(f"{top}padding.bin", os.urandom(padding))
    return stream.getvalue()


def offer(server: WebServer, content: bytes, name: str = "abxLS-dataset", parts: int = 1) -> Entry:
    """Serve a zip, in parts of about the same size."""
    ends = [number * len(content) // parts for number in range(parts + 1)]
    urls = tuple(server.serve(f"/{name}.{number}", content[ends[number] : ends[number + 1]]) for number in range(parts))
    return Entry(name, urls, hashlib.md5(content, usedforsecurity=False).hexdigest(), len(content))


def list_in_registry(server: WebServer, *entries: Entry) -> str:
    """Serve a registry of datasets, and return its address."""
    datasets: list[dict[str, Any]] = [
        {
            "name": entry.name,
            "type": "external" if entry.external else "internal",
            "zip_parts": list(entry.urls),
            "md5sum": entry.md5,
            "total_size": entry.size,
            "details_url": entry.details_url,
        }
        for entry in entries
    ]
    return server.serve("/repo.json", json.dumps({"datasets": datasets}).encode())


def start(*arguments: object, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
    """Start ``pytest-zrc datasets`` in a process of its own."""
    command = [sys.executable, "-c", "from pytest_zrc.cli import main; main()", "datasets", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
