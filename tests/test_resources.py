"""How much of a machine a process takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_zrc import resources
from pytest_zrc.errors import ZrcError
from pytest_zrc.resources import Resources, available_memory, usable_cpus

GIB = 1 << 30


def _left(root: Path, line: str, files: Mapping[str, str]) -> list[int]:
    """Ask what control groups leave, where the kernel has one line on this process and such files."""
    for name, text in {"proc/self/cgroup": line, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return list(resources._left_by_groups(root / "proc", root / "groups"))


def test_the_second_version_of_control_groups(tmp_path: Path) -> None:
    files = {
        "groups/job/step/memory.max": "max",
        "groups/job/step/memory.current": "100",
        "groups/job/step/memory.stat": "anon 60\ninactive_file 40",
        "groups/job/memory.max": "1000",
        "groups/job/memory.current": "300",
        "groups/job/memory.stat": "anon 60\ninactive_file 50",
    }
    assert _left(tmp_path, "0::/job/step", files) == [1000 - 300 + 50]


def test_the_first_version_of_control_groups(tmp_path: Path) -> None:
    files = {
        "groups/memory/memory.limit_in_bytes": "1000",
        "groups/memory/memory.usage_in_bytes": "300",
        "groups/memory/memory.stat": "total_inactive_file 7",
    }
    assert _left(tmp_path, "9:name=systemd:/\n4:cpu,memory:/elsewhere\n2:cpuset:/", files) == [1000 - 300 + 7]


def test_no_control_groups(tmp_path: Path) -> None:
    assert not list(resources._left_by_groups(tmp_path, tmp_path))
    assert not _left(tmp_path, "0::/", {})


def test_the_memory_of_this_machine_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_memory() > 0
    monkeypatch.setattr(resources, "available_memory", lambda: 8 * GIB)
    assert [Resources.of("", "", count).memory for count in (1, 2, 4)] == [4 * GIB, 2 * GIB, GIB]
    assert Resources.of("", "", 10**6).memory == 16 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is that of Linux")
def test_what_ulimit_leaves() -> None:
    code = "from pytest_zrc.resources import available_memory; print(available_memory())"
    asked = f'ulimit -v 400000; exec "{sys.executable}" -c "{code}"'
    found = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    assert 100_000 << 10 < int(found.stdout) < 399_000 << 10


def test_the_memory_that_is_given_is_for_all_that_a_process_holds() -> None:
    assert Resources.of("3G", "", 4).memory == 3 * GIB - (640 << 20)
    assert Resources.of("100M", "", 1).memory == 16 << 20, "features need some"


def test_the_processors_of_this_machine_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable_cpus() > 0
    monkeypatch.setattr(resources, "usable_cpus", lambda: 8)
    assert [Resources.of("1G", "", count).threads for count in (1, 3, 8, 20)] == [8, 2, 1, 1]
    assert Resources.of("1G", "5", 8).threads == 5


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "\u0664"])
def test_what_is_no_number_of_threads(text: str) -> None:
    with pytest.raises(ZrcError, match=f"^--zrc-threads={text}: give a number of threads, from 1$"):
        Resources.of("1G", text, 1)
