"""What is found below a folder of a submission."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pytest_zrc.submission.layout import Listing, Submission, file_id
from pytest_zrc.submission.yamlfile import YamlFileError
from tests.builders import unreadable


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("b.npy", "a.npy", "sub/c.npy", "sub/deeper/d.npy"):
        touch(tmp_path / "dev-clean" / name)
    return tmp_path


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def listing(root: Path) -> Listing:
    return Submission(root).listing("dev-clean")


def test_files_are_sorted_with_their_folders(root: Path) -> None:
    assert listing(root) == Listing(("a.npy", "b.npy", "sub/c.npy", "sub/deeper/d.npy"))


def test_hidden_files_and_folders_are_left_out(root: Path) -> None:
    before = listing(root)
    touch(root / "dev-clean" / ".DS_Store")
    touch(root / "dev-clean" / ".cache" / "e.npy")
    assert listing(root) == before


def test_no_folder_no_files(tmp_path: Path) -> None:
    assert listing(tmp_path) == Listing(())


def test_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "dev-clean").touch()
    found = listing(tmp_path)
    assert found.files == ()
    assert [relative for relative, _ in found.broken] == [""]


def test_links_to_files_are_files(root: Path) -> None:
    (root / "dev-clean" / "e.npy").symlink_to("a.npy")
    assert "e.npy" in listing(root).files


def test_links_to_folders_are_followed(root: Path) -> None:
    touch(root / "elsewhere" / "e.npy")
    for name in ("one", "two"):
        (root / "dev-clean" / name).symlink_to(root / "elsewhere")
    found = listing(root)
    assert {"one/e.npy", "two/e.npy"} < set(found.files)
    assert not found.broken


def test_the_folder_itself_may_be_a_link(root: Path) -> None:
    (root / "dev-clean").rename(root / "elsewhere")
    (root / "dev-clean").symlink_to("elsewhere")
    assert len(listing(root).files) == 4


@pytest.mark.parametrize("target", [".", "..", "../.."])
def test_link_to_a_folder_above(root: Path, target: str) -> None:
    before = listing(root).files
    (root / "dev-clean" / "sub" / "deeper" / "loop").symlink_to(target)
    found = listing(root)
    assert found.files == before
    assert found.broken == (("sub/deeper/loop", "a link to a folder that it is in"),)


def test_folders_that_link_to_each_other(root: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        touch(root / "dev-clean" / name / "x.npy")
        (root / "dev-clean" / name / "other").symlink_to(f"../{other}")
    found = listing(root)
    assert {"one/x.npy", "one/other/x.npy", "two/x.npy", "two/other/x.npy"} < set(found.files)
    assert [relative for relative, _ in found.broken] == ["one/other/other", "two/other/other"]


def test_link_to_itself(root: Path) -> None:
    (root / "dev-clean" / "e.npy").symlink_to("e.npy")
    found = listing(root)
    assert [relative for relative, _ in found.broken] == ["e.npy"]
    assert "e.npy" not in found.files


def test_link_to_nothing_is_not_passed_over(root: Path) -> None:
    (root / "dev-clean" / "e.npy").symlink_to("nothing.npy")
    found = listing(root)
    assert "e.npy" in {*found.files, *(relative for relative, _ in found.broken)}


def test_unreadable_folder(root: Path) -> None:
    with unreadable(root / "dev-clean" / "sub"):
        found = listing(root)
    assert found == Listing(("a.npy", "b.npy"), (("sub", "Permission denied"),))


def test_many_folders_within_each_other(tmp_path: Path) -> None:
    (tmp_path / "dev-clean").mkdir()
    with nested_folders(tmp_path / "dev-clean", depth=1200):
        found = listing(tmp_path)
    assert found.files == ()
    assert len(found.broken) == 1


@contextmanager
def nested_folders(folder: Path, depth: int) -> Iterator[None]:
    """Make folders deeper than a path can name; neither mkdir -p nor rmtree can."""
    before = Path.cwd()
    os.chdir(folder)
    for _ in range(depth):
        os.mkdir("a")
        os.chdir("a")
    bottom = os.open(".", os.O_RDONLY)
    os.chdir(before)
    try:
        yield
    finally:
        os.chdir(bottom)
        os.close(bottom)
        for _ in range(depth):
            os.chdir("..")
            os.rmdir("a")
        os.chdir(before)


def test_names_that_are_not_utf8(root: Path) -> None:
    name = os.fsdecode(b"caf\xe9.npy")
    try:
        (root / "dev-clean" / name).touch()
    except OSError:
        pytest.skip("the file system takes no such names")
    assert name in listing(root).files


@pytest.mark.parametrize(
    ("relative", "name"),
    [
        ("a.npy", "a"),
        ("sub/a.npy", "a"),
        ("1.5-a.npy", "1.5-a"),
        ("été 1.npy", "été 1"),
        ("a.npy.bak", "a.npy"),
        ("a", "a"),
    ],
)
def test_id_is_the_name_without_folder_and_suffix(relative: str, name: str) -> None:
    assert file_id(relative) == name


def test_params_may_be_absent(tmp_path: Path) -> None:
    assert Submission(tmp_path).params.values == {}


def test_params_may_not_be_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").symlink_to("nothing.yaml")
    with pytest.raises(YamlFileError):
        _ = Submission(tmp_path).params


def test_meta_may_not_be_absent(tmp_path: Path) -> None:
    with pytest.raises(YamlFileError):
        _ = Submission(tmp_path).meta
