"""Audio of any rate, of several channels, in whatever format: found, read, resampled, or refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pytest_zrc.benchmarks.registry import BENCHMARKS
from pytest_zrc.datasets.dataset import open_dataset
from pytest_zrc.errors import ZrcError
from pytest_zrc.model import audio as audio_files
from pytest_zrc.model.audio import Audio, AudioFile, find_audio, read_length
from tests.audio import add_audio
from tests.builders import TinyDataset, make_abx15_dataset, make_abx17_dataset, make_dataset


def _find(dataset: TinyDataset, subset: str) -> dict[str, Path]:
    benchmark = BENCHMARKS[dataset.benchmark]
    wanted = next(one for one in benchmark.subsets if one.name == subset)
    return find_audio(open_dataset(dataset.root, benchmark, (wanted,)), wanted, dataset.ids(subset))


@pytest.fixture
def dataset(tmp_path: Path) -> TinyDataset:
    return make_dataset(tmp_path / "dataset", subsets=("dev-clean",), files=3)


def test_files_are_where_the_index_lists_them(dataset: TinyDataset) -> None:
    paths = add_audio(dataset)
    assert _find(dataset, "dev-clean") == paths


@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".mp3"])
def test_files_may_have_another_suffix(dataset: TinyDataset, suffix: str) -> None:
    paths = add_audio(dataset, suffix=suffix)
    assert _find(dataset, "dev-clean") == paths


def test_files_may_be_anywhere_in_the_dataset(dataset: TinyDataset) -> None:
    for path in add_audio(dataset, suffix=".flac").values():
        folder = dataset.root / "LibriSpeech" / "dev-clean" / path.stem
        folder.mkdir(parents=True)
        path.rename(folder / path.name)
    assert [path.parent.name for path in _find(dataset, "dev-clean").values()] == dataset.ids("dev-clean")


def test_a_subset_has_its_own_files_where_names_are_used_again(tmp_path: Path) -> None:
    dataset = make_abx17_dataset(tmp_path / "dataset", ("english/1s", "english/10s"))
    add_audio(dataset)
    name = dataset.ids("english/1s")[0]
    (dataset.root / "english/10s" / f"{name}.wav").write_bytes(b"another")
    assert _find(dataset, "english/1s")[name] == dataset.root / "english/1s" / f"{name}.wav"


def test_files_of_abx15_are_looked_for_by_the_names_in_its_items(tmp_path: Path) -> None:
    dataset = make_abx15_dataset(tmp_path / "dataset", ("english",))
    (dataset.root / "english").mkdir()
    paths = add_audio(dataset)
    assert _find(dataset, "english") == paths


def test_one_name_in_two_places_is_ambiguous(dataset: TinyDataset) -> None:
    paths = add_audio(dataset)
    for folder in ("a", "b"):
        (dataset.root / folder).mkdir()
        (dataset.root / folder / "dc0-0.wav").write_bytes(paths["dc0-0"].read_bytes())
    paths["dc0-0"].unlink()
    with pytest.raises(ZrcError, match=r"the audio of dc0-0 is in several places, .*a/dc0-0.wav and .*b/dc0-0.wav"):
        _find(dataset, "dev-clean")


def test_missing_audio_is_one_sentence(dataset: TinyDataset) -> None:
    paths = add_audio(dataset)
    for name in ("dc0-0", "dc2-0"):
        paths[name].unlink()
    with pytest.raises(
        ZrcError, match=r"^dev-clean lacks the audio of 2 of 3 files, dev-clean/dc0-0.wav and 1 more, in "
    ):
        _find(dataset, "dev-clean")


def test_the_index_leads_to_no_file_outside_the_dataset(dataset: TinyDataset) -> None:
    paths = add_audio(dataset)
    paths["dc0-0"].rename(dataset.root.parent / "dc0-0.wav")
    index = dataset.root / "index.json"
    content = json.loads(index.read_text(encoding="utf-8"))
    files = content["subsets"]["dev_clean"]["items"]["wav_list"]["files_list"]
    files[0] = "../dc0-0.wav"
    index.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ZrcError, match="lacks the audio of 1 of 3 files"):
        _find(dataset, "dev-clean")


def test_channels_are_averaged(tmp_path: Path) -> None:
    left, right = np.random.default_rng(0).uniform(-1, 1, (2, 800)).astype(np.float32)
    soundfile.write(tmp_path / "two.wav", np.stack([left, right], axis=1), 8000, subtype="FLOAT")
    audio = AudioFile.read(tmp_path / "two.wav").decode()
    assert np.allclose(audio.waveform, (left + right) / 2, atol=1e-6)
    assert (audio.sample_rate, audio.duration) == (8000, 0.1)
    assert audio.waveform.dtype == np.float32
    assert read_length(tmp_path / "two.wav") == (800, 8000)


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    digests = []
    for n, sample in enumerate((0.1, 0.1, 0.2)):
        soundfile.write(tmp_path / f"{n}.wav", np.full(100, sample), 16_000)
        digests.append(AudioFile.read(tmp_path / f"{n}.wav").digest)
    assert digests[0] == digests[1] != digests[2]


@given(rate=st.sampled_from([8000, 11_025, 22_050, 32_000, 44_100, 48_000]), pitch=st.floats(50, 3000))
def test_resampled_audio_is_the_same_sound(rate: int, pitch: float) -> None:
    def tone(at: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return np.sin(2 * np.pi * pitch * np.arange(at) / at).astype(np.float32)

    audio = Audio(tone(rate), rate).at(16_000)
    assert audio.sample_rate == 16_000
    assert audio.waveform.dtype == np.float32
    assert abs(len(audio.waveform) - 16_000) <= 1
    inside = slice(1600, 14_400)  # at its ends a filter sees silence
    assert np.abs(audio.waveform[inside] - tone(16_000)[inside]).max() < 1e-3


def test_audio_of_the_right_rate_is_left_as_it_is() -> None:
    audio = Audio(np.ones(10, np.float32), 16_000)
    assert audio.at(16_000) is audio
    assert audio.at(None) is audio


def test_what_cannot_be_encoded_is_one_sentence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16_000)
    soundfile.write(tmp_path / "nan.wav", np.full(10, np.nan), 16_000, subtype="FLOAT")
    (tmp_path / "text.wav").write_text("no audio", encoding="utf-8")
    (tmp_path / "folder.wav").mkdir()
    for name, reason in {
        "empty": "is audio without a sample",
        "nan": "holds samples that are not finite",
        "text": r"cannot be read as audio \(.*\)",
        "folder": r"cannot be read as audio \(a folder, not a file\)",
        "nothing": r"cannot be read as audio \(no such file\)",
    }.items():
        with pytest.raises(ZrcError, match=f"^.*{name}.wav {reason}: restore it from the dataset$"):
            AudioFile.read(tmp_path / f"{name}.wav").decode()


def test_a_header_that_claims_2_to_the_36_samples_is_not_believed(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.full((100, 2), 0.5), 16_000)
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[21] |= 0x0F
    content[22:26] = b"\xff" * 4
    (tmp_path / "a.flac").write_bytes(content)
    assert read_length(tmp_path / "a.flac") == (2**36 - 1, 16_000)
    with pytest.raises(ZrcError, match=r"a.flac cannot be read as audio \(.*\): restore it"):
        AudioFile.read(tmp_path / "a.flac").decode()


def test_silence_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(tmp_path / "a.flac", np.zeros(500_000, np.int16), 16_000)
    monkeypatch.setattr(audio_files, "_MOST_SAMPLES", 400_000)
    with pytest.raises(ZrcError, match=r"it has more than 400,000 samples\): restore it"):
        AudioFile.read(tmp_path / "a.flac").decode()


def test_channels_that_are_too_loud_together_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full((9, 2), 3e38, np.float32), 16_000, subtype="FLOAT")
    with pytest.raises(ZrcError, match="holds samples that are not finite"):
        AudioFile.read(tmp_path / "a.wav").decode()


def test_a_listed_name_that_no_file_can_have_is_missing(dataset: TinyDataset) -> None:
    index = dataset.root / "index.json"
    content = json.loads(index.read_text(encoding="utf-8"))
    content["subsets"]["dev_clean"]["items"]["wav_list"]["files_list"] = ["a" * 5000]
    index.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ZrcError, match="lacks the audio of") as error:
        _find(dataset, "dev-clean")
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("name", ["x.wav", "x.flac", "x.ogg", "x.mp3", "x.opus"])
def test_every_usual_format_is_decoded(tmp_path: Path, name: str) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    kind = {"format": "OGG", "subtype": "OPUS"} if name.endswith("opus") else {}
    soundfile.write(tmp_path / name, tone, 16_000, **kind)
    audio = AudioFile.read(tmp_path / name).decode()
    assert audio.duration == pytest.approx(1, abs=0.1)
    assert np.abs(np.fft.rfft(audio.waveform)).argmax() / audio.duration == pytest.approx(440, abs=5)
