"""From audio to a submission: what is made, what is kept, what is made again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
import yaml

from pytest_zrc.checks.suite import checks_of
from pytest_zrc.errors import ZrcError
from pytest_zrc.model.encoder import AdaptedEncoder, Features, Waveform
from pytest_zrc.model.extraction import Extraction, Outcome
from pytest_zrc.resolve import resolve
from pytest_zrc.scoring.store import Store
from tests.audio import LogMel, add_audio
from tests.builders import TinyDataset, make_dataset

IDS = ["dc0-0", "dc0-1", "dc1-0", "dc2-0"]


@pytest.fixture
def dataset(tmp_path: Path) -> TinyDataset:
    dataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",))
    add_audio(dataset)
    return dataset


class Runs:
    """Runs of an extraction, one after the other, into one folder."""

    def __init__(self, folder: Path, dataset: TinyDataset) -> None:
        self.submission, self._dataset, self._n = folder / "sub", dataset, 0
        self._store = Store(folder / "store")

    def run(self, encoder: object, *, fresh: bool = False) -> Outcome:
        self._n += 1
        case = resolve(self.submission, "abxLS", self._dataset.root, sets=["dev"], tasks=["clean"], extracted=True)
        return Extraction(case, self._store, str(self._n), fresh=fresh).run(AdaptedEncoder.adapt(encoder))

    def findings(self) -> list[str]:
        case = resolve(self.submission, "abxLS", self._dataset.root, sets=["dev"], tasks=["clean"])
        return [str(one) for check in checks_of(case) for one in check.run() if one.severity == "error"]

    def features(self, name: str) -> Features:
        features: Features = np.load(self.submission / "dev-clean" / f"{name}.npy")
        return features

    def times(self) -> dict[str, int]:
        return {path.stem: path.stat().st_mtime_ns for path in (self.submission / "dev-clean").iterdir()}


@pytest.fixture
def runs(tmp_path: Path, dataset: TinyDataset) -> Runs:
    return Runs(tmp_path, dataset)


class Batched(LogMel):
    """Takes several files at once, and remembers how many samples each of them had."""

    batch_size = 3

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[int]] = []

    def encode_batch(self, waveforms: Sequence[Waveform], sample_rate: int) -> list[Features]:
        self.batches.append([len(waveform) for waveform in waveforms])
        return [self(waveform, sample_rate) for waveform in waveforms]


class Network(torch.nn.Module):
    """A layer over frames of 20 ms."""

    sample_rate = 16_000

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(320, 8)

    def forward(self, waveform: torch.Tensor, _sample_rate: int) -> torch.Tensor:
        features: torch.Tensor = self.layer(waveform[: len(waveform) // 320 * 320].reshape(-1, 320))
        return features


def test_a_submission_is_made_that_our_checks_accept(runs: Runs) -> None:
    outcome = runs.run(LogMel())
    assert outcome == Outcome("tests.audio.LogMel", "20 bands", 0.01, 4, 4)
    assert runs.features("dc0-0").dtype == np.float32
    assert runs.features("dc0-0").shape[1] == 20
    assert runs.findings() == []
    assert sorted(os.listdir(runs.submission)) == [".zrc-features", "dev-clean", "meta.yaml", "params.yaml"]


def test_the_frame_shift_is_measured(runs: Runs) -> None:
    assert runs.run(Network()).frame_shift == 0.02
    params = yaml.safe_load((runs.submission / "params.yaml").read_text(encoding="utf-8"))
    assert params == {"feature_size": 0.02}
    assert runs.findings() == []


def test_an_encoder_may_say_its_frame_shift(runs: Runs) -> None:
    encoder = LogMel()
    encoder.frame_shift = 0.0101  # type: ignore[attr-defined]
    assert runs.run(encoder).frame_shift == 0.0101


def test_the_user_s_own_files_stay(runs: Runs) -> None:
    runs.submission.mkdir()
    for name in ("meta.yaml", "params.yaml"):
        (runs.submission / name).write_text("seed: 5\n", encoding="utf-8")
    runs.run(LogMel())
    for name in ("meta.yaml", "params.yaml"):
        assert (runs.submission / name).read_text(encoding="utf-8") == "seed: 5\n"


def test_features_that_somebody_else_made_are_not_written_over(runs: Runs) -> None:
    theirs = runs.submission / "dev-clean" / "dc0-0.npy"
    theirs.parent.mkdir(parents=True)
    np.save(theirs, np.ones((3, 3)))
    with pytest.raises(
        ZrcError, match=f"^{theirs} is there, and no extraction made it: remove these features, or name"
    ):
        runs.run(LogMel())
    assert np.load(theirs).shape == (3, 3)


def test_what_is_there_is_kept(runs: Runs) -> None:
    runs.run(LogMel())
    before = runs.times()
    assert runs.run(LogMel()).encoded == 0
    assert runs.times() == before


def test_changed_audio_is_encoded_again(runs: Runs, dataset: TinyDataset) -> None:
    runs.run(LogMel())
    before = runs.features("dc1-0")
    path = dataset.root / "dev-clean" / "dc1-0.wav"
    samples, rate = soundfile.read(path)
    soundfile.write(path, samples[::-1], rate)
    assert runs.run(LogMel()).encoded == 1
    assert not np.array_equal(runs.features("dc1-0"), before)
    assert runs.run(LogMel()).encoded == 0


def test_changed_weights_encode_everything_again(runs: Runs) -> None:
    network = Network()
    runs.run(network)
    assert runs.run(network).encoded == 0
    with torch.no_grad():
        network.layer.weight[0, 0] += 1e-3
    assert runs.run(network).encoded == 4


def test_changed_code_encodes_everything_again(runs: Runs) -> None:
    class Louder(LogMel):
        def __call__(self, waveform: Waveform, sample_rate: int) -> Features:
            return super().__call__(waveform, sample_rate) + np.float32(1e-5)

    runs.run(LogMel())
    assert runs.run(Louder()).encoded == 4


def test_another_sampling_rate_encodes_everything_again(runs: Runs) -> None:
    encoder = LogMel()
    runs.run(encoder)
    encoder.sample_rate = 8000  # type: ignore[attr-defined]
    assert runs.run(encoder).encoded == 4


@pytest.mark.parametrize(
    "damage", [lambda path: np.save(path, np.zeros((5, 20))), Path.unlink], ids=["changed", "gone"]
)
def test_a_feature_file_that_is_not_ours_any_more_is_made_again(runs: Runs, damage: Callable[[Path], object]) -> None:
    runs.run(LogMel())
    before = runs.features("dc0-1")
    damage(runs.submission / "dev-clean" / "dc0-1.npy")
    assert runs.run(LogMel()).encoded == 1
    assert np.array_equal(runs.features("dc0-1"), before)


def test_a_damaged_record_is_made_again(runs: Runs) -> None:
    runs.run(LogMel())
    (runs.submission / ".zrc-features" / "dev-clean.json").write_text('{"dc0-0": ', encoding="utf-8")
    assert runs.run(LogMel()).encoded == 4
    assert runs.run(LogMel()).encoded == 0


def test_without_a_digest_nothing_is_trusted_but_equal_features_are_not_touched(runs: Runs) -> None:
    runs.run(LogMel(digest=None))
    before = runs.times()
    assert runs.run(LogMel(digest=None)).encoded == 4
    assert runs.times() == before, "their scores stay valid"


def test_fresh_encodes_everything(runs: Runs) -> None:
    runs.run(LogMel())
    assert runs.run(LogMel(), fresh=True).encoded == 4


def test_an_interrupted_extraction_goes_on(runs: Runs) -> None:
    class Interrupted(LogMel):
        left = 4  # two of them are probes

        def __call__(self, waveform: Waveform, sample_rate: int) -> Features:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().__call__(waveform, sample_rate)

    with pytest.raises(KeyboardInterrupt):
        runs.run(Interrupted())
    assert sorted(runs.times()) == IDS[:2]
    assert runs.run(LogMel()).encoded == 2


def test_files_that_the_dataset_lacks_are_left_alone(runs: Runs) -> None:
    runs.run(LogMel())
    stale = runs.submission / "dev-clean" / "old.npy"
    stale.write_bytes(b"stale")
    runs.run(LogMel())
    assert stale.read_bytes() == b"stale"
    assert [finding.split()[0] for finding in runs.findings()] == ["ZRC-S03"]


def test_audio_of_any_rate_comes_at_the_rate_that_the_encoder_wants(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "dataset", subsets=("dev-clean",))
    runs = Runs(tmp_path, dataset)
    add_audio(dataset, rate=44_100)
    network = Network()
    assert runs.run(network).frame_shift == 0.02
    add_audio(dataset)
    assert runs.run(network).encoded == 4


def test_batches_hold_files_of_similar_length(runs: Runs, dataset: TinyDataset) -> None:
    encoder = Batched()
    runs.run(encoder)
    lengths = [soundfile.info(str(dataset.root / "dev-clean" / f"{name}.wav")).frames for name in IDS]
    longest = sorted(lengths, reverse=True)
    assert encoder.batches[1:] == [longest[:3], longest[3:]]  # the first were probes
    assert all(runs.features(name).shape[1] == 20 for name in IDS)


def test_a_batch_is_made_again_as_a_whole(runs: Runs, dataset: TinyDataset) -> None:
    runs.run(Batched())
    lengths = {name: soundfile.info(str(dataset.root / "dev-clean" / f"{name}.wav")).frames for name in IDS}
    longest, shortest = max(lengths, key=lengths.__getitem__), min(lengths, key=lengths.__getitem__)
    (runs.submission / "dev-clean" / f"{longest}.npy").unlink()
    assert runs.run(Batched()).encoded == 3
    (runs.submission / "dev-clean" / f"{shortest}.npy").unlink()
    assert runs.run(Batched()).encoded == 1


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda one: one[None],
            r"returned shape \(1, \d+, 20\): return \(frames, dimension\), without the dimension of",
        ),
        (lambda one: one[:, 0], r"returned shape \(\d+,\): return \(frames, dimension\)"),
        (lambda one: one[:0], r"returned no frames \(shape \(0, 20\)\): return at least one frame for each file"),
        (lambda one: one.astype(int), "returned int64, not floats: convert the features to float32"),
        (
            lambda one: np.where(np.arange(len(one))[:, None] == 3, np.nan, one),
            r"returned 20 NaN or .* in frame 3: look",
        ),
        (lambda one: one.astype(float) * 1e300, "returned values that float32 cannot hold"),
    ],
)
def test_features_that_cannot_be_used_are_not_written(
    runs: Runs, spoil: Callable[[Features], Features], sentence: str
) -> None:
    def encoder(waveform: Waveform, sample_rate: int) -> Features:
        return spoil(LogMel()(waveform, sample_rate))

    with pytest.raises(ZrcError, match=f"dev-clean/dc0-0.wav: the encoder {sentence}"):
        runs.run(encoder)
    assert not (runs.submission / "dev-clean").exists()


def test_features_that_find_no_room_are_told(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # as write() says it: of no file

    monkeypatch.setattr("pytest_zrc.model.making.write_atomically", full)
    with pytest.raises(ZrcError, match=f"{runs.submission} cannot be written .No space left on device.: make room"):
        runs.run(LogMel())


def test_an_exception_names_the_file_and_the_line(runs: Runs) -> None:
    def encoder(waveform: Waveform, sample_rate: int) -> Features:
        if len(waveform) not in (sample_rate, 2 * sample_rate):  # as the probes are
            raise RuntimeError("out of\nluck")
        return LogMel()(waveform, sample_rate)

    expected = r"dev-clean/dc0-0.wav: the encoder raised: RuntimeError: out of luck \(.*test_extraction.py:\d+\)$"
    with pytest.raises(ZrcError, match=expected):
        runs.run(encoder)


def test_an_encoder_that_always_fails_does_so_before_any_file(runs: Runs) -> None:
    with pytest.raises(
        ZrcError, match=r"^encoding noise and tones of 1 and 2 s at 16000 Hz: the encoder returned None"
    ):
        runs.run(lambda _waveform, _rate: None)


def test_missing_and_damaged_audio_end_the_extraction(runs: Runs, dataset: TinyDataset) -> None:
    (dataset.root / "dev-clean" / "dc2-0.wav").write_bytes(b"damaged")
    with pytest.raises(ZrcError, match=r"dc2-0.wav cannot be read as audio"):
        runs.run(LogMel())
    (dataset.root / "dev-clean" / "dc2-0.wav").unlink()
    with pytest.raises(ZrcError, match=r"dev-clean lacks the audio of 1 of 4 files, dev-clean/dc2-0.wav, in "):
        runs.run(LogMel())


def test_a_failure_is_not_tried_again_in_the_same_run(runs: Runs, dataset: TinyDataset) -> None:
    case = resolve(runs.submission, "abxLS", dataset.root, sets=["dev"], tasks=["clean"], extracted=True)
    store = Store(runs.submission / "store")
    with pytest.raises(ZrcError, match="returned None"):
        Extraction(case, store, "same").run(AdaptedEncoder.adapt(lambda _waveform, _rate: None))
    with pytest.raises(ZrcError, match="returned None"):
        Extraction(case, store, "same").run(AdaptedEncoder.adapt(LogMel()))
