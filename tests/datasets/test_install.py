"""A dataset is there whole, or not at all, however it came and whatever happened meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.datasets import install
from pytest_zrc.datasets.dataset import default_location, open_dataset
from pytest_zrc.datasets.download import Listener
from pytest_zrc.datasets.install import flaw, import_dataset, installed, pull, remove, require_installed
from pytest_zrc.datasets.places import datasets_folder, location
from pytest_zrc.datasets.registry import Entry
from pytest_zrc.errors import RemoteError, ZrcError
from tests.builders import TinyDataset, make_abx15_dataset, make_dataset
from tests.datasets.offers import offer, zip_of
from tests.datasets.webserver import Fault, WebServer

NAME = "abxLS-dataset"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def left_over() -> list[str]:
    """Return what is left beside the datasets: nothing but locks, if all is well."""
    work = datasets_folder() / ".pytest-zrc"
    return [path.relative_to(work).as_posix() for path in work.rglob("*") if path.name != "lock" and not path.is_dir()]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A dataset that is installed already, with a mark in it."""
    make_dataset(tmp_path / "old")
    (tmp_path / "old" / "mark").touch()
    return import_dataset(NAME, tmp_path / "old")


def test_pull(server: WebServer, dataset: TinyDataset) -> None:
    told: list[tuple[int, int | None]] = []
    said: list[str] = []
    entry = offer(server, zip_of(dataset.root))
    place = pull(entry, listener=Listener(said.append, lambda *done: told.append(done)))
    assert place == default_location(ABXLS) == require_installed(NAME)
    assert tree(place) == tree(dataset.root)
    assert len(open_dataset(place, ABXLS, ABXLS.subsets).subsets) == 4
    assert said == [f"downloading {entry.urls[0]}", "verifying", f"unpacking {NAME}"]
    assert (entry.size, entry.size) in told
    assert installed() == [NAME]
    assert left_over() == []


def test_a_dataset_that_is_there_is_not_pulled_again(server: WebServer, old: Path) -> None:
    said: list[str] = []
    assert pull(offer(server, b""), listener=Listener(said.append)) == old
    assert said == [f"{NAME} is installed already"]
    assert server.asked == []


def test_one_that_is_damaged_is_said_to_be(server: WebServer, dataset: TinyDataset, old: Path) -> None:
    shutil.rmtree(old / "dev-clean")
    assert flaw(NAME).startswith("dev-clean/triphone-dev-clean.item is missing")
    with pytest.raises(
        ZrcError, match=r"does not hold abxLS-dataset \(dev-clean/.* is missing.*\): replace it with --f"
    ):
        pull(offer(server, b""))
    pull(offer(server, zip_of(dataset.root)), force=True)
    assert flaw(NAME) == ""


def test_force(server: WebServer, dataset: TinyDataset, old: Path) -> None:
    assert pull(offer(server, zip_of(dataset.root)), force=True) == old
    assert tree(old) == tree(dataset.root)
    assert left_over() == []


@pytest.mark.parametrize("top", ["abxLS-dataset/", "dataset-v2/"])
def test_one_folder_around_all_is_taken_off(server: WebServer, dataset: TinyDataset, top: str) -> None:
    assert tree(pull(offer(server, zip_of(dataset.root, top)))) == tree(dataset.root)


def test_the_only_folder_of_another_dataset_stays(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "made" / "wav").mkdir(parents=True)
    (tmp_path / "made" / "wav" / "a.wav").touch()
    assert tree(pull(offer(server, zip_of(tmp_path / "made"), "train"))) == {"wav/a.wav": b""}


def test_parts_of_one_zip(server: WebServer, dataset: TinyDataset) -> None:
    said: list[str] = []
    server.faults = [None, Fault(cut=50)]
    entry = offer(server, zip_of(dataset.root), parts=3)
    assert tree(pull(entry, listener=Listener(said.append), pause=lambda _: None)) == tree(dataset.root)
    assert said[1] == f"downloading {entry.urls[1]} (part 2 of 3)"
    assert [path for path, _ in server.asked] == [f"/{NAME}.{number}" for number in (0, 1, 1, 2)]
    assert left_over() == []


def test_a_wrong_part(server: WebServer, dataset: TinyDataset) -> None:
    entry = offer(server, zip_of(dataset.root), parts=3)
    server.files[f"/{NAME}.1"] = bytes(len(server.files[f"/{NAME}.1"]))
    with pytest.raises(ZrcError, match="what the parts of abxLS-dataset make together is not what it should be"):
        pull(entry)
    assert installed() == left_over() == []


def test_parts_that_are_too_large_together(server: WebServer, dataset: TinyDataset) -> None:
    entry = offer(server, zip_of(dataset.root), parts=3)
    server.files[f"/{NAME}.1"] += bytes(10_000_000)
    with pytest.raises(ZrcError, match=r"\.1 has 10,\d+,\d+ bytes, more than the"):
        pull(entry)


def test_wrong_bytes(server: WebServer, dataset: TinyDataset) -> None:
    entry = offer(server, zip_of(dataset.root))
    server.files[f"/{NAME}.0"] = server.files[f"/{NAME}.0"][::-1]
    with pytest.raises(ZrcError, match="MD5"):
        pull(entry)
    assert installed() == left_over() == []


def test_what_was_downloaded_before_an_interruption_is_kept(server: WebServer, dataset: TinyDataset) -> None:
    entry = offer(server, zip_of(dataset.root))
    server.faults = [Fault(cut=1000), *[Fault(status=500)] * 9]
    with pytest.raises(RemoteError, match="goes on from here"):
        pull(entry, attempts=3, pause=lambda _: None)
    assert installed() == []
    server.faults.clear()
    pull(entry)
    assert server.ranges[-1] == "bytes=1000-"


def test_what_was_kept_of_an_older_version_is_removed(server: WebServer, dataset: TinyDataset) -> None:
    entries = []
    for padding in (10, 20):
        entries.append(offer(server, zip_of(dataset.root, padding=padding)))
        server.faults = [Fault(cut=1000), *[Fault(status=500)] * 2]
        with pytest.raises(RemoteError):
            pull(entries[-1], attempts=3, pause=lambda _: None)
    assert {Path(name).name.partition("-")[0] for name in left_over()} == {entries[1].md5}
    pull(entries[1])
    assert left_over() == []


def test_the_zip_of_something_else(server: WebServer, tmp_path: Path, old: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "readme").touch()
    with pytest.raises(ZrcError, match=rf"^the zip of {NAME} does not hold {NAME} \(there is no index\.json\): is it"):
        pull(offer(server, zip_of(tmp_path / "made")), force=True)
    assert (old / "mark").exists()


def test_no_room(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(".")._replace(free=10_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(
        ZrcError, match=r"abxLS-dataset, downloaded and unpacked, needs 12\.0 GB, and 10\.0 GB are free"
    ):
        pull(Entry(NAME, (server.address,), "0" * 32, 6_000_000_000))
    assert server.asked == []


def test_no_room_for_what_is_in_the_zip(
    server: WebServer, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There seemed to be enough; the zip is kept until there is."""
    entry = offer(server, zip_of(dataset.root))
    assert entry.size
    usage = shutil.disk_usage(".")._replace(free=2 * entry.size)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(ZrcError, match=r"^unpacking the zip of abxLS-dataset needs"):
            pull(entry)
    assert installed() == []
    pull(entry)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            Entry("zr2015-buckeye", details_url="https://example.org"),
            r"had from its owners; https://example\.org says how: then 'pytest-zrc datasets import zr2015-buckeye DIR'",
        ),
        (
            Entry("a", ("https://example.org/a",)),
            "has no MD5 of a, so that it could not be verified: fetch https://exam",
        ),
        (Entry("a", ("http://example.org/a",), "0" * 32), "http://example.org/a is not encrypted: use https"),
        (Entry("a", ("/etc/passwd",), "0" * 32), "'/etc/passwd' is not an address"),
    ],
    ids=["external", "no MD5", "not encrypted", "no address"],
)
def test_what_cannot_be_pulled(entry: Entry, sentence: str) -> None:
    with pytest.raises(ZrcError, match=sentence):
        pull(entry)


@pytest.mark.parametrize("packed", [True, False])
def test_import(tmp_path: Path, dataset: TinyDataset, packed: bool) -> None:
    source = dataset.root
    if packed:
        source = tmp_path / "a.zip"
        source.write_bytes(zip_of(dataset.root, "abxLS/"))
    assert tree(import_dataset(NAME, source)) == tree(dataset.root)
    assert source.exists()
    assert left_over() == []


def test_import_of_abx15(tmp_path: Path) -> None:
    make_abx15_dataset(tmp_path / "mine" / "items")
    place = import_dataset("abx15-dataset", tmp_path / "mine")
    assert sorted(os.listdir(place)) == ["english.item", "xitsonga.item"]


def test_links_become_what_they_lead_to(tmp_path: Path, dataset: TinyDataset) -> None:
    source = tmp_path / "mine"
    source.mkdir()
    for path in dataset.root.iterdir():
        (source / path.name).symlink_to(path)
    place = import_dataset(NAME, source)
    assert tree(place) == tree(dataset.root)
    assert not any(path.is_symlink() for path in place.rglob("*"))


def test_import_needs_force_to_replace(dataset: TinyDataset, old: Path) -> None:
    with pytest.raises(ZrcError, match=r"is installed already, at .*: replace it with --force"):
        import_dataset(NAME, dataset.root)
    import_dataset(NAME, dataset.root, force=True)
    assert not (old / "mark").exists()


@pytest.mark.parametrize("name", ["..", "../x", "", ".pytest-zrc", "a/b", "a b", "a\n"])
def test_no_name(dataset: TinyDataset, name: str) -> None:
    calls: list[Callable[[], Path]] = [
        lambda: import_dataset(name, dataset.root),
        lambda: remove(name),
        lambda: require_installed(name),
    ]
    for call in calls:
        with pytest.raises(ZrcError, match="is not the name of a dataset"):
            call()


def test_an_empty_zip(server: WebServer) -> None:
    with pytest.raises(ZrcError, match=r"the zip of train does not hold train \(it is empty\)"):
        pull(offer(server, b"PK\5\6" + bytes(18), "train"))
    assert installed() == left_over() == []


def broken_link(folder: Path) -> Path:
    (folder / "gone").symlink_to("nowhere")
    return folder


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: folder / "nowhere", "nowhere is neither a folder nor a zip: give what holds abxLS-dataset"),
        (lambda folder: folder, r"does not hold abxLS-dataset \(there is no index\.json\): is it the right one\?"),
        (broken_link, r"gone cannot be copied \(.*No such file"),
        (lambda _: datasets_folder(), "holds the datasets of pytest-zrc"),
    ],
    ids=["nowhere", "empty", "link", "all"],
)
def test_what_cannot_be_imported(tmp_path: Path, make: Callable[[Path], Path], sentence: str) -> None:
    (tmp_path / "source").mkdir()
    datasets_folder().mkdir(parents=True)
    with pytest.raises(ZrcError, match=sentence):
        import_dataset(NAME, make(tmp_path / "source"))
    assert installed() == left_over() == []


def test_remove(old: Path) -> None:
    assert remove(NAME) == old
    assert installed() == left_over() == []
    with pytest.raises(ZrcError, match=f"^{NAME} is not installed"):
        remove(NAME)


def test_links_to_elsewhere_are_not_touched(tmp_path: Path, dataset: TinyDataset) -> None:
    mine = Path(shutil.copytree(dataset.root, tmp_path / "mine"))
    datasets_folder().mkdir(parents=True)
    location(NAME).symlink_to(mine)
    assert require_installed(NAME) == location(NAME)
    with pytest.raises(ZrcError, match="is a link, to what pytest-zrc did not put there: remove it yourself"):
        remove(NAME)
    with pytest.raises(ZrcError, match="is no folder of its own, so it is not replaced: move it away"):
        import_dataset(NAME, dataset.root, force=True)
    assert tree(mine) == tree(dataset.root)


def test_a_file_where_the_datasets_should_be(tmp_path: Path, dataset: TinyDataset) -> None:
    (tmp_path / "zr-data").touch()
    with pytest.raises(ZrcError, match=r"abxLS-dataset cannot be changed \(.*: Not a directory\)"):
        import_dataset(NAME, dataset.root)


def test_a_swap_that_was_killed_half_way_is_undone(dataset: TinyDataset, old: Path) -> None:
    """The old one has made room, the new one has not come."""
    work = datasets_folder() / ".pytest-zrc" / NAME
    old.rename(work / "old")
    shutil.copytree(dataset.root, work / "made")
    with pytest.raises(ZrcError, match="is installed already"):
        import_dataset(NAME, dataset.root)
    assert (old / "mark").exists()
    assert left_over() == []


def test_a_swap_that_fails_is_undone(dataset: TinyDataset, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target == old and self.name == "made":
            raise OSError(5, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ZrcError, match="Input/output error"):
        import_dataset(NAME, dataset.root, force=True)
    assert (old / "mark").exists()
    assert left_over() == []


def test_an_interruption_leaves_nothing_half_made(
    server: WebServer, dataset: TinyDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    entry = offer(server, zip_of(dataset.root))
    with monkeypatch.context() as patch:
        patch.setattr(install, "_install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pull(entry)
    assert installed() == []
    assert left_over() == [f"{NAME}/downloads/{entry.md5}-0"]
    pull(entry)
    assert len(server.asked) == 1
