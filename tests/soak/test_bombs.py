"""Small files that claim, or turn into, more than any memory holds, are refused: at once, in a sentence."""

from __future__ import annotations

import io
import struct
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the limits are those of Linux", allow_module_level=True)

from pytest_zrc.case import read_items
from pytest_zrc.datasets.dataset import DatasetSubset
from pytest_zrc.datasets.unpacking import unpack
from pytest_zrc.errors import ZrcError
from pytest_zrc.files import LARGEST_RECORD, read_json
from pytest_zrc.submission.features import read_array, read_header
from pytest_zrc.submission.yamlfile import read_yaml
from tests.soak.bounds import bounded_memory, bounded_time, require_sentence
from tests.submission.npyfiles import npy, with_header

ROOM = 256 << 20  # bytes
LAUGHS = "a: &a [lol, lol]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi"))


def refusal(path: Path, content: bytes, read: Callable[[Path], object]) -> str:
    path.write_bytes(content)
    del content
    with pytest.raises(ZrcError) as error, bounded_memory(ROOM), bounded_time():
        read(path)
    require_sentence(str(error.value))
    return str(error.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (npy("(1152921504606846976, 256)"), "an impossible shape"),
        (npy("(1073741824, 256)"), "cut off: 0 bytes of values, where shape (1073741824, 256)"),
        (npy("(-1, 4)"), "an impossible shape"),
        (npy("(2, 4)", "|V2147483647"), "cut off"),
        (npy("(" + "9" * 5000 + ",)"), "damaged .npy header"),
        (with_header("(" * 9000), "damaged .npy header"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", "damaged .npy header"),
    ],
    ids=["2^60 rows", "2^40 bytes", "negative", "2 GiB a value", "digits", "nested", "4 GiB of header"],
)
def test_npy(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in refusal(tmp_path / "a.npy", content, read_header)


@pytest.mark.parametrize(("read", "line"), [(read_header, "1 "), (read_array, "1 "), (read_header, "#")])
def test_a_text_of_one_line_of_100_mb(tmp_path: Path, read: Callable[[Path], object], line: str) -> None:
    path = tmp_path / "a.txt"
    assert "a line of more than 16,777,216 characters" in refusal(path, line.encode() * (10**8 // len(line)), read)


def test_an_item_file_of_one_line_of_100_mb(tmp_path: Path) -> None:
    assert "a line of more than 65,536 characters" in refusal(tmp_path / "a.item", b"#a " * (10**8 // 3), read_items)


def test_the_ids_of_an_item_file_of_one_line_of_100_mb(tmp_path: Path) -> None:
    """A check says what is wrong with it; meanwhile it has no files."""
    path = tmp_path / "a.item"
    path.write_bytes(b"#a\n" + b"a " * (10**8 // 2))
    with bounded_memory(32 << 20), bounded_time():
        assert DatasetSubset({"triphone": path}).file_ids() == []


HEADER = "#file onset offset #phone prev-phone next-phone speaker\n"


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("6295-244435-{0} {0}.5 {0}.75 IH S T 6295\n", 10),
        ("a 0 1 b c d e\n", 10),
        ("{0:x} 0 1 {0:x} {0:x} {0:x} {0:x}\n", 30),
    ],
    ids=["usual", "short", "all names are different"],
)
def test_items_take_memory_in_proportion_to_their_file(tmp_path: Path, line: str, most: int) -> None:
    path = tmp_path / "a.item"
    path.write_text(HEADER + "".join(map(line.format, range(20_000))), encoding="utf-8")
    tracemalloc.start()
    try:
        assert len(read_items(path)) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most * path.stat().st_size


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (LAUGHS, "an alias (*), which is not allowed here"),
        ("a: &a [*a]", "an alias (*), which is not allowed here"),
        ("[" * 20_000, "nested too deeply"),
        ("a: " + "9" * 100_000, "a value that cannot be read"),
        ("a: 0x" + "f" * 500_000, "a value that cannot be read"),
        ("a: 1" + ":59" * 100_000, "a value that cannot be read"),
        ("a: 1" + ":59" * 100_000 + ".5", "a value that cannot be read"),
        ("a: !!python/object/apply:os.system [true]", "could not determine a constructor"),
        ("a: !" + "x" * 10_000 + " b", "could not determine a constructor"),
    ],
    ids=["laughs", "itself", "nested", "digits", "hex", "sexagesimal", "sexagesimal fraction", "python", "long tag"],
)
def test_yaml(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in refusal(tmp_path / "a.yaml", text.encode(), read_yaml)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "9" * 100_000, "[1" + "0" * 100_000 + "]"])
def test_json(tmp_path: Path, text: str) -> None:
    assert "is not JSON: mend it" in refusal(
        tmp_path / "a.json", text.encode(), lambda path: read_json(path, "mend it", LARGEST_RECORD)
    )


def _packed(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a", content)
    return stream.getvalue()


def _claiming(archive: bytes, size: int) -> bytes:
    """Say in the directory of a zip that its first file is of another size."""
    place = archive.rindex(b"PK\x01\x02") + 24
    return archive[:place] + struct.pack("<I", size) + archive[place + 4 :]


def _with_dictionary(archive: bytes) -> bytes:
    """Say in a zip packed by LZMA that 4 GiB must be kept to unpack it."""
    place = archive.index(b"\x09\x04\x05\x00") + 5
    return archive[:place] + b"\xff\xff\xff\xff" + archive[place + 4 :]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (_claiming(_packed(bytes(10**7)), 4 * 10**9), "claims to hold 4,000,000,000, more than 100-fold"),
        (_claiming(_packed(bytes(10**8)), 1000), "no zip that can be read"),
        (_with_dictionary(_packed(b"a" * 1000, zipfile.ZIP_LZMA)), "it asks for more memory than there is"),
    ],
    ids=["zeros", "more than it says", "LZMA"],
)
def test_zip(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in refusal(tmp_path / "a.zip", content, lambda path: unpack([path], tmp_path / "out", "it"))
    assert sum(file.stat().st_size for file in (tmp_path / "out").rglob("*")) <= 1000


def test_a_zip_in_a_zip_stays_one(tmp_path: Path) -> None:
    """However deep such zips go, each unpacking is one level, and bounded."""
    inner = _packed(_packed(zlib.compress(bytes(10**6))))
    (tmp_path / "a.zip").write_bytes(_packed(inner))
    unpack([tmp_path / "a.zip"], tmp_path / "out", "it")
    assert (tmp_path / "out" / "a").read_bytes() == inner
