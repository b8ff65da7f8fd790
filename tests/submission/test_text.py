"""Text features, with and without times: the quick look at a file agrees with the parser."""

from __future__ import annotations

import math
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from pytest_zrc.submission.features import (
    Buffer,
    FeatureFileError,
    FeatureFormat,
    Header,
    first_unsound_time,
    open_features,
    read_array,
    read_header,
    read_times,
)

TIMED = FeatureFormat(times=True)
BOTH = pytest.mark.parametrize("form", [FeatureFormat(), TIMED], ids=["values", "times"])

Table = npt.NDArray[np.float64]
TABLES = arrays(np.float64, array_shapes(min_dims=2, max_dims=2), elements=st.floats(width=64))
INCREASING = st.lists(st.floats(0, 1e6), min_size=1, max_size=9, unique=True).map(sorted)
SEPARATORS = st.sampled_from([" ", "\t", "  ", " \t ", "\x0b", "\u00a0"])
ENDS = st.sampled_from(["\n", "\r\n", "\r", " \n", "\t\r\n", " # a comment\n", "#\n", "\n\n", "\n# 1 2\n", "\n \t\n"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("text")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A table of numbers, written by a careless hand."""
    separator, start = draw(SEPARATORS), draw(st.sampled_from(["", "# a title\n", "\n", "   "]))
    ends = chain(draw(st.lists(ENDS, max_size=4)), repeat("\n"))
    lines = [separator.join(map(repr, row)) for row in draw(TABLES).tolist()]
    text = start + "".join(line + end for line, end in zip(lines, ends, strict=False))
    return text.rstrip("\n") if draw(st.booleans()) else text


@BOTH
@given(text=texts())
def test_header_agrees_with_the_parser(folder: Path, form: FeatureFormat, text: str) -> None:
    path = write(folder / "a.txt", text)
    header, values = read_array(path, form)
    table = np.loadtxt(path, ndmin=2)
    np.testing.assert_array_equal(values, table[:, form.times :])
    assert repr(read_header(path, form)) == repr(header)  # NaN equals itself there
    assert (header.shape, header.dtype) == (values.shape, values.dtype)
    np.testing.assert_array_equal(read_times(path), table[:, 0])


@given(values=TABLES)
def test_values_and_times_read_back(folder: Path, values: Table) -> None:
    times = 0.0125 + 0.01 * np.arange(len(values))
    np.savetxt(folder / "a.txt", np.column_stack([times, values]))
    with open_features(folder / "a.txt", TIMED) as file:
        assert file.header == Header(values.shape, values.dtype, last_time=times[-1])
        np.testing.assert_array_equal(file.array(), values)
        np.testing.assert_array_equal(file.times, times)
        np.testing.assert_array_equal(np.concatenate([part.copy() for _, part in file.parts(Buffer(16))]), values)


def test_a_file_has_times_only_where_that_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "0.01 1 2\n0.02 3 4\n")
    np.save(tmp_path / "a.npy", np.ones((2, 3)))
    assert read_header(path).shape == (2, 3)
    assert read_header(path, TIMED) == Header((2, 2), np.dtype(float), last_time=0.02)
    assert read_header(tmp_path / "a.npy", TIMED) == Header((2, 3), np.dtype(float))
    for one, form in ((path, FeatureFormat()), (tmp_path / "a.npy", TIMED)):
        with open_features(one, form) as file:
            assert file.times is None


@given(times=INCREASING)
def test_times_that_increase(times: list[float]) -> None:
    assert first_unsound_time(np.array(times)) is None


@given(
    times=INCREASING,
    wrong=st.sampled_from([math.nan, math.inf, -math.inf]) | st.floats(max_value=0),
    position=st.integers(1, 8),
)
@example(times=[0.0, 1.0], wrong=0.0, position=1)
def test_first_time_that_does_not_increase(times: list[float], wrong: float, position: int) -> None:
    position = min(position, len(times))
    before, after = times[:position], times[position:]
    assert first_unsound_time(np.array([*before, wrong, *after])) == position


@pytest.mark.parametrize("times", ["nan", "inf", "2 1", "1 1", "1 nan 2", "-inf 1", "1 2 inf"])
def test_a_header_names_no_last_time_that_means_nothing(tmp_path: Path, times: str) -> None:
    path = write(tmp_path / "a.txt", "".join(f"{time} 7\n" for time in times.split()))
    for header in (read_header(path, TIMED), read_array(path, TIMED)[0]):
        assert header.last_time is not None
        assert math.isnan(header.last_time)


@BOTH
@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", " \t\r\n\r\n"])
def test_no_frames(tmp_path: Path, form: FeatureFormat, text: str) -> None:
    path = write(tmp_path / "a.txt", text)
    header, values = read_array(path, form)
    assert read_header(path, form) == header
    assert header.shape == values.shape
    assert (header.frames, header.is_matrix) == (0, True)


def test_times_alone_are_no_features(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "0.01\n0.02\n")
    assert not read_header(path, TIMED).is_matrix
    assert read_array(path, TIMED)[1].shape == (2, 0)


@BOTH
@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"0.1 1 2\n0.2 3\n0.3 4 5\n", "row 2"),
        (b"0.1 1 2\n0.2 3 x\n0.3 4 5\n", "'x'"),
        (b"0.1 1 2\n0.2 \xff 3\n0.3 4 5\n", "utf-8"),
        (b"0.1 1 2\n0.2 1 2\x00\n0.3 4 5\n", r"\x00"),
        (b"0.1 1 2\n\xef\xbb\xbf0.2 3 4\n0.3 4 5\n", "ufeff"),
    ],
)
def test_damage_between_the_first_and_the_last_line(
    tmp_path: Path, form: FeatureFormat, content: bytes, part: str
) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(FeatureFileError) as error:
        read_array(tmp_path / "a.txt", form)
    assert str(error.value).startswith("not a table of numbers")
    assert part in str(error.value)


@BOTH
@pytest.mark.parametrize(
    "text", ["0.1 1 2\n0.2 1 2\n0.3 1", "0.1 1 2\n0.2 1 2\n0.3 1 -", "frames 2\n0.1 1 2\n0.2 1 2\n", "0.1,1\n0.2,2\n"]
)
def test_damage_of_the_first_or_the_last_line_shows_at_once(tmp_path: Path, form: FeatureFormat, text: str) -> None:
    path = write(tmp_path / "a.txt", text)
    with pytest.raises(FeatureFileError) as header:
        read_header(path, form)
    with pytest.raises(FeatureFileError) as array:
        read_array(path, form)
    assert str(header.value) == str(array.value)


def test_no_times_in_what_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(FeatureFileError, match="not a table of numbers"):
        read_times(write(tmp_path / "a.txt", "0.1 1\nten 2\n0.3 3\n"))


@BOTH
@pytest.mark.parametrize(
    ("text", "columns"),
    [("1 " * 300_000, 300_000), ("0.5 " + "1" * 1_000_000, 2), ("0.5 1 #" + "x" * 1_000_000, 2)],
    ids=["columns", "digits", "comment"],
)
def test_huge_lines(tmp_path: Path, form: FeatureFormat, text: str, columns: int) -> None:
    path = write(tmp_path / "a.txt", f"{text}\n")
    header, values = read_array(path, form)
    assert read_header(path, form) == header
    assert header.shape == values.shape == (1, columns - form.times)


@BOTH
@given(content=st.binary() | st.text(alphabet="0123456789 .-+e\n\r\t,#naif\x0b\x0c\x1c\u2003").map(str.encode))
def test_any_bytes_are_read_or_refused(folder: Path, form: FeatureFormat, content: bytes) -> None:
    path = folder / "any.txt"
    path.write_bytes(content)
    try:
        header, values = read_array(path, form)
    except FeatureFileError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert repr(read_header(path, form)) == repr(header)
        assert values.shape == header.shape
