"""Memory and threads, as options and by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import make_dataset, make_submission
from tests.plugin.conftest import Zrc


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--zrc-memory=lots", "--zrc-memory=lots: give a size, as 4G, 512M or 800 MiB"),
        ("--zrc-memory=4", "--zrc-memory=4 is so many bytes, which is too little: give at least 16M, *"),
        ("--zrc-memory=1M", "--zrc-memory=1M is too little: give at least 16M, as 4G, 512M or 800 MiB"),
        ("--zrc-threads=0", "--zrc-threads=0: give a number of threads, from 1"),
        ("--zrc-threads=all", "--zrc-threads=all: give a number of threads, from 1"),
    ],
)
@pytest.mark.parametrize("workers", ["0", "2"])
def test_wrong_values(zrc: Zrc, option: str, message: str, workers: str) -> None:
    result = zrc.run_here("-n", workers, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_settings(zrc: Zrc) -> None:
    zrc.pytester.makeini("[pytest]\nzrc_memory = 768 MiB\nzrc_threads = 3\n")
    zrc.pytester.makeconftest(LOG_KERNEL)
    assert zrc.run("--zrc-sets=dev").ret == 0
    assert {(score["memory"], score["streamed"]) for score in zrc.scores()["scores"]} == {(128 << 20, False)}
    assert (zrc.pytester.path / "threads.txt").read_text(encoding="utf-8") == "3"


LOG_KERNEL = """
    from pathlib import Path
    from pytest_zrc.scoring import meter

    make_kernel = meter.make_kernel

    def logged(device, threads):
        Path("threads.txt").write_text(str(threads))
        return make_kernel(device, threads)

    meter.make_kernel = logged
"""


@pytest.mark.parametrize(("workers", "share"), [(0, 2), (2, 4), (4, 8)])
def test_workers_share_what_is_free(zrc: Zrc, workers: int, share: int) -> None:
    zrc.pytester.makeconftest("from pytest_zrc import resources; resources.available_memory = lambda: 1 << 40")
    assert zrc.run("-n", str(workers), "--zrc-sets=dev").ret == 0
    assert {score["memory"] for score in zrc.scores()["scores"]} == {(1 << 40) // share}


def test_features_that_memory_cannot_hold(pytester: pytest.Pytester, tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",))
    submission = make_submission(pytester.path / "sub", dataset, dim=4096)
    zrc = Zrc(pytester, dataset.root, submission)
    for memory in ("16M", "1G"):
        options = ("--zrc-sets=dev", "--zrc-tasks=clean", f"--zrc-memory={memory}", f"--zrc-scores={memory}")
        zrc.run_here(*options).assert_outcomes(passed=14)
    streamed, held = zrc.scores("16M")["scores"], zrc.scores("1G")["scores"]
    assert [score["streamed"] for score in streamed + held] == [True] * 6 + [False] * 6
    assert [score["score"] for score in streamed] == [score["score"] for score in held]
