"""Bytes of .npy files that numpy.save would not write."""

from __future__ import annotations

MAGIC = b"\x93NUMPY"


def npy(shape: object, descr: object = "<f4", values: bytes = b"", version: int = 2) -> bytes:
    """Return a file that claims a shape (text is taken as it is) and a type, whatever values it has."""
    text = shape if isinstance(shape, str) else repr(shape)
    return with_header(f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {text}}}", values, version)


def with_header(header: str, values: bytes = b"", version: int = 2) -> bytes:
    """Return a file with any text as its header."""
    encoded = header.encode() + b"\n"
    length = len(encoded).to_bytes(2 if version == 1 else 4, "little")
    return MAGIC + bytes([version, 0]) + length + encoded + values
