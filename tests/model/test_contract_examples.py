"""The sounds that encoders are tried on: the same each time, as few as will do, and the smallest one shown."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from pytest_zrc.errors import ZrcError
from pytest_zrc.model.bench import _LEVELS as LEVELS
from pytest_zrc.model.bench import Bench
from pytest_zrc.model.clauses import CHECKS
from pytest_zrc.model.contract import Contract
from pytest_zrc.model.encoder import AdaptedEncoder
from pytest_zrc.model.sounds import Sound
from tests.model import defects
from tests.model.encoders import Array, log_mel

SOUNDS_OF_A_RUN = """
from pytest_zrc.model.bench import Bench
from pytest_zrc.model.encoder import AdaptedEncoder
bench = Bench(AdaptedEncoder.adapt(print), most=25, long=60, declared={}, units=False)
print(*bench.ordinary, sep="\\n")
"""


class Counting:
    """Notes how many samples it is given."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def __call__(self, waveform: Array, sample_rate: int) -> Array:
        self.lengths.append(len(waveform))
        return log_mel(waveform, sample_rate)


def bench_of(encoder: object) -> Bench:
    return Bench(AdaptedEncoder.adapt(encoder), most=25, long=60, declared={}, units=False)


def contract_of(encoder: object) -> Contract:
    return Contract(AdaptedEncoder.adapt(encoder))


def test_every_process_makes_the_same_sounds_and_leaves_no_files(tmp_path: Path) -> None:
    (tmp_path / "module_of_a_user.py").write_text("LENGTH = 22_222\n", encoding="utf-8")
    ours = "\n".join(map(str, bench_of(log_mel).ordinary))
    for extra in ("", "import module_of_a_user"):
        command = [sys.executable, "-c", extra + SOUNDS_OF_A_RUN]
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert found.stdout.strip() == ours
    assert {path.name for path in tmp_path.iterdir()} <= {"module_of_a_user.py", "__pycache__"}


def test_ordinary_sounds_are_many_and_of_all_kinds() -> None:
    sounds = bench_of(log_mel).ordinary
    assert len(sounds) >= 20
    assert {sound.kind for sound in sounds} == {"noise", "tones", "bursts"}
    levels = {sound.level for sound in sounds}
    assert levels > {0, -20}
    assert levels <= set(LEVELS)
    assert min(LEVELS) == -60
    assert min(levels) <= -40, "which ones are drawn depends on the version of hypothesis"
    assert all(0.1 <= sound.duration <= 3 for sound in sounds[:-2])
    assert [sound.duration for sound in sounds[-2:]] == [4, 8], "which tell the frame shift"
    assert sum(sound.duration < 1 for sound in sounds) >= 5
    assert sum(sound.duration > 2 for sound in sounds) >= 3


def test_one_output_serves_several_checks() -> None:
    encoder = Counting()
    contract = contract_of(encoder)
    for name in ("shape", "float", "finite", "dimension"):
        contract.verdict(name)
    assert len(encoder.lengths) == len(bench_of(log_mel).ordinary)
    assert sum(encoder.lengths) < 40 * 16000


def test_all_checks_together_take_two_minutes_of_sound() -> None:
    encoder = Counting()
    contract = contract_of(encoder)
    for name in CHECKS:
        contract.verdict(name)
    assert sum(encoder.lengths) < 150 * 16000


def test_the_smallest_example_is_shown_in_words() -> None:
    def not_above_a_second(waveform: Array, sample_rate: int) -> Array:
        return log_mel(waveform, sample_rate) * (np.nan if len(waveform) > sample_rate else 1)

    (finding,) = contract_of(not_above_a_second).verdict("finite").findings
    assert finding.where.startswith("encoder, given noise of 1.")
    assert finding.where.endswith(" s at 16000 Hz, level -20 dB, seed 0")


def test_the_search_for_a_smaller_example_ends_soon() -> None:
    encoder = Counting()

    def always_wrong(waveform: Array, sample_rate: int) -> Array:
        return encoder(waveform, sample_rate) * (np.nan if len(waveform) % 7 else 1)

    assert contract_of(always_wrong).verdict("finite").findings
    assert len(encoder.lengths) < 25 + 2 * 31 + 4


@pytest.mark.parametrize("kind", ["noise", "tones", "bursts", "silence"])
@pytest.mark.parametrize("samples", [1, 2, 7, 16000])
def test_sounds_are_as_loud_and_as_long_as_they_say(kind: str, samples: int) -> None:
    sound = Sound(kind, samples, 16000, level=-40, seed=3, lead=5)  # type: ignore[arg-type]
    waveform = sound.waveform()
    assert waveform.shape == (samples + 5,)
    assert waveform.dtype == np.float32
    assert not waveform[:5].any()
    assert np.abs(waveform).max() == pytest.approx(0 if kind == "silence" else 0.01)
    assert np.array_equal(waveform, sound.waveform())


def test_sounds_say_what_they_are() -> None:
    assert str(Sound("noise", 4960, 16000, -40, 7)) == "noise of 0.31 s at 16000 Hz, level -40 dB, seed 7"
    assert str(Sound("silence", 1, 24000, lead=2400)) == "silence of 1 sample(s) at 24000 Hz after 0.1 s of silence"


def test_nothing_of_hypothesis_is_heard(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for encoder in (defects.crashes, defects.random_dither, defects.needs_a_window):
            contract = contract_of(encoder)
            for name in CHECKS:
                contract.verdict(name)
    assert capfd.readouterr() == ("", "")


def test_without_hypothesis_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_zrc.model.search.find_spec", lambda _: None)
    with pytest.raises(ZrcError, match=r"hypothesis, which is not installed: pip install 'pytest-zrc\[model\]'"):
        contract_of(log_mel)
