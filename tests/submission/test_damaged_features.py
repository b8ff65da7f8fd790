"""Files that hold no array are refused with a reason, whatever they hold; nothing in them is executed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.submission.features import FeatureFileError, read_array, read_header
from tests.builders import save_pickled
from tests.submission.npyfiles import MAGIC, npy, with_header
from tests.submission.pipes import fed_pipe

NEEDS_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


def refusal(path: Path) -> FeatureFileError:
    with pytest.raises(FeatureFileError) as header:
        read_header(path)
    with pytest.raises(FeatureFileError) as array:
        read_array(path)
    assert str(array.value) == str(header.value)
    return array.value


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file (0 bytes)"),
        (b"0.1 0.2\n", "not a .npy file, by its first bytes"),
        (MAGIC[:4], "not a .npy file, by its first bytes"),
        (MAGIC, "damaged .npy header"),
        (MAGIC + b"\x01\x00\xff", "damaged .npy header"),
        (with_header("{}"), "damaged .npy header"),
        (with_header("(" * 9000), "damaged .npy header"),
        (with_header("-" * 9000 + "1"), "damaged .npy header"),
        (with_header("__import__('os').system('true')"), "damaged .npy header"),
        (npy((2, 3), "float_of_my_own", bytes(24)), "damaged .npy header"),
        (npy((-2, -3), values=bytes(24)), "damaged .npy header"),
        (npy((-2, 3), values=bytes(24)), "damaged .npy header"),
        (npy((True, 6), values=bytes(24)), "damaged .npy header"),
        (npy("2.0, 3.0", values=bytes(24)), "damaged .npy header"),
        (npy((2, 3), values=bytes(23)), "cut off: 23 bytes of values, where shape (2, 3) of float32 takes 24"),
        (npy((2**40, 3), values=bytes(24)), "cut off: 24 bytes of values"),
        (npy((2**60, 3), values=bytes(24)), "an impossible shape"),
    ],
)
def test_reasons(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    error = refusal(tmp_path / "a.npy")
    assert message in str(error)
    assert error.reason == "unreadable"


@pytest.mark.parametrize(
    "content",
    [
        npy((0, 2**70)),
        npy((0, 2**60, 2**60)),
        npy((1,) * 70, values=bytes(4)),
        npy((3, 4), ("<f4", (2, 3)), bytes(288)),
        npy(f"(0x1{'0' * 4000}, 0x1{'0' * 4000})"),
        npy((2**63, 5), "|V0"),
    ],
    ids=["rows", "product", "dimensions", "sub-array", "digits", "no-bytes"],
)
def test_claims_beyond_numpy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    assert len(str(refusal(tmp_path / "a.npy"))) < 500


def test_archive_under_the_wrong_name(tmp_path: Path) -> None:
    with (tmp_path / "a.npy").open("wb") as stream:
        np.savez(stream, features=np.zeros((2, 3)))
    assert "not a .npy file" in str(refusal(tmp_path / "a.npy"))


@pytest.mark.parametrize("suffix", [".npy", ".txt"])
def test_no_such_file(tmp_path: Path, suffix: str) -> None:
    assert str(refusal(tmp_path / f"a{suffix}"))


@pytest.mark.parametrize("suffix", [".npy", ".txt"])
def test_folder(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").mkdir()
    assert str(refusal(tmp_path / f"a{suffix}"))


@NEEDS_PIPES
@pytest.mark.parametrize("suffix", [".npy", ".txt"])
def test_pipe_is_not_waited_for(tmp_path: Path, suffix: str) -> None:
    with fed_pipe(tmp_path / f"a{suffix}"):
        assert "regular file" in str(refusal(tmp_path / f"a{suffix}"))


def test_payload_of_these_tests_works(tmp_path: Path) -> None:
    save_pickled(tmp_path / "a.npy", tmp_path / "marker")
    np.load(tmp_path / "a.npy", allow_pickle=True)
    assert (tmp_path / "marker").exists()


def test_pickled_objects_are_not_opened(tmp_path: Path) -> None:
    save_pickled(tmp_path / "a.npy", tmp_path / "marker")
    error = refusal(tmp_path / "a.npy")
    assert error.reason == "pickled"
    assert "Python objects" in str(error)
    assert not (tmp_path / "marker").exists()


def test_objects_within_a_structured_type_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(npy((2, 2), [("x", "<f4"), ("y", "|O")], bytes(64)))
    assert refusal(tmp_path / "a.npy").reason == "pickled"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"1 2\n3\n", "row 2"),
        (b"1 two\n", "'two'"),
        (b"1,2\n", "'1,2'"),
        (b"1+2j\n", "'1+2j'"),
        (b"\xff\xfe1\x00", "utf-8"),
        (b"\x93NUMPY\x01\x00", "utf-8"),
    ],
)
def test_text_that_is_no_table(tmp_path: Path, content: bytes, part: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    error = str(refusal(tmp_path / "a.txt"))
    assert error.startswith("not a table of numbers")
    assert part in error


SHAPES = st.lists(st.integers(-2, 2**70) | st.sampled_from([0, 1, 2]), max_size=40).map(tuple)
DESCRS = st.sampled_from(["<f4", ">f8", "|O", "|V0", "<U0", "|b1", ("<f4", (2, 3)), [("a", "<f4")], "f2,f2", None, 3])
NPY_LIKE = st.one_of(
    st.binary(),
    st.binary().map(MAGIC.__add__),
    st.builds(with_header, st.text(), st.binary(), st.sampled_from([1, 2, 3, 9])),
    st.builds(npy, SHAPES, DESCRS, st.binary(max_size=64), st.sampled_from([1, 2, 3, 9])),
)


@given(content=NPY_LIKE)
def test_any_bytes_are_read_or_refused(folder: Path, content: bytes) -> None:
    (folder / "any.npy").write_bytes(content)
    try:
        header, array = read_array(folder / "any.npy")
    except FeatureFileError as error:
        assert str(refusal(folder / "any.npy")) == str(error)  # noqa: PT017 - either outcome is right
    else:
        assert read_header(folder / "any.npy") == header
        assert array.shape == header.shape


@given(content=st.binary() | st.text(alphabet="0123456789 .-+e\n\t,#naif").map(str.encode))
def test_any_text_is_read_or_refused(folder: Path, content: bytes) -> None:
    (folder / "any.txt").write_bytes(content)
    try:
        header, array = read_array(folder / "any.txt")
    except FeatureFileError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert array.shape == header.shape
