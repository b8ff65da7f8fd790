"""The store under several real processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.files import write_atomically
from pytest_zrc.scoring.store import Job, Result, Store

SPAWN = multiprocessing.get_context("spawn")


def _logged(folder: Path, key: str, seconds: float = 0.05) -> Callable[[], Result]:
    def compute() -> Result:
        with (folder / "log").open("a", encoding="utf-8") as log:
            log.write(f"{key} {os.getpid()}\n")
        time.sleep(seconds)
        return {"key": key}

    return compute


def _jobs(folder: Path, count: int) -> list[Job]:
    return [Job(f"job-{n}", _logged(folder, f"job-{n}")) for n in range(count)]


def test_a_result_that_cannot_be_read_is_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / "job.json").mkdir()  # as unreadable as one without the permission, for root, too
    assert store.load("job") is None


def test_memory_that_does_not_suffice_is_told(tmp_path: Path) -> None:
    def compute() -> Result:
        raise MemoryError

    with pytest.raises(ZrcError, match=r"^the memory did not suffice: .*--zrc-memory=SIZE"):
        Store(tmp_path).get(Job("job", compute))


def test_a_result_that_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "job.json").mkdir()
    with pytest.raises(ZrcError, match="results cannot be written to"):
        Store(tmp_path).forget("job")
    Store(tmp_path).forget("another")


def _settle(folder: Path, count: int) -> None:
    results = Store(folder / "store").settle(_jobs(folder, count))
    assert results == [{"key": f"job-{n}"} for n in range(count)]


def _get_first(folder: Path, count: int) -> None:
    first, *others = _jobs(folder, count)
    assert Store(folder / "store").get(first, meanwhile=others) == {"key": "job-0"}


def _hang(folder: Path) -> None:
    Store(folder / "store").get(Job("job-0", _logged(folder, "job-0", seconds=60)))


def _log(folder: Path) -> list[list[str]]:
    return [line.split() for line in (folder / "log").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("work", [_settle, _get_first])
def test_processes_share_the_work_and_nothing_is_done_twice(tmp_path: Path, work: Callable[[Path, int], None]) -> None:
    processes = [SPAWN.Process(target=work, args=(tmp_path, 20)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert set(Counter(key for key, _ in _log(tmp_path)).values()) == {1}


def test_a_waiting_process_computes_what_nobody_does(tmp_path: Path) -> None:
    store, first, second = Store(tmp_path / "store"), *_jobs(tmp_path, 2)
    process = SPAWN.Process(target=_get_first, args=(tmp_path, 1))
    with store._lock(first.key):
        process.start()
        store.settle([second])
    process.join()
    assert sorted(key for key, _ in _log(tmp_path)) == ["job-0", "job-1"]


def test_a_killed_process_blocks_nobody(tmp_path: Path) -> None:
    process = SPAWN.Process(target=_hang, args=(tmp_path,))
    process.start()
    while not (tmp_path / "log").exists():
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert Store(tmp_path / "store").get(_jobs(tmp_path, 1)[0]) == {"key": "job-0"}


def test_results_outlive_the_process(tmp_path: Path) -> None:
    for _ in range(2):
        _settle(tmp_path, 3)
    assert len(_log(tmp_path)) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key"'])
def test_a_damaged_result_is_computed_again(tmp_path: Path, text: str) -> None:
    _settle(tmp_path, 1)
    (tmp_path / "store" / "job-0.json").write_text(text, encoding="utf-8")
    _settle(tmp_path, 1)
    assert len(_log(tmp_path)) == 2


def test_a_failed_job_leaves_nothing_and_can_be_tried_again(tmp_path: Path) -> None:
    def fail() -> Result:
        raise ZrcError("no")

    store = Store(tmp_path)
    with pytest.raises(ZrcError, match="no"):
        store.get(Job("key", fail))
    assert store.get(Job("key", lambda: {"done": 1})) == {"done": 1}


def test_old_leftovers_can_be_discarded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for key in ("check-old", "check-new", "score-old"):
        store.get(Job(key, dict))
        if "old" in key:
            for path in tmp_path.glob(f"{key}*"):
                os.utime(path, (0, 0))
    store.discard("check-", older_than=60)
    assert [key for key in ("check-old", "check-new", "score-old") if store.load(key) is None] == ["check-old"]


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    write_atomically(path, "one")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "two \ud800")
    assert path.read_text(encoding="utf-8") == "one"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]
