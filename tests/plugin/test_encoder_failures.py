"""An encoder that fails fails every test with one sentence, which is not tried again."""

from __future__ import annotations

import re

import pytest

from tests.plugin.models import CONFTEST, Repository


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    pytester.makeconftest(CONFTEST)
    return Repository.make(pytester)


def _require_one_sentence(result: pytest.RunResult, sentence: str, tests: int = 15) -> None:
    result.assert_outcomes(failed=tests)
    found = [line for line in result.outlines if re.search(sentence, line)]
    assert len([line for line in found if not line.startswith("FAILED")]) == tests
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_zrc/*.py*")


@pytest.mark.parametrize("args", [[], ["-n", "2"]])
def test_an_exception_is_one_sentence_in_every_test(repository: Repository, args: list[str]) -> None:
    model = repository.pytester.path / "my_model.py"
    failing = "if len(waveform) not in (16_000, 32_000): raise ValueError('too long')\n        with open"
    model.write_text(model.read_text(encoding="utf-8").replace("with open", failing), encoding="utf-8")
    sentence = r"^/.*dev-clean/dc\d-\d.wav: the encoder raised: ValueError: too long \(my_model.py:\d+\)$"
    _require_one_sentence(repository.run(*args), sentence)
    assert not (repository.submission / "dev-clean").exists()


@pytest.mark.parametrize(
    ("conftest", "sentence"),
    [
        ("raise OSError('no weights')", r"^the fixture zrc_encoder raised: OSError: no weights \(conftest.py:\d+\)$"),
        ("pytest.skip('no GPU')", "^no GPU$"),
        ("return 3", "^the encoder is of type int, which cannot be called"),
    ],
)
def test_a_fixture_that_fails(repository: Repository, conftest: str, sentence: str) -> None:
    repository.pytester.makeconftest(CONFTEST.replace("return my_model.encoder", conftest))
    _require_one_sentence(repository.run(), sentence)


def test_a_module_that_fails(repository: Repository) -> None:
    (repository.pytester.path / "conftest.py").unlink()
    result = repository.run("-k", "extraction", encoder="--zrc-encoder=my_model:missing")
    result.stdout.fnmatch_lines(["the encoder my_model:missing raised: AttributeError: module 'my_model' has no*"])


def test_no_encoder_at_all(repository: Repository) -> None:
    (repository.pytester.path / "conftest.py").unlink()
    result = repository.run("-k", "extraction")
    result.stdout.fnmatch_lines(
        ["there is no encoder: define a fixture zrc_encoder in */conftest.py, or give --zrc-encoder=module:attribute"]
    )


def test_a_fixture_in_a_sub_folder_is_not_seen(repository: Repository) -> None:
    folder = repository.pytester.mkdir("tests")
    (repository.pytester.path / "conftest.py").rename(folder / "conftest.py")
    result = repository.run("-k", "extraction", "tests", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(
        ["there is no encoder (that of */tests/conftest.py is seen by the tests in its own folder only): define *"]
    )


RANDOM = """
    import os, time
    from pathlib import Path

    import numpy as np

    WEIGHTS = np.random.default_rng().standard_normal((160, 4))

    def encoder(waveform, sample_rate):
        Path(f"{os.getpid()}.started").touch()
        while len(list(Path().glob("*.started"))) < 2:
            time.sleep(0.1)
        if len(waveform) not in (16_000, 32_000):  # no probe: the other worker has time to complain
            time.sleep(1)
        return waveform[: len(waveform) // 160 * 160].reshape(-1, 160) @ WEIGHTS
"""


def test_workers_with_different_weights_do_not_mix(repository: Repository) -> None:
    repository.pytester.makepyfile(my_model=RANDOM)
    result = repository.run("-n", "2")
    result.assert_outcomes(failed=15)
    result.stdout.fnmatch_lines(
        ["the encoder my_model.encoder is not the same in every process: give it fixed weights*"]
    )


def test_user_s_tests_fail_with_the_sentence_too(repository: Repository) -> None:
    repository.pytester.makeconftest(CONFTEST.replace("return my_model.encoder", "raise OSError('no weights')"))
    repository.pytester.makepyfile("def test_gate(zrc_scores): pass")
    result = repository.run("-k", "test_gate")
    result.assert_outcomes(errors=1, deselected=15)
    result.stdout.fnmatch_lines(["the fixture zrc_encoder raised: OSError: no weights (conftest.py:*)"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_features_of_somebody_else_are_left_alone(repository: Repository) -> None:
    theirs = repository.submission / "dev-clean" / "dc0-0.npy"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"theirs")
    result = repository.run("-k", "extraction")
    result.stdout.fnmatch_lines([f"{theirs} is there, and no extraction made it: remove these features, or name *"])
    assert theirs.read_bytes() == b"theirs"
