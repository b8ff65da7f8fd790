"""Sizes of memory."""

from __future__ import annotations

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.sizes import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4G", 4 << 30),
        ("512M", 512 << 20),
        ("800 MiB", 800 << 20),
        ("1.5g", 3 << 29),
        ("2TB", 2 << 40),
        ("20000K", 20000 << 10),
        ("16777216", 16 << 20),
        ("16777216 B", 16 << 20),
        (" 16M ", 16 << 20),
        ("9" * 400 + "G", 1 << 90),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text, "--zrc-memory") == size


@pytest.mark.parametrize("text", ["much", "4X", "-4G", "4 5G", "G", "4,5G", "1e9", "\u0664G M", "50%"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ZrcError) as caught:
        parse_size(text, "--zrc-memory")
    assert str(caught.value) == f"--zrc-memory={text}: give a size, as 4G, 512M or 800 MiB"


@pytest.mark.parametrize(
    ("text", "middle"),
    [("4", " is so many bytes, which"), ("4096", " is so many bytes, which"), ("15M", ""), ("0G", "")],
)
def test_too_little(text: str, middle: str) -> None:
    with pytest.raises(ZrcError) as caught:
        parse_size(text, "--zrc-memory")
    advice = "give at least 16M, as 4G, 512M or 800 MiB"
    assert str(caught.value) == f"--zrc-memory={text}{middle} is too little: {advice}"


def test_a_long_text_makes_no_long_sentence() -> None:
    with pytest.raises(ZrcError) as caught:
        parse_size("4" * 5000 + "X", "--zrc-memory")
    assert len(str(caught.value)) < 300
