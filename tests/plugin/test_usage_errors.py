"""Wrong options: one sentence each, exit code 4, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.conftest import Zrc


def _refused(result: pytest.RunResult, message: str) -> None:
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--zrc-benchmark=abxLX"], "no benchmark is called 'abxLX': choose one of abxLS, abx17, abx15, demo"),
        (["--zrc-sets=train"], "abxLS has no 'train': --zrc-sets takes dev, test"),
        (["--zrc-tasks=noisy"], "abxLS has no 'noisy': --zrc-tasks takes clean, other"),
        (["--zrc-device=tpu"], "--zrc-device=tpu: choose one of auto, cpu, cuda"),
        (["--zrc-dataset=nowhere"], "no dataset at *nowhere (there is no index.json): give the folder *"),
        (["--zrc-skip-validation", "--zrc-validate-only"], "--zrc-skip-validation and --zrc-validate-only *"),
        (["--zrc-scores=sub/meta.yaml"], "results cannot be written to *meta.yaml (*): name another folder *"),
    ],
)
@pytest.mark.parametrize("workers", ["0", "2"])
def test_one_sentence(zrc: Zrc, args: list[str], message: str, workers: str) -> None:
    _refused(zrc.run_here("-n", workers, *args), message)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--zrc-submission=nowhere"],
            "no submission at *nowhere (no such folder): give the folder that holds meta.yaml",
        ),
        (["--zrc-benchmark=abxLS"], "abxLS needs a submission: give its folder with --zrc-submission=DIR"),
        (["--zrc-sets=dev"], "--zrc-sets needs --zrc-submission=DIR (or --zrc-benchmark=demo)"),
    ],
)
def test_without_a_submission(pytester: pytest.Pytester, args: list[str], message: str) -> None:
    _refused(pytester.runpytest_inprocess(*args), message)


def _no_meta(submission: Path) -> None:
    (submission / "meta.yaml").unlink()


def _no_name(submission: Path) -> None:
    (submission / "meta.yaml").write_text("open_source: true", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_no_meta, "*meta.yaml does not say which benchmark this is (no such file): give the benchmark *"),
        (
            _no_name,
            "*meta.yaml: benchmark_name is nothing; correct it, or give the benchmark with --zrc-benchmark=NAME",
        ),
    ],
)
def test_no_benchmark_to_be_found(zrc: Zrc, change: Callable[[Path], None], message: str) -> None:
    change(zrc.submission)
    _refused(zrc.run_here(), message)


def test_wrong_parameters_without_validation(zrc: Zrc) -> None:
    (zrc.submission / "params.yaml").write_text("feature_size: fast", encoding="utf-8")
    _refused(zrc.run_here("--zrc-skip-validation"), "*params.yaml, feature_size: 'fast'; expected the frame shift *")
