"""Bodies of requests, read as they come: no file is held in memory."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from io import BufferedIOBase
from pathlib import Path
from urllib.parse import parse_qsl

from tests.server.answers import refused

CHUNK = 1 << 18
MALFORMED = "There was an error parsing the body"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent."""

    path: Path
    size: int
    md5: str


@dataclass(slots=True)
class Body:
    """A body: the fields of a form, or else its bytes."""

    text: bytes = b""
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


def read_body(headers: Message, stream: BufferedIOBase, folder: Path) -> Body:
    """Read a body to its end; the files in it are put into a folder."""
    chunks = incoming(headers, stream)
    kind = headers.get_content_type()
    if kind == "multipart/form-data":
        return _read_form(chunks, str(headers.get_boundary()).encode(), folder)
    text = b"".join(chunks)
    if kind == "application/x-www-form-urlencoded":
        return Body(fields=dict(parse_qsl(text.decode(), keep_blank_values=True)))
    return Body(text=text)


def incoming(headers: Message, stream: BufferedIOBase) -> Iterator[bytes]:
    """Give the bytes of a body; a connection that ends before is a ``ConnectionError``."""
    if headers.get("Transfer-Encoding", "").lower() != "chunked":
        yield from _exactly(int(headers.get("Content-Length", 0)), stream)
        return
    while size := int(stream.readline().partition(b";")[0] or b"0", 16):
        yield from _exactly(size, stream)
        stream.readline()
    while stream.readline().strip():
        pass


def _exactly(size: int, stream: BufferedIOBase) -> Iterator[bytes]:
    while size:
        chunk = stream.read(min(size, CHUNK))
        if not chunk:
            raise ConnectionError("the body ends too early")
        size -= len(chunk)
        yield chunk


def _read_form(chunks: Iterator[bytes], boundary: bytes, folder: Path) -> Body:
    body = Body()
    text = _Text(chunks)
    for _ in text.until(b"--" + boundary):
        pass
    while not text.starts_with(b"--"):
        name, is_file = _disposition(b"".join(text.until(b"\r\n\r\n")))
        content = text.until(b"\r\n--" + boundary)
        if is_file:
            body.files[name] = _store(content, folder / uuid.uuid4().hex)
        else:
            body.fields[name] = b"".join(content).decode()
    for _ in chunks:
        pass
    return body


def _disposition(headers: bytes) -> tuple[str, bool]:
    """Find a field's name, and whether it is a file."""
    for line in headers.decode().splitlines():
        key, _, value = line.partition(":")
        if key.lower() == "content-disposition":
            message = Message()
            message["Content-Disposition"] = value.strip()
            return str(message.get_param("name", "", "Content-Disposition")), message.get_filename() is not None
    raise refused(400, MALFORMED)


def _store(content: Iterator[bytes], path: Path) -> Upload:
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with path.open("wb") as file:
        for chunk in content:
            digest.update(chunk)
            size += file.write(chunk)
    return Upload(path, size, digest.hexdigest())


class _Text:
    """Bytes that come in chunks, to be read from one marker to the next."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""

    def starts_with(self, marker: bytes) -> bool:
        while len(self._held) < len(marker):
            self._more()
        return self._held.startswith(marker)

    def until(self, marker: bytes) -> Iterator[bytes]:
        """Give what comes before a marker, and pass over both."""
        while (end := self._held.find(marker)) < 0:
            sure = max(len(self._held) - len(marker) + 1, 0)
            yield self._held[:sure]
            self._held = self._held[sure:]
            self._more()
        yield self._held[:end]
        self._held = self._held[end + len(marker) :]

    def _more(self) -> None:
        chunk = next(self._chunks, b"")
        if not chunk:
            raise refused(400, MALFORMED)
        self._held += chunk
