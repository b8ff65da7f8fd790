"""The contract of an encoder as tests: named, chosen and switched off like others, in one process or several."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.builders import make_dataset

CHECKS = [
    "shape",
    "float",
    "finite",
    "dimension",
    "frame-shift",
    "repeatable",
    "batch",
    "silence",
    "short",
    "long",
    "leading-silence",
]
ENCODER = """
    import numpy as np

    def encoder(waveform, sample_rate):
        hop = sample_rate // 100
        frames = waveform[: len(waveform) // hop * hop].reshape(-1, hop)
        return np.log(np.abs(np.fft.rfft(frames * np.hanning(hop)))[:, 1:33] + {floor})
"""
FIXTURE = """
    import pytest
    import my_model

    @pytest.fixture(scope="session")
    def zrc_encoder():
        return my_model.encoder
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder with a module ``my_model``, and pytest to run there."""

    pytester: pytest.Pytester
    dataset: Path

    def run(self, *args: str) -> pytest.RunResult:
        """Run the contract of ``my_model.encoder``, without the extraction."""
        subset = ("--zrc-benchmark=abxLS", "--zrc-sets=dev", "--zrc-tasks=clean", f"--zrc-dataset={self.dataset}")
        where = (*subset, "--zrc-encoder=my_model:encoder")
        return self.pytester.runpytest_subprocess(*where, "-k", "encoder and not extraction", *args)

    def write(self, floor: str = "1e-3") -> None:
        """Write the module; with a floor of 0 it fails at silence."""
        self.pytester.makepyfile(my_model=ENCODER.format(floor=floor))

    def validation(self) -> Any:  # noqa: ANN401
        """Read validation.json."""
        path = self.pytester.path / "zrc-submission" / "scores" / "validation.json"
        return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def repository(pytester: pytest.Pytester, all_plugins: None) -> Repository:  # noqa: ARG001 - hypothesis' is one
    made = Repository(pytester, make_dataset(pytester.path / "data", subsets=("dev-clean",)).root)
    made.write()
    return made


def test_the_contract_comes_first(repository: Repository) -> None:
    listed = repository.run("--collect-only", "-q", "-k", "").outlines
    assert listed[:12] == [f"abxLS::encoder::{name}" for name in (*CHECKS, "extraction")]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_right_encoder_passes_and_says_its_frame_shift(repository: Repository, workers: str) -> None:
    result = repository.run("-n", workers, "--junitxml=junit.xml", "-rs")
    result.assert_outcomes(passed=10, skipped=1)
    result.stdout.fnmatch_lines(["encoder: frame shift 10 ms", "SKIPPED * abxLS:0: the encoder has no encode_batch"])
    cases = ET.parse(repository.pytester.path / "junit.xml").iter("testcase")  # noqa: S314 - we wrote it
    shift = next(case for case in cases if case.get("name") == "frame-shift")
    assert shift.get("classname") == "abxLS.encoder"
    assert [(one.get("name"), one.get("value")) for one in shift.iter("property")] == [("frame_shift_ms", "10")]
    assert not list(repository.pytester.path.glob(".hypothesis"))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_defect_is_a_finding_in_words(repository: Repository, workers: str) -> None:
    repository.write(floor="0")
    result = repository.run("-n", workers, "-W", "ignore::RuntimeWarning")
    result.assert_outcomes(passed=8, failed=1, skipped=2)
    shown = "ZRC-E12 encoder, given silence of 0.1 s at 16000 Hz: 320 of 320 values NaN or infinite; expected"
    result.stdout.fnmatch_lines([f"{shown} finite numbers in 32 columns. Add a small constant*"])
    text = result.stdout.str() + result.stderr.str()
    assert not re.search(r"Traceback|Falsifying|hypothesis\.", text)
    (finding,) = repository.validation()["findings"]
    assert (finding["check"], finding["code"], finding["subset"]) == ("encoder::silence", "ZRC-E12", "")


def test_warnings_as_errors_are_sentences_with_the_line(repository: Repository) -> None:
    repository.write(floor="0")
    result = repository.run("-W", "error")
    result.assert_outcomes(passed=8, failed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["ZRC-E12 *: the encoder raised: RuntimeWarning: divide by zero encountered in log (my_model.py:6); expected*"]
    )


def test_one_check_can_be_asked_for(repository: Repository) -> None:
    repository.run("-k", "silence and not leading").assert_outcomes(passed=1)
    repository.run("-k", "", "abxLS::encoder::leading-silence").assert_outcomes(passed=1)


def test_the_encoder_may_be_a_fixture(repository: Repository) -> None:
    repository.pytester.makeconftest(FIXTURE)
    repository.run("--zrc-encoder=fixture", "abxLS::encoder::shape").assert_outcomes(passed=1)


def test_checks_can_be_switched_off(repository: Repository) -> None:
    repository.run("--zrc-encoder-skip=batch,long").assert_outcomes(passed=9)
    repository.pytester.makeini("[pytest]\nzrc_encoder_skip = silence short long\n")
    repository.run().assert_outcomes(passed=7, skipped=1)
    listed = repository.run("--collect-only", "-q", "-k", "encoder", "--zrc-encoder-skip=all").outlines
    assert [line for line in listed if "encoder" in line] == ["abxLS::encoder::extraction"]
    listed = repository.run("--collect-only", "-q", "-k", "encoder", "--zrc-skip-validation").outlines
    assert [line for line in listed if "encoder" in line] == ["abxLS::encoder::extraction"]


def test_an_unknown_check_is_refused(repository: Repository) -> None:
    result = repository.run("--zrc-encoder-skip=batch,longer")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --zrc-encoder-skip=longer: choose from {', '.join(CHECKS)}, or all"])


def test_without_an_encoder_there_is_nothing_to_skip(repository: Repository) -> None:
    result = repository.pytester.runpytest_subprocess("--zrc-benchmark=demo", "--zrc-encoder-skip=long")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --zrc-encoder-skip needs an encoder: give --zrc-encoder"])


def test_without_hypothesis_one_sentence_says_what_to_install(repository: Repository) -> None:
    blocking = "import sys\nsys.modules['hypothesis'] = None\nsys.modules['_hypothesis_pytestplugin'] = None\n"
    (repository.pytester.path / "without_hypothesis.py").write_text(blocking, encoding="utf-8")
    block = ("-p", "without_hypothesis", "-p", "no:hypothesispytest")
    result = repository.run(*block)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *hypothesis, which is not installed: pip install 'pytest-zrc?model?', or*"])
    repository.run(*block, "--zrc-encoder-skip=all", "--collect-only").assert_outcomes()


def test_a_declared_frame_shift_is_compared(repository: Repository) -> None:
    submission = repository.pytester.path / "zrc-submission"
    submission.mkdir()
    (submission / "params.yaml").write_text("feature_size: 0.02\n", encoding="utf-8")
    result = repository.run("abxLS::encoder::frame-shift")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["ZRC-E09 encoder: a frame shift of 0.01 s; expected 0.02 s, which feature_size in params.yaml says. *"]
    )
